package dev.holdfast.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.ending.EndingFunctions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** User code that ends the process, and hosts that are killed while user code runs. */
@Timeout(600)
class EndingCodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String DURABLE = "/runtime/webhooks/durabletask";
  private static final int KILLS = Boolean.getBoolean("holdfast.soak") ? 200 : 6;

  /** Two deaths, and three more alone. */
  private static final int DEATHS_LEAST = 5;

  /** One that hangs, and has nothing to do with it, may be tried first. */
  private static final int DEATHS_MOST = 12;

  @TempDir Path folder;

  @BeforeEach
  void build() throws IOException {
    DemoApp.of(EndingFunctions.class, folder.resolve("app"));
  }

  private OtherJvm start(String... further) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(Main.class.getName(), "start", "app", "--port", "0", "--grpc-port", "0"));
    command.addAll(List.of(further));
    return OtherJvm.start(
        List.of("--add-opens", "java.base/java.util=ALL-UNNAMED"),
        Map.of(),
        folder,
        command.toArray(String[]::new));
  }

  private Http ready(OtherJvm host) {
    await().atMost(PATIENCE).until(() -> host.said("Ready"));
    return new Http(new DataFolder(folder.resolve("data")).announced().orElseThrow().url());
  }

  private static void begin(Http http, String orchestrator, String id, String input)
      throws Exception {
    assertThat(http.post(DURABLE + "/orchestrators/" + orchestrator + "/" + id, input).statusCode())
        .isEqualTo(202);
  }

  /** The answer may come too late: the host ends when the start is durable. */
  private static void beginTheEnd(Http http, String orchestrator, String how) throws Exception {
    try {
      begin(http, orchestrator, "guilty", "\"" + how + "\"");
    } catch (IOException e) {
      assertThat(e).isNotNull();
    }
  }

  private static void ended(OtherJvm host) {
    await().atMost(PATIENCE).until(() -> !host.isAlive());
  }

  private static String status(Http http, String id) throws Exception {
    return http.get(DURABLE + "/instances/" + id).body();
  }

  @ParameterizedTest
  @CsvSource({"Calls, exit, activity 'End'", "Thinks, halt, orchestrator 'Thinks'"})
  void what_ends_the_process_again_and_again_is_blocked_and_nothing_else(
      String orchestrator, String how, String step) throws Exception {
    try (ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      try (OtherJvm host = start()) {
        Http http = ready(host);
        begin(http, "Innocent", "innocent", Integer.toString(door.getLocalPort()));
        Socket visitor = door.accept();
        assertThat(visitor.getInputStream().read()).isPositive();
        beginTheEnd(http, orchestrator, how);
        ended(host);
      }
      for (int deaths = 1; ; deaths++) {
        try (OtherJvm host = start()) {
          if (dies(host)) {
            assertThat(deaths).as("%s", host.lines()).isLessThan(DEATHS_MOST);
            assertThat(host.lines())
                .as("after %d deaths", deaths)
                .anyMatch(it -> it.contains("In hand it had") || it.contains("called System.exit"));
            continue;
          }
          assertThat(deaths).as("%s", host.lines()).isGreaterThanOrEqualTo(DEATHS_LEAST);
          Http http = ready(host);
          assertThat(status(http, "guilty")).contains("ended the process 3 times", step);
          open(door);
          await().atMost(PATIENCE).until(() -> status(http, "innocent").contains("went through"));
          begin(http, "Calls", "later", "\"live\"");
          await().atMost(PATIENCE).until(() -> status(http, "later").contains("lives"));
          host.terminate();
          assertThat(host.exitCode()).as("%s", host.lines()).isZero();
          return;
        }
      }
    }
  }

  /** Waits until the process has ended, or the guilty one is blocked. */
  private boolean dies(OtherJvm host) {
    await()
        .atMost(PATIENCE)
        .until(() -> !host.isAlive() || (host.said("Ready") && isBlocked(host)));
    return !host.isAlive();
  }

  private boolean isBlocked(OtherJvm host) throws Exception {
    try {
      return status(ready(host), "guilty").contains("\"blocked\"");
    } catch (IOException e) {
      return false;
    }
  }

  /** Opens to everybody who stands there; those who knocked in earlier lives are gone. */
  private static void open(ServerSocket door) {
    Thread opens =
        new Thread(
            () -> {
              while (!door.isClosed()) {
                try (Socket visitor = door.accept()) {
                  visitor.getOutputStream().write("\n".getBytes(UTF_8));
                } catch (IOException e) {
                  // Gone, or the test is over.
                }
              }
            });
    opens.setDaemon(true);
    opens.start();
  }

  @Test
  void kills_from_outside_while_items_are_in_hand_block_nothing() throws Exception {
    int count = 5;
    try (ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      for (int life = 0; life < KILLS; life++) {
        try (OtherJvm host = start()) {
          Http http = ready(host);
          for (int i = 0; life == 0 && i < count; i++) {
            begin(http, "Innocent", "i" + i, Integer.toString(door.getLocalPort()));
          }
          for (int i = 0; i < count; i++) {
            assertThat(door.accept().getInputStream().read()).isPositive();
          }
          host.kill();
        }
      }
      try (OtherJvm host = start()) {
        Http http = ready(host);
        open(door);
        for (int i = 0; i < count; i++) {
          String id = "i" + i;
          await().atMost(PATIENCE).until(() -> status(http, id).contains("went through"));
        }
        assertThat(http.get(DURABLE + "/instances?blocked=true").body()).isEqualTo("[]");
        assertThat(host.lines()).anyMatch(it -> it.contains("it was ended from outside"));
      }
    }
  }

  @Test
  void an_http_function_that_ends_the_process_is_named_at_the_next_start() throws Exception {
    try (OtherJvm host = start()) {
      var lost = ready(host).getLater("/api/Ends");
      ended(host);
      assertThat(lost).isNotNull();
    }

    try (OtherJvm host = start()) {
      ready(host);
      assertThat(host.lines()).anyMatch(it -> it.contains("'Ends'") && it.contains("System.exit"));
    }
  }

  @Test
  void what_ends_a_connected_host_again_and_again_is_blocked_in_the_hub() throws Exception {
    HostOptions usual =
        HostOptions.onFreePorts(
            folder, new DataFolder(folder.resolve("hub")), HostOptions.StoreKind.SQLITE);
    try (Holdfast hub =
        Holdfast.start(Listening.on(usual.withoutApp(), 0, 0, "127.0.0.1", false), Map.of())) {
      Http http = new Http(hub.url());
      String where = "localhost:" + hub.grpcPort();
      begin(http, "Calls", "guilty", "\"exit\"");
      for (int deaths = 0; deaths < DEATHS_LEAST; deaths++) {
        try (OtherJvm host = start("--connect", where)) {
          ended(host);
          assertThat(host.lines()).as("life %d", deaths).anyMatch(it -> it.contains("System.exit"));
        }
      }

      try (OtherJvm host = start("--connect", where)) {
        await().atMost(PATIENCE).until(() -> status(http, "guilty").contains("\"blocked\""));
        assertThat(status(http, "guilty")).contains("ended the process 3 times");
        begin(http, "Calls", "later", "\"live\"");
        await().atMost(PATIENCE).until(() -> status(http, "later").contains("lives"));
        host.terminate();
        assertThat(host.exitCode()).as("%s", host.lines()).isZero();
      }
    }
  }
}
