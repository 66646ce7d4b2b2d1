package dev.holdfast.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.log.Logging;
import dev.holdfast.server.http.keys.Keys.NewKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole house in this process: a real app, a real store, real sockets. */
@Timeout(120)
class HoldfastTest {
  @TempDir Path folder;

  private DemoApp app;

  @BeforeEach
  void build() throws IOException {
    app = DemoApp.in(folder.resolve("app"));
  }

  private HostOptions options() {
    return HostOptions.onFreePorts(
        app.folder(), new DataFolder(folder.resolve("data")), StoreKind.SQLITE);
  }

  private HostOptions options(int port, int grpcPort, boolean requireKeys) {
    return options(port, grpcPort, "127.0.0.1", requireKeys);
  }

  private HostOptions options(int port, int grpcPort, String address, boolean requireKeys) {
    HostOptions usual =
        HostOptions.onFreePorts(
            app.folder(), new DataFolder(folder.resolve("data")), StoreKind.MEMORY);
    return Listening.on(usual, port, grpcPort, address, requireKeys);
  }

  private Holdfast start() {
    return Holdfast.start(options(), Map.of());
  }

  private record Ran(int exitCode, String out, String err) {}

  private Ran command(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--data";
    all[arguments.length + 1] = folder.resolve("data").toString();
    return new Ran(line.execute(all), out.toString().strip(), err.toString().strip());
  }

  @Test
  void functions_answer_over_http_and_orchestrations_run_to_their_end() throws Exception {
    try (Holdfast host = start()) {
      Http http = new Http(host.url());
      host.announce();

      assertThat(http.get("/api/Hello?name=Ada").body()).isEqualTo("Hello Ada");
      var started = http.post("/api/StartTwoSteps", folder.resolve("notes").toString());
      assertThat(started.statusCode()).isEqualTo(202);
      assertThat(started.body()).contains("statusQueryGetUri");
      String status = started.headers().firstValue("Location").orElseThrow();
      String id = status.replaceAll(".*/instances/([^?]*).*", "$1");
      await().untilAsserted(() -> assertThat(command("why", id).out()).contains("timer"));
      assertThat(command("raise", id, "Go", "\"now\"").exitCode()).isZero();

      Ran waited = command("wait", id, "--timeout", "30s");
      assertThat(waited.exitCode()).isZero();
      assertThat(waited.out()).isEqualTo("\"first now second\"");
      assertThat(http.get(status).statusCode()).isEqualTo(200);
    }

    assertThat(Files.readAllLines(folder.resolve("notes"))).containsExactly("first", "second");
  }

  @Test
  void what_was_started_goes_on_in_the_next_host() throws Exception {
    String notes = "\"" + folder.resolve("notes") + "\"";
    try (Holdfast host = start()) {
      host.announce();
      assertThat(command("run", "TwoSteps", notes, "--id", "a").out()).isEqualTo("a");
      await().until(() -> Files.exists(folder.resolve("notes")));
    }

    try (Holdfast host = start()) {
      host.announce();
      assertThat(command("raise", "a", "Go", "\"now\"").exitCode()).isZero();
      assertThat(command("wait", "a", "--timeout", "30s").out()).isEqualTo("\"first now second\"");
    }
    assertThat(Files.readAllLines(folder.resolve("notes"))).containsExactly("first", "second");
  }

  @Test
  void commands_see_and_steer_instances() throws Exception {
    try (Holdfast host = start()) {
      host.announce();
      String notes = "\"" + folder.resolve("notes") + "\"";
      command("run", "TwoSteps", notes, "--id", "a");
      await().until(() -> command("show", "a").out().contains("\"Running\""));

      assertThat(command("suspend", "a", "--reason", "lunch").exitCode()).isZero();
      await().until(() -> command("list", "--status", "Suspended").out().contains("TwoSteps"));
      assertThat(command("resume", "a").exitCode()).isZero();
      assertThat(command("terminate", "a", "--reason", "enough").exitCode()).isZero();
      assertThat(command("wait", "a", "--timeout", "30s"))
          .satisfies(
              it -> assertThat(it.exitCode()).isEqualTo(5),
              it -> assertThat(it.out()).contains("enough"));
      assertThat(command("raise", "a", "Go").exitCode()).isEqualTo(4);
      assertThat(command("raise", "nobody", "Go").exitCode()).isEqualTo(3);
      assertThat(command("purge", "a").out()).isEqualTo("Instances deleted: 1");
      assertThat(command("show", "a").exitCode()).isEqualTo(3);
      assertThat(command("run", "NoSuchThing"))
          .satisfies(
              it -> assertThat(it.exitCode()).isEqualTo(4),
              it -> assertThat(it.err()).contains("TwoSteps"));
    }
  }

  @Test
  void what_the_host_takes_the_commands_can_read() throws Exception {
    String deep = "[".repeat(1000) + "]".repeat(1000);
    try (Holdfast host = start()) {
      host.announce();
      assertThat(
              new Http(host.url())
                  .post("/runtime/webhooks/durabletask/orchestrators/TwoSteps/deep", deep)
                  .statusCode())
          .isEqualTo(202);
      command("terminate", "deep", "--reason", "enough");

      assertThat(command("wait", "deep", "--timeout", "30s").exitCode()).isEqualTo(5);
      assertThat(command("show", "deep").out().replace(" ", "")).contains(deep);
      assertThat(command("list").out()).contains("deep");
      assertThat(command("list", "--json").out().replace(" ", "")).contains(deep);
    }
  }

  @Test
  void a_command_for_a_folder_does_nothing_to_another_host_on_the_same_port() throws Exception {
    DataFolder folderOfTheDead = new DataFolder(folder.resolve("dead"));
    try (Holdfast host = start()) {
      host.announce();
      command("run", "TwoSteps", "\"" + folder.resolve("notes") + "\"", "--id", "a");
      command("terminate", "a");
      await().until(() -> command("show", "a").out().contains("\"Terminated\""));
      folderOfTheDead.create();
      folderOfTheDead.announce(host.url(), "killed before it could take this away");

      CommandLine line = Main.commandLine();
      line.setErr(new PrintWriter(new StringWriter()));
      String dead = folderOfTheDead.path().toString();
      assertThat(line.execute("purge", "--yes", "--data", dead)).isEqualTo(1);

      assertThat(command("show", "a").exitCode()).isZero();
      assertThat(command("purge", "--yes").out()).isEqualTo("Instances deleted: 1");
    }
  }

  @Test
  void the_store_is_saved_and_checked_while_in_use_and_put_back_afterwards() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (Holdfast host = start()) {
      host.announce();
      command("run", "TwoSteps", "\"" + folder.resolve("notes") + "\"", "--id", "a");
      await().until(() -> Files.exists(folder.resolve("notes")));

      assertThat(command("backup", copy.toString()).out()).contains("1 instances");
      assertThat(command("verify").out()).contains("is sound");
      assertThat(command("verify", copy.toString()).out()).contains(copy + " is sound");
      assertThat(command("restore", copy.toString(), "--force"))
          .satisfies(
              it -> assertThat(it.exitCode()).isEqualTo(1),
              it -> assertThat(it.err()).contains("in use"));
      command("terminate", "a");
    }

    assertThat(command("restore", copy.toString(), "--force").exitCode()).isZero();
    try (Holdfast host = start()) {
      host.announce();
      assertThat(command("show", "a").out()).contains("\"Running\"");
    }
  }

  @Test
  void keys_open_what_they_are_for_and_nothing_else() throws Exception {
    try (Holdfast host = Holdfast.start(options(0, 0, true), Map.of())) {
      host.announce();
      Http http = new Http(host.url());
      Map<String, String> keys =
          host.newKeys().stream()
              .collect(
                  java.util.stream.Collectors.toMap(it -> it.key().kind().name(), NewKey::secret));

      assertThat(http.get("/api/Hello").statusCode()).isEqualTo(401);
      assertThat(http.get("/api/Hello", "x-functions-key", keys.get("HOST")).statusCode())
          .isEqualTo(200);
      assertThat(http.get("/api/environment/X").statusCode()).isEqualTo(200);
      assertThat(command("list").exitCode()).isEqualTo(4);
      assertThat(command("list", "--key", keys.get("HOST")).exitCode()).isEqualTo(4);
      assertThat(command("list", "--key", keys.get("SYSTEM")).exitCode()).isZero();

      String made = command("keys", "create", "function", "--function", "Hello").out();
      await().until(() -> http.get("/api/Hello", "x-functions-key", made).statusCode() == 200);
      assertThat(command("keys", "list").out()).contains("function").doesNotContain(made);
      String next =
          command("keys", "rotate", "function", "--function", "Hello", "--grace", "0s").out();
      await().until(() -> isRefused(http, made));
      assertThat(http.get("/api/Hello", "x-functions-key", next).statusCode()).isEqualTo(200);
      assertThat(command("keys", "delete", "function", "--function", "Hello").exitCode()).isZero();
      await().until(() -> isRefused(http, next));
      assertThat(command("keys", "delete", "master").exitCode()).isEqualTo(4);
    }
  }

  /** 401, or 429 when this test has asked so often that it looks like guessing. */
  private static boolean isRefused(Http http, String key) throws Exception {
    int status = http.get("/api/Hello", "x-functions-key", key).statusCode();
    return status == 401 || status == 429;
  }

  @Test
  void closing_lets_what_runs_end_and_refuses_the_rest() throws Exception {
    try (Holdfast host = start();
        Door door = new Door()) {
      Http http = new Http(host.url());
      var held = http.getLater("/api/held/" + door.number());
      door.awaitKnock();

      CompletableFuture<Void> closing = CompletableFuture.runAsync(host::close);
      await().until(() -> http.get("/api/Hello").statusCode() == 503);
      assertThat(closing).isNotDone();
      door.open();

      assertThat(held.get().body()).isEqualTo("went through");
      closing.get();
    }
  }

  @Test
  void an_activity_that_runs_when_the_host_closes_is_kept() throws Exception {
    try (Door door = new Door()) {
      try (Holdfast host = start()) {
        host.announce();
        command("run", "Door", Integer.toString(door.number()), "--id", "a");
        door.awaitKnock();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(host::close);
        await().until(() -> new Http(host.url()).get("/readyz").statusCode() == 503);
        door.open();
        closing.get();
      }

      // Run again it would wait at the door once more, and this test with it.
      try (Holdfast host = start()) {
        host.announce();
        assertThat(command("wait", "a", "--timeout", "30s").out()).isEqualTo("\"went through\"");
      }
    }
  }

  @Test
  void the_app_is_loaded_anew_while_instances_wait() throws Exception {
    try (Holdfast host = start()) {
      host.announce();
      command("run", "TwoSteps", "\"" + folder.resolve("notes") + "\"", "--id", "a");
      await().until(() -> Files.exists(folder.resolve("notes")));
      var before = host.app();

      assertThat(new Http(host.url()).post("/admin/host/restart", "").statusCode()).isEqualTo(202);
      await().until(() -> host.app() != before);

      assertThat(new Http(host.url()).get("/api/Hello").statusCode()).isEqualTo(200);
      command("raise", "a", "Go", "\"now\"");
      assertThat(command("wait", "a", "--timeout", "30s").out()).isEqualTo("\"first now second\"");
    }
  }

  @Test
  void busy_ports_are_named_with_the_option_that_helps() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      cannot(() -> Holdfast.start(options(port, 0, false), Map.of()), "Port " + port, "--port");
      cannot(
          () -> Holdfast.start(options(0, port, false), Map.of()), "Port " + port, "--grpc-port");
    }
  }

  @Test
  void an_address_that_cannot_be_listened_on_is_told_for_what_it_is() {
    HostOptions elsewhere = bound("192.0.2.1");

    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> Holdfast.start(elsewhere, Map.of()))
        .satisfies(
            e -> assertThat(e.lines()).contains("192.0.2.1", "--bind").doesNotContain("in use"),
            e -> assertThat(e.lines().lines()).hasSize(1),
            e -> assertThat(e.exitCode()).isPositive());
    cannot(() -> Holdfast.start(bound("no-such-host.invalid"), Map.of()), "no-such-host", "--bind");
  }

  private HostOptions bound(String address) {
    return options(0, 0, address, false);
  }

  @Test
  void keys_made_by_a_start_that_fails_are_not_lost_unseen() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      cannot(() -> Holdfast.start(options(taken.getLocalPort(), 0, true), Map.of()), "in use");
    }

    try (Holdfast host = Holdfast.start(options(0, 0, true), Map.of())) {
      assertThat(host.newKeys()).hasSize(3);
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "rights are told in another way there")
  void a_data_folder_that_others_can_read_is_warned_of_with_the_cure() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    ByteArrayOutputStream console = new ByteArrayOutputStream();

    try (Logging logging = Logging.open(new PrintStream(console, true, UTF_8), false, false);
        Holdfast host = start()) {
      assertThat(host.httpPort()).isPositive();
    }

    assertThat(console.toString(UTF_8).lines())
        .filteredOn(it -> it.contains("open to other users"))
        .singleElement()
        .asString()
        .contains("The data directory " + data.toRealPath())
        .endsWith("chmod 700 " + data.toRealPath());
  }

  @Test
  void a_second_host_on_the_same_folder_is_refused_and_harms_nothing() throws Exception {
    try (Holdfast host = start()) {
      cannot(this::start, "is in use by", "another data directory");

      assertThat(new Http(host.url()).get("/api/Hello").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void an_app_that_is_not_there_or_not_built_is_told_with_the_cure() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Path unbuilt = Files.createDirectories(folder.resolve("unbuilt"));
    Files.writeString(unbuilt.resolve("pom.xml"), "<project/>");

    for (Path path : List.of(folder.resolve("nowhere"), empty)) {
      app = new DemoApp(path);
      cannot(this::start, path.toString(), "");
    }
    app = new DemoApp(unbuilt);
    cannot(this::start, "has not been built", "mvn");
  }

  @Test
  void broken_configuration_stops_the_start_before_anything_is_made() throws Exception {
    app.with("host.json", "{ \"version\": \"2.0\", \"extensions\": }");

    cannot(this::start, "host.json", "Line 1, column 35");

    assertThat(folder.resolve("data")).doesNotExist();
  }

  private static void cannot(Runnable start, String... words) {
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(start::run)
        .satisfies(e -> assertThat(e.lines()).contains(words));
  }
}
