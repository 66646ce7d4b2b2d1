package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.blue.BlueFunctions;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.server.tls.PemFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that work for a hub which asks for keys and certificates. */
@Timeout(180)
class SecuredConnectTest {
  private static final String DURABLE = "/runtime/webhooks/durabletask";
  private static final String TLS = "\"certificate\": \"hub.crt\", \"privateKey\": \"hub.key\"";

  @TempDir Path folder;

  private int apps;

  @BeforeAll
  static void patience() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  /** With an app of its own, whose names are others. */
  private Holdfast hub(String grpc) throws Exception {
    DemoApp app = DemoApp.in(folder.resolve("hub"));
    app.with(
        "host.json",
        "{\"version\": \"2.0\", \"extensions\": {\"holdfast\": {\"grpc\": {" + grpc + "}}}}");
    return Holdfast.start(options(app.folder(), folder.resolve("hub-data")), Map.of());
  }

  private static HostOptions options(Path app, Path data) {
    return HostOptions.onFreePorts(app, new DataFolder(data), StoreKind.SQLITE);
  }

  private Holdfast app(ConnectOptions connect) throws Exception {
    apps++;
    DemoApp app = DemoApp.of(BlueFunctions.class, folder.resolve("app" + apps));
    app.with("host.json", "{\"version\": \"2.0\"}");
    return Holdfast.start(
        options(app.folder(), folder.resolve("data" + apps)).withConnect(connect), Map.of());
  }

  private ConnectOptions to(
      Holdfast hub, @Nullable Path token, @Nullable String authority, @Nullable String mine) {
    return new ConnectOptions(
        (authority == null ? "http" : "https") + "://localhost:" + hub.grpcPort(),
        token,
        authority == null ? null : folder.resolve("hub").resolve(authority + ".crt"),
        mine == null ? null : folder.resolve("hub").resolve(mine + ".crt"),
        mine == null ? null : folder.resolve("hub").resolve(mine + ".key"));
  }

  private void awaitRefused(ConnectOptions connect, String... words) throws Exception {
    try (Holdfast app = app(connect)) {
      Http http = new Http(app.url());
      await().untilAsserted(() -> assertThat(http.get("/readyz").body()).contains(words));
      assertThat(http.get("/readyz").statusCode()).isEqualTo(503);
      var asked = http.post(DURABLE + "/orchestrators/Child/no", "");
      assertThat(asked.statusCode()).as(asked.body()).isEqualTo(503);
      assertThat(asked.body()).contains(words);
    }
  }

  private static void assertWorks(Holdfast app, Holdfast hub, String id) throws Exception {
    Http http = new Http(app.url());
    await().until(() -> http.get("/readyz").statusCode() == 200);
    assertThat(http.post(DURABLE + "/orchestrators/Child/" + id, "").statusCode()).isEqualTo(202);
    assertThat(output(hub, id)).isEqualTo("\"blue after\"");
  }

  private static String output(Holdfast hub, String id) throws Exception {
    return hub.hub()
        .waitForCompletion(id, true)
        .get(60, TimeUnit.SECONDS)
        .orElseThrow()
        .getOutput()
        .getValue();
  }

  private String keys(String... arguments) {
    List<String> all = new ArrayList<>(List.of("keys"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data", folder.resolve("hub-data").toString()));
    var line = Main.commandLine();
    var out = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(new StringWriter()));
    assertThat(line.execute(all.toArray(String[]::new))).isZero();
    return out.toString().strip();
  }

  @Test
  void certificates_of_both_sides_are_looked_at() throws Exception {
    Path here = Files.createDirectories(folder.resolve("hub"));
    for (String name : List.of("hub", "client", "stranger")) {
      PemFiles.make(here, name);
    }
    try (Holdfast hub = hub(TLS + ", \"clientAuthorities\": \"client.crt\"")) {
      awaitRefused(to(hub, null, "stranger", "client"), "cannot be reached", "--connect-ca");
      awaitRefused(to(hub, null, "hub", null), "cannot be reached", "--connect-cert");
      awaitRefused(to(hub, null, null, null), "cannot be reached", "https://");

      try (Holdfast app = app(to(hub, null, "hub", "client"))) {
        assertWorks(app, hub, "a");
      }
    }
    Files.writeString(here.resolve("broken.crt"), "no certificate");
    ConnectOptions broken =
        new ConnectOptions("https://localhost:1", null, here.resolve("broken.crt"), null, null);
    CannotException refused =
        catchThrowableOfType(CannotException.class, () -> app(broken).close());
    assertThat(refused.lines())
        .contains(
            "certificates for https://localhost:1", "No certificate data found", "--connect-ca");
  }

  @Test
  void a_key_that_changes_while_connected_stops_work_until_the_file_has_the_new_one()
      throws Exception {
    PemFiles.make(Files.createDirectories(folder.resolve("hub")), "hub");
    try (Holdfast hub = hub(TLS + ", \"requireKey\": true")) {
      Path token = Files.writeString(folder.resolve("token"), "guessed");
      try (Holdfast app = app(to(hub, token, "hub", null))) {
        Http http = new Http(app.url());
        await().until(() -> http.get("/readyz").body().contains("opens nothing"));
        assertThat(http.post(DURABLE + "/orchestrators/Child/no", "").body())
            .contains("does not accept the token", "--connect-token-file");
        Files.writeString(token, keys("rotate", "system", "--grace", "0s"));
        assertWorks(app, hub, "a");

        waitsForEvent(hub, "waiting");

        String next = keys("rotate", "system", "--grace", "0s");
        List<String> meanwhile = new ArrayList<>();
        await()
            .until(
                () -> {
                  startAt(hub).ifPresent(meanwhile::add);
                  return http.get("/readyz").body().contains("does not accept the token");
                });
        // Starts are judged by who is connected now, and nobody is; what runs already waits.
        await()
            .until(
                () -> {
                  Optional<String> taken = startAt(hub);
                  taken.ifPresent(meanwhile::add);
                  return taken.isEmpty();
                });
        hub.hub().raiseEvent("waiting", "Go", "\"now\"").join();
        assertThat(http.get(DURABLE + "/instances/a").statusCode()).isEqualTo(503);
        assertThat(meanwhile).isNotEmpty();
        assertThat(hub.hub().waitForCompletion("waiting", false)).isNotDone();

        Files.writeString(token, next);
        assertWorks(app, hub, "b");
        meanwhile.add("b");
        for (String id : meanwhile) {
          assertThat(output(hub, id)).isEqualTo("\"blue after\"");
        }
        assertThat(output(hub, "waiting")).isEqualTo("\"blue before blue after\"");
      }
    }
  }

  /** Starts one that waits for the event Go, after a step. */
  private static void waitsForEvent(Holdfast hub, String id) {
    start(hub, "Deploy", id).join();
    await()
        .until(
            () ->
                hub.hub().history(id).join().orElseThrow().stream()
                    .anyMatch(HistoryEvent::hasTaskCompleted));
  }

  /** The id of a new instance; empty when nobody who is connected serves it. */
  private static Optional<String> startAt(Holdfast hub) {
    try {
      return Optional.of(start(hub, "Child", "").join());
    } catch (CompletionException e) {
      assertThat(e).hasMessageContaining("Nobody who is connected serves orchestrator 'Child' now");
      return Optional.empty();
    }
  }

  private static CompletableFuture<String> start(Holdfast hub, String name, String id) {
    return hub.hub()
        .start(CreateInstanceRequest.newBuilder().setName(name).setInstanceId(id).build());
  }
}
