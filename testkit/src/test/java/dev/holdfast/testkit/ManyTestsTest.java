package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Runs many tests whose orchestrations wait for days, each with a hub of its own, and says how long
 * that took: 50, and 1,000 with {@code -Psoak}.
 */
class ManyTestsTest {

  @Test
  void many_tests_with_timers_of_days() {
    boolean soak = Boolean.getBoolean("holdfast.soak");
    long begun = System.nanoTime();

    Map<String, String> results = Launched.run(soak ? Thousand.class : Fifty.class);

    System.out.printf(
        "%d tests with timers of days took %d ms, and this process so far %d ms of CPU time%n",
        soak ? 1_000 : 50,
        (System.nanoTime() - begun) / 1_000_000,
        ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis());
    assertThat(results).hasSizeGreaterThan(50);
    assertThat(results.values()).containsOnly("");
  }

  @HoldfastTest(functions = {Orders.class, Daily.class})
  static class Thousand {
    @RepeatedTest(1_000)
    void waits(TestHub hub) {
      ManyTestsTest.waits(hub);
    }
  }

  @HoldfastTest(functions = {Orders.class, Daily.class})
  static class Fifty {
    @RepeatedTest(50)
    void waits(TestHub hub) {
      ManyTestsTest.waits(hub);
    }
  }

  private static void waits(TestHub hub) {
    hub.activity("Charge").failsTimes(1, new IOException("down")).returns("paid");
    TestInstance order = hub.start("PlaceOrder", new Orders.Order("lamps", 2));
    TestInstance daily = hub.start("Daily").await();
    assertThat(order.await().output(String.class)).isEqualTo("gave back \"paid\"");
    assertThat(daily.output(Integer.class)).isEqualTo(10);
  }

  /** Waits a day, ten times. */
  public static class Daily {
    @FunctionName("Daily")
    public int daily(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      int days = 0;
      while (days < 10) {
        ctx.createTimer(Duration.ofDays(1)).await();
        days++;
      }
      return days;
    }
  }
}
