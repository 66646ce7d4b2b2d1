package dev.holdfast.samples.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class BankIT {

  @Test
  void money_moves_and_what_is_not_there_does_not(RunningApp app) {
    deposit(app, "tom", 100);

    RunningApp.Started first = app.start("/api/StartTransferMoney", transfer("tom", "jerry", 60));
    assertThat(first.awaitOutput()).hasToString("{\"status\":\"Transferred\",\"left\":40}");
    RunningApp.Started second = app.start("/api/StartTransferMoney", transfer("tom", "jerry", 60));
    assertThat(second.awaitOutput()).hasToString("{\"status\":\"Refused\",\"left\":40}");
    RunningApp.Started toItself = app.start("/api/StartTransferMoney", transfer("tom", "tom", 10));
    assertThat(toItself.awaitOutput()).hasToString("{\"status\":\"Refused\",\"left\":40}");

    assertThat(balance(app, "tom")).isEqualTo(40);
    assertThat(balance(app, "jerry")).isEqualTo(60);
  }

  /** Round and round: without an order of locking they would wait for each other for ever. */
  @Test
  void transfers_in_a_circle_at_once_lose_nothing(RunningApp app) {
    List<String> names = List.of("c1", "c2", "c3");
    names.forEach(name -> deposit(app, name, 50));

    List<RunningApp.Started> transfers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      transfers.add(
          app.startOrchestrator(
              "TransferMoney", transfer(names.get(i % 3), names.get((i + 1) % 3), 20)));
    }
    Set<String> outcomes = new TreeSet<>();
    for (RunningApp.Started transfer : transfers) {
      outcomes.add(transfer.awaitOutput().get("status").textValue());
    }

    assertThat(outcomes).contains("Transferred").isSubsetOf("Transferred", "Refused");
    assertThat(names.stream().mapToLong(name -> balance(app, name)).sum()).isEqualTo(150);
  }

  @Test
  void failed_operation_fails_its_caller_and_changes_nothing(RunningApp app) {
    deposit(app, "carl", 10);

    JsonNode end =
        app.startOrchestrator("DepositMoney", "{\"account\":\"carl\",\"amount\":-5}").awaitEnd();

    assertThat(end.get("runtimeStatus").textValue()).isEqualTo("Failed");
    assertThat(balance(app, "carl")).isEqualTo(10);
  }

  @Test
  void an_account_signals_the_counter_of_the_lucky(RunningApp app) {
    deposit(app, "midas", 5000);

    await()
        .until(
            () ->
                app.startOrchestrator("CountVisit", "{\"counter\":\"lucky\",\"guests\":0}")
                        .awaitOutput()
                        .longValue()
                    == 1);
  }

  static void deposit(RunningApp app, String account, long amount) {
    app.startOrchestrator(
            "DepositMoney", "{\"account\":\"%s\",\"amount\":%d}".formatted(account, amount))
        .awaitOutput();
  }

  /** A transfer that is too large tells what there is. */
  static long balance(RunningApp app, String account) {
    return app.startOrchestrator("TransferMoney", transfer(account, "nobody", 1_000_000))
        .awaitOutput()
        .get("left")
        .longValue();
  }

  static String transfer(String from, String to, long amount) {
    return "{\"from\":\"%s\",\"to\":\"%s\",\"amount\":%d}".formatted(from, to, amount);
  }
}
