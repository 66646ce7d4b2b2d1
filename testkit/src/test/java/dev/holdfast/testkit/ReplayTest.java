package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@HoldfastTest(functions = Orders.class)
class ReplayTest {
  private static final Orders.Order LAMPS = new Orders.Order("lamps", 2);

  @TempDir private Path folder;

  @ReplayOf("histories/")
  void recorded_orders_still_replay(History history) {
    assertThat(history.lines()).isNotEmpty();
  }

  private static History ended(TestHub hub) {
    hub.activity("Charge").failsTimes(1, new IOException("down")).returns("paid");
    TestInstance order = hub.start("PlaceOrder", LAMPS);
    hub.after(Duration.ofDays(1), () -> order.raiseEvent("Approved", true));
    return order.await().history();
  }

  @Test
  void what_was_recorded_here_replays_here_from_a_file_too(TestHub hub) {
    History history = ended(hub);
    history.writeTo(folder.resolve("order.json"));

    hub.replay(history);
    hub.replay(folder.resolve("order.json"));

    assertThat(HistoryFile.read(folder.resolve("order.json")).events()).isEqualTo(history.events());
  }

  @Test
  void one_that_still_waits_replays(TestHub hub) {
    History history = hub.start("PlaceOrder", LAMPS).history();

    assertThatCode(() -> hub.replay(history)).doesNotThrowAnyException();
  }

  @Test
  void entities_replay(TestHub hub) {
    hub.replay(hub.start("CountUp").await().history());
  }

  @Test
  void other_steps_are_told_with_both_sides(TestHub hub) {
    History ended = ended(hub);
    History waiting = hub.start("PlaceOrder", LAMPS).history();

    for (History history : new History[] {ended, waiting}) {
      assertThatThrownBy(() -> replay(history, Reserves.class))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("instance '" + history.instanceId() + "'")
          .hasMessageContaining(
              "step 1 was activity 'Charge', the code now calls activity 'Reserve'");
    }
  }

  @Test
  void another_end_is_told(TestHub hub) {
    hub.activity("Charge").returns("paid");
    History history = hub.start("Short", LAMPS).history();

    assertThatThrownBy(() -> replay(history, Longer.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("asked for nothing, the code now asks for activity 'Ship'");
    assertThatThrownBy(() -> replay(history, OtherOutput.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("its output was \"paid\", the code now gives \"paid!\"");
  }

  @Test
  void an_orchestrator_that_is_gone_is_told(TestHub hub) {
    History history = hub.start("Short", LAMPS).history();

    assertThatThrownBy(() -> replay(history, Reserves.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("needs orchestrator 'Short', which this test does not register");
  }

  @Test
  void a_file_that_is_no_history_is_told(TestHub hub) throws IOException {
    Path file = Files.writeString(folder.resolve("odd.json"), "{\"a\":1}");
    Path damaged =
        Files.writeString(
            folder.resolve("damaged.json"), "{\"holdfastHistory\":1,\"events\":[{\"eventId\":");

    assertThatThrownBy(() -> hub.replay(file)).hasMessageContaining("is no recorded history");
    assertThatThrownBy(() -> hub.replay(damaged)).hasMessageContaining("is damaged");
  }

  @Test
  void a_folder_that_is_missing_or_empty_fails() {
    assertThat(Launched.run(Nowhere.class).values())
        .anySatisfy(it -> assertThat(it).contains("There is no file or folder 'nowhere/'"));
  }

  @HoldfastTest(functions = Orders.class)
  static class Nowhere {
    @ReplayOf("nowhere/")
    void replays() {}
  }

  @Test
  void a_changed_orchestrator_fails_at_its_recorded_history() {
    assertThat(Launched.run(Changed.class).values())
        .anySatisfy(it -> assertThat(it).contains("the code now calls activity 'Reserve'"));
  }

  @HoldfastTest(functions = Reserves.class)
  static class Changed {
    @ReplayOf("histories/order-waiting.json")
    void replays() {}
  }

  private static void replay(History history, Class<?> functions) {
    try (TestHub hub = TestHub.builder().functions(functions).open()) {
      hub.replay(history);
    }
  }

  /** An app that begins with another step. */
  public static class Reserves {
    @FunctionName("PlaceOrder")
    public String placeOrder(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      ctx.callActivity("Reserve").await();
      return ctx.callActivity("Charge", String.class).await();
    }
  }

  /** An app that takes another step at the end. */
  public static class Longer {
    @FunctionName("Short")
    public String shortOne(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      String paid = ctx.callActivity("Charge", String.class).await();
      return paid + ctx.callActivity("Ship", String.class).await();
    }
  }

  /** An app that gives another output. */
  public static class OtherOutput {
    @FunctionName("Short")
    public String shortOne(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      return ctx.callActivity("Charge", String.class).await() + "!";
    }
  }
}
