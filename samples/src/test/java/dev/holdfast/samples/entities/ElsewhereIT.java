package dev.holdfast.samples.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.samples.AppHost;
import dev.holdfast.samples.RunningApp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same app, whose hub is another process: entities with locks, and the app is killed. */
class ElsewhereIT {
  private static final List<String> ACCOUNTS = List.of("e1", "e2", "e3");
  private static final int TRANSFERS = 30;

  @TempDir Path folder;

  @Test
  void entities_of_an_app_whose_hub_is_elsewhere_lose_nothing_when_it_dies() throws Exception {
    int port = freePort();
    Map<String, String> connected = Map.of("HOLDFAST_CONNECT", "localhost:" + port);
    try (AppHost hub = AppHost.startHub(folder.resolve("hub"), port)) {
      try (AppHost host = AppHost.start(folder.resolve("app"), connected)) {
        RunningApp app = new RunningApp(host.url());
        ACCOUNTS.forEach(account -> BankIT.deposit(app, account, 1000));
        assertThat(app.post("/api/counters/away/add/5", "").statusCode()).isEqualTo(202);
        for (int i = 1; i <= TRANSFERS; i++) {
          String transfer = BankIT.transfer(ACCOUNTS.get(i % 3), ACCOUNTS.get((i + 1) % 3), i);
          app.startOrchestrator("TransferMoney/e" + i, transfer);
        }
        host.kill();
      }
      assertThat(hub.isAlive()).isTrue();

      try (AppHost host = AppHost.start(folder.resolve("app"), connected)) {
        RunningApp app = new RunningApp(host.url());
        for (int i = 1; i <= TRANSFERS; i++) {
          assertThat(app.instance("e" + i).awaitOutput().get("status").textValue())
              .isEqualTo("Transferred");
        }
        assertThat(ACCOUNTS.stream().mapToLong(account -> BankIT.balance(app, account)).sum())
            .isEqualTo(3000);
        await()
            .until(
                () -> app.get(RunningApp.MANAGEMENT + "/entities/Counter/away").body(),
                "5"::equals);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
