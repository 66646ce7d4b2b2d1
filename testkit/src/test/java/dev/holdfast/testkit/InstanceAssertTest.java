package dev.holdfast.testkit;

import static dev.holdfast.testkit.HoldfastAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@HoldfastTest(functions = Orders.class)
class InstanceAssertTest {
  private static final Orders.Order LAMPS = new Orders.Order("lamps", 2);

  @Test
  void outcome_calls_order_retries_and_logs(TestHub hub) {
    hub.activity("Charge").failsTimes(2, new IOException("down")).returns("paid");
    hub.activity("Ship").fails(new IllegalStateException("no van"));
    TestInstance order = hub.start("PlaceOrder", LAMPS);
    hub.advance(Duration.ofHours(2));
    assertThat(order).isRunning().isWaitingForEvent("Approved").hasCustomStatus("waiting");
    order.raiseEvent("Approved", true);
    hub.advance(Duration.ofDays(1));

    assertThat(order)
        .hasCompleted()
        .hasCompletedWith("gave back \"paid\"")
        .calledInOrder("Charge", "Ship", "GiveBack")
        .called("Charge", 3)
        .neverCalled("Refund")
        .retried("Charge", 2)
        .retried("Ship", 0)
        .compensatedWith("GiveBack")
        .receivedEvent("Approved")
        .logged("gives back lamps");
  }

  @Test
  void what_does_not_hold_is_told_with_the_history(TestHub hub) {
    TestInstance order = hub.start("PlaceOrder", LAMPS);

    assertThatThrownBy(() -> assertThat(order).hasCompleted())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Expected instance 'PlaceOrder-1' to have completed. It is Running.")
        .hasMessageContaining("called Charge {\"item\":\"lamps\",\"count\":2}");
    assertThatThrownBy(() -> assertThat(order).isWaitingForEvent("Denied"))
        .hasMessageContaining("event 'Approved'");
    assertThatThrownBy(() -> assertThat(order).calledExactly("Ship"))
        .hasMessageContaining("but it called [Charge]");
    assertThatThrownBy(() -> assertThat(order).compensatedWith("GiveBack"))
        .hasMessageContaining("no activity has failed");
    assertThatThrownBy(() -> assertThat(order).retried("Charge", 1))
        .hasMessageContaining("but it did so 0 times");
    assertThatThrownBy(() -> assertThat(hub.instance("nobody")).hasCompleted())
        .hasMessageContaining("There is no instance 'nobody'");
  }

  @Test
  void a_failure_and_a_termination(TestHub hub) {
    hub.activity("Charge").fails(new IOException("down"));
    TestInstance failed = hub.start("PlaceOrder", LAMPS).await();
    hub.orchestrator("Child").neverAnswers();
    TestInstance terminated = hub.start("Parent");

    assertThat(failed).hasFailedWith("TaskFailedException");
    assertThat(terminated).isRunning();
    terminated.terminate("enough");
    assertThat(terminated).wasTerminated();
  }

  @Test
  void a_history_matches_its_snapshot(TestHub hub) {
    hub.activity("Charge").failsTimes(1, new IOException("down")).returns("paid");

    assertThat(hub.start("PlaceOrder", LAMPS).await()).matchesSnapshot("order-paid-back");
    assertThat(hub.start("CountUp").await()).matchesSnapshot("count-up");
  }

  @Test
  void a_snapshot_is_written_once_and_compared_line_by_line(@TempDir Path folder) {
    assertThatThrownBy(() -> Snapshots.check(folder, "a", List.of("one", "two"), false))
        .hasMessageContaining("so it was written");
    Snapshots.check(folder, "a", List.of("one", "two"), false);

    assertThatThrownBy(
            () -> Snapshots.check(folder, "a", List.of("one", "more", "two", "three"), false))
        .hasMessageContaining(
            String.join(System.lineSeparator(), "  one", "+ more", "  two", "+ three"));
    Snapshots.check(folder, "a", List.of("two"), true);
    Snapshots.check(folder, "a", List.of("two"), false);
  }
}
