package dev.holdfast.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.blue.BlueFunctions;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.config.ConnectionString.SignIn;
import dev.holdfast.server.grpc.remote.TokenSource.NoTokenException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host whose connection string names a managed identity: a process of its own, as the identity is
 * found by the environment, with a service on this machine in place of that of an App Service.
 */
@Timeout(180)
class SignedInConnectTest {
  private static final String DURABLE = "/runtime/webhooks/durabletask";

  @TempDir Path folder;

  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private HttpServer identities;

  /** What is given to who asks; null refuses. */
  private volatile @Nullable String token;

  @BeforeAll
  static void patience() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  @BeforeEach
  void start() throws IOException {
    identities = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    identities.createContext("/", this::answer);
    identities.start();
  }

  @AfterEach
  void stop() {
    identities.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(
        exchange.getRequestURI().getQuery()
            + " "
            + exchange.getRequestHeaders().getFirst("X-IDENTITY-HEADER"));
    String given = token;
    byte[] body =
        (given == null
                ? "{\"statusCode\": 400, \"message\": \"nobody of that name\"}"
                : """
                  {"access_token": "%s", "expires_on": "%d", "resource": "r", "token_type": "Bearer"}
                  """
                    .formatted(given, Instant.now().getEpochSecond() + 86_400))
            .getBytes(UTF_8);
    exchange.sendResponseHeaders(given == null ? 400 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Holdfast hub() throws Exception {
    DemoApp app = DemoApp.in(folder.resolve("hub"));
    app.with(
        "host.json",
        "{\"version\": \"2.0\", \"extensions\": {\"holdfast\": {\"grpc\": {\"requireKey\": true}}}}");
    return Holdfast.start(
        HostOptions.onFreePorts(
            app.folder(), new DataFolder(folder.resolve("hub-data")), StoreKind.SQLITE),
        Map.of());
  }

  private String keyOfHub() {
    var line = Main.commandLine();
    var out = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(new StringWriter()));
    assertThat(
            line.execute(
                "keys",
                "rotate",
                "system",
                "--grace",
                "0s",
                "--data",
                folder.resolve("hub-data").toString()))
        .isZero();
    return out.toString().strip();
  }

  private OtherJvm app(Holdfast hub) throws Exception {
    DemoApp app = DemoApp.of(BlueFunctions.class, folder.resolve("app"));
    app.with("host.json", "{\"version\": \"2.0\"}");
    return OtherJvm.start(
        List.of(),
        Map.of(
            "IDENTITY_ENDPOINT",
            "http://127.0.0.1:" + identities.getAddress().getPort() + "/token",
            "IDENTITY_HEADER",
            "of this machine"),
        folder,
        Main.class.getName(),
        "start",
        app.folder().toString(),
        "--port",
        "0",
        "--data",
        folder.resolve("app-data").toString(),
        "--connect",
        "Endpoint=http://localhost:"
            + hub.grpcPort()
            + ";TaskHub=default;Authentication=ManagedIdentity;ClientID=someone");
  }

  private URI url() throws IOException {
    Path file = folder.resolve("app-data").resolve("host.url");
    await().until(() -> Files.exists(file));
    return URI.create(Files.readAllLines(file).get(0));
  }

  @Test
  void a_managed_identity_signs_in_as_soon_as_there_is_one() throws Exception {
    try (Holdfast hub = hub();
        OtherJvm app = app(hub)) {
      Http http = new Http(url());
      await()
          .untilAsserted(
              () ->
                  assertThat(http.get("/readyz").body())
                      .as(String.join("\n", app.lines()))
                      .contains(
                          "cannot sign in to the hub at http://localhost:",
                          "Authentication=ManagedIdentity",
                          "nobody of that name"));
      assertThat(http.post(DURABLE + "/orchestrators/Child/no", "").statusCode()).isEqualTo(503);

      token = keyOfHub();
      await().until(() -> http.get("/readyz").statusCode() == 200);
      int before = asked.size();
      assertThat(http.post(DURABLE + "/orchestrators/Child/a", "").statusCode()).isEqualTo(202);
      String output =
          hub.hub()
              .waitForCompletion("a", true)
              .get(60, TimeUnit.SECONDS)
              .orElseThrow()
              .getOutput()
              .getValue();

      assertThat(app.lines())
          .as("said once")
          .filteredOn(it -> it.contains("nobody of that name"))
          .hasSize(1);
      assertThat(output).isEqualTo("\"blue after\"");
      assertThat(asked).as("the token is kept").hasSize(before);
      assertThat(asked)
          .allSatisfy(
              it ->
                  assertThat(it)
                      .contains(
                          "resource=https://durabletask.io",
                          "client_id=someone",
                          "of this machine"));
    }
  }

  @Test
  void without_a_token_it_says_which_way_failed_and_why() {
    AzureIdentity unset =
        AzureIdentity.of(new SignIn("Environment", null, null, null, List.of()), Map.of());

    assertThatThrownBy(() -> unset.token().join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(NoTokenException.class)
        .hasMessageContaining("Authentication=Environment brings no token")
        .hasMessageContaining("variables");
  }
}
