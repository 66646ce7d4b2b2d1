package dev.holdfast.samples.entities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.samples.AppHost;
import dev.holdfast.samples.RunningApp;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host is killed while money is between accounts and locks are held. */
class BankKillIT {

  private static final List<String> ACCOUNTS = List.of("a", "b", "c");
  private static final int TRANSFERS = 60;

  @TempDir Path data;

  @Test
  void no_money_is_lost_and_no_lock_stays() throws Exception {
    try (AppHost host = AppHost.start(data, Map.of())) {
      RunningApp app = new RunningApp(host.url());
      ACCOUNTS.forEach(account -> BankIT.deposit(app, account, 1000));
      for (int i = 0; i < TRANSFERS; i++) {
        String transfer = BankIT.transfer(ACCOUNTS.get(i % 3), ACCOUNTS.get((i + 1) % 3), i);
        app.startOrchestrator("TransferMoney/t" + i, transfer);
      }
      host.kill();
    }

    try (AppHost host = AppHost.start(data, Map.of())) {
      RunningApp app = new RunningApp(host.url());
      // An amount of nothing is refused by the account, while the locks are held.
      assertThat(app.instance("t0").awaitEnd().get("runtimeStatus").textValue())
          .isEqualTo("Failed");
      for (int i = 1; i < TRANSFERS; i++) {
        assertThat(app.instance("t" + i).awaitOutput().get("status").textValue())
            .isEqualTo("Transferred");
      }
      assertThat(ACCOUNTS.stream().mapToLong(account -> BankIT.balance(app, account)).sum())
          .isEqualTo(3000);
    }
  }
}
