package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.bank.BankFunctions;
import dev.holdfast.host.cli.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Money is moved inside a block that holds locks, in a host that is killed meanwhile. */
@Timeout(300)
class LockBlockTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int KILLS = Boolean.getBoolean("holdfast.soak") ? 50 : 3;
  private static final int TRANSFERS = 10;

  @TempDir Path folder;

  @BeforeEach
  void build() throws IOException {
    DemoApp.of(BankFunctions.class, folder.resolve("app"));
  }

  private OtherJvm start() throws IOException {
    return OtherJvm.start(
        List.of("--add-opens", "java.base/java.util=ALL-UNNAMED"),
        java.util.Map.of(),
        folder,
        Main.class.getName(),
        "start",
        "app",
        "--port",
        "0",
        "--grpc-port",
        "0");
  }

  private Http ready(OtherJvm host) {
    await().atMost(PATIENCE).until(() -> host.said("Ready"));
    return new Http(new DataFolder(folder.resolve("data")).announced().orElseThrow().url());
  }

  @Test
  void money_in_is_money_out_whenever_the_host_is_killed() throws Exception {
    int started = 0;
    for (int life = 0; life < KILLS; life++) {
      try (OtherJvm host = start()) {
        Http http = ready(host);
        for (int i = 0; i < TRANSFERS; i++) {
          String id = "t" + started++;
          assertThat(http.post(DURABLE + "/orchestrators/Transfer/" + id, "null").statusCode())
              .isEqualTo(202);
        }
        int seen = life;
        await().atMost(PATIENCE).until(() -> completed(http) > seen * TRANSFERS);
        host.kill();
      }
    }

    try (OtherJvm host = start()) {
      Http http = ready(host);
      int all = started;

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(completed(http)).isEqualTo(all));

      String moved = Integer.toString(10 * all);
      assertThat(http.get(DURABLE + "/entities/account/x").body()).isEqualTo("-" + moved);
      assertThat(http.get(DURABLE + "/entities/account/y").body()).isEqualTo(moved);
    }
  }

  private static final String DURABLE = "/runtime/webhooks/durabletask";

  private static int completed(Http http) throws IOException, InterruptedException {
    return http.get(DURABLE + "/instances?runtimeStatus=Completed").body().split("moved", -1).length
        - 1;
  }
}
