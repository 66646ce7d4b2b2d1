package dev.holdfast.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.ExecutionCompletedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import dev.holdfast.protocol.TaskCompletedEvent;
import dev.holdfast.protocol.TaskFailedEvent;
import dev.holdfast.protocol.TaskScheduledEvent;
import dev.holdfast.protocol.TimerCreatedEvent;
import dev.holdfast.protocol.TimerFiredEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the timeline makes of a history. */
class BarsTest {
  private final List<HistoryEvent> history = new ArrayList<>();

  private static HistoryEvent.Builder at(long second) {
    return HistoryEvent.newBuilder().setTimestamp(time(second));
  }

  private static Timestamp time(long second) {
    return Timestamp.newBuilder().setSeconds(second).build();
  }

  private void turn(long second) {
    history.add(
        at(second).setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance()).build());
  }

  private void scheduled(long second, int id, String name) {
    history.add(
        at(second)
            .setEventId(id)
            .setTaskScheduled(TaskScheduledEvent.newBuilder().setName(name))
            .build());
  }

  private void completed(long second, int id) {
    history.add(
        at(second)
            .setTaskCompleted(TaskCompletedEvent.newBuilder().setTaskScheduledId(id))
            .build());
  }

  private void failed(long second, int id) {
    history.add(
        at(second).setTaskFailed(TaskFailedEvent.newBuilder().setTaskScheduledId(id)).build());
  }

  private void timer(long second, int id, long until) {
    history.add(
        at(second)
            .setEventId(id)
            .setTimerCreated(TimerCreatedEvent.newBuilder().setFireAt(time(until)))
            .build());
  }

  private void fired(long second, int id) {
    history.add(at(second).setTimerFired(TimerFiredEvent.newBuilder().setTimerId(id)).build());
  }

  private void ended(long second) {
    history.add(
        at(second)
            .setExecutionCompleted(
                ExecutionCompletedEvent.newBuilder()
                    .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED))
            .build());
  }

  private List<Bar> bars() {
    return Bars.of(history, Instant.ofEpochSecond(100));
  }

  private static String words(Bar bar) {
    return bar.kind() + " " + bar.name() + " " + bar.outcome() + " " + bar.attempts();
  }

  @Test
  void an_activity_that_is_tried_again_keeps_one_bar_and_its_timer_has_none() {
    turn(0);
    scheduled(0, 0, "Charge");
    turn(2);
    failed(2, 0);
    timer(2, 1, 7);
    turn(7);
    fired(7, 1);
    scheduled(7, 2, "Charge");
    turn(8);
    completed(8, 2);

    assertThat(bars()).extracting(BarsTest::words).containsExactly("activity Charge done 2");
    assertThat(bars().get(0).phases())
        .containsExactly(
            new Bar.Phase(false, 0, 2_000),
            new Bar.Phase(true, 2_000, 7_000),
            new Bar.Phase(false, 7_000, 8_000));
  }

  @Test
  void a_timer_after_a_failure_that_leads_to_other_work_is_a_timer_of_its_own() {
    turn(0);
    scheduled(0, 0, "Charge");
    turn(2);
    failed(2, 0);
    timer(2, 1, 7);
    turn(7);
    fired(7, 1);
    scheduled(7, 2, "Refund");

    assertThat(bars())
        .extracting(BarsTest::words)
        .containsExactly(
            "activity Charge failed 1", "timer for 5.0 s fired 1", "activity Refund open 1");
  }

  @Test
  void a_timer_that_has_not_fired_when_the_instance_ends_is_no_longer_awaited() {
    turn(0);
    timer(0, 0, 1_000);
    scheduled(0, 1, "Ask");
    turn(3);
    completed(3, 1);
    ended(3);

    assertThat(bars())
        .extracting(BarsTest::words)
        .containsExactly("timer for 16 min 40 s no longer awaited 1", "activity Ask done 1");
    assertThat(bars().get(0).phases()).containsExactly(new Bar.Phase(false, 0, 3_000));
  }

  @Test
  void work_under_way_reaches_to_now() {
    turn(0);
    scheduled(40, 0, "Slow");

    assertThat(bars().get(0).took()).isEqualTo("1 min");
    assertThat(bars().get(0).phases()).containsExactly(new Bar.Phase(false, 40_000, 100_000));
  }
}
