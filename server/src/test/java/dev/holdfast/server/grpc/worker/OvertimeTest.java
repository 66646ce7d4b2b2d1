package dev.holdfast.server.grpc.worker;

import static dev.holdfast.server.grpc.worker.RawWorker.answer;
import static dev.holdfast.server.grpc.worker.RawWorker.call;
import static dev.holdfast.server.grpc.worker.RawWorker.complete;
import static dev.holdfast.server.grpc.worker.RawWorker.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.Dispatcher;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.WorkItem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that hang while their connections live. */
@Timeout(120)
class OvertimeTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration NEVER = Duration.ofDays(1);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private Hosted hosted(Duration turns, Map<String, Duration> activities) throws Exception {
    Hosted hosted =
        new Hosted(
            WorkerSettings.DEFAULT.withTimeouts(turns, activities), Dispatcher.Unserved.WAITS);
    opened.push(hosted);
    return hosted;
  }

  private RawWorker worker(Hosted hosted) {
    int before = hosted.server.workers().connected();
    RawWorker worker = new RawWorker(hosted.port).open();
    opened.push(worker);
    await().until(() -> hosted.server.workers().connected() > before);
    return worker;
  }

  private static HistoryEvent last(WorkItem turn) {
    var events = turn.getOrchestratorRequest().getNewEventsList();
    return events.get(events.size() - 1);
  }

  @Test
  void an_attempt_over_the_limit_of_its_activity_has_failed_and_its_late_answer_harms_nothing()
      throws Exception {
    Hosted hosted = hosted(NEVER, Map.of("ACT", SHORT));
    RawWorker hangs = worker(hosted);
    String id = hosted.client.scheduleNewOrchestrationInstance("Works");
    hangs.send(answer(hangs.nextTurn(), call(0, "Act")));
    WorkItem activity = hangs.nextActivity();
    RawWorker other = worker(hosted);

    WorkItem second = other.nextTurn();
    var failure = last(second).getTaskFailed().getFailureDetails();
    assertThat(failure.getErrorType()).isEqualTo(TimeoutException.class.getName());
    assertThat(failure.getErrorMessage()).contains("'Act'", "300 ms", "activityTimeouts.Act");
    assertThat(failure.getIsNonRetriable()).isFalse();

    hangs.send(result(activity, "late"));
    other.send(answer(second, complete(1, "\"without it\"")));
    assertThat(hosted.ended(id).getSerializedOutput()).isEqualTo("\"without it\"");
    assertThat(hosted.server.workers().outstanding()).isZero();
    assertThat(hosted.problems).isEmpty();
  }

  @Test
  void a_turn_that_hangs_goes_to_another_worker_and_one_answer_counts() throws Exception {
    Hosted hosted = hosted(SHORT, Map.of());
    RawWorker hangs = worker(hosted);
    String id = hosted.client.scheduleNewOrchestrationInstance("Works");
    WorkItem turn = hangs.nextTurn();
    RawWorker other = worker(hosted);

    WorkItem again = other.nextTurn();
    assertThat(again.getOrchestratorRequest()).isEqualTo(turn.getOrchestratorRequest());
    assertThat(again.getCompletionToken()).isNotEqualTo(turn.getCompletionToken());
    other.send(answer(again, call(0, "Act")));
    WorkItem activity = other.nextActivity();
    hangs.send(answer(turn, complete(0, "\"late\"")));
    other.send(result(activity, "1"));
    other.send(answer(other.nextTurn(), complete(1, "\"in time\"")));

    assertThat(hosted.ended(id).getSerializedOutput()).isEqualTo("\"in time\"");
    assertThat(hosted.problems).isEmpty();
  }

  @Test
  void what_waits_behind_work_that_hangs_goes_to_others_and_no_more_comes() throws Exception {
    Hosted hosted = hosted(NEVER, Map.of("Act", SHORT));
    RawWorker hangs = worker(hosted);
    String id = hosted.client.scheduleNewOrchestrationInstance("Works");
    hangs.send(answer(hangs.nextTurn(), call(0, "Act"), call(1, "Behind")));
    assertThat(hangs.nextActivity().getActivityRequest().getName()).isEqualTo("Act");
    assertThat(hangs.nextActivity().getActivityRequest().getName()).isEqualTo("Behind");
    RawWorker other = worker(hosted);

    WorkItem moved = null;
    WorkItem turn = null;
    while (moved == null || turn == null) {
      WorkItem next = other.next();
      moved = next.hasActivityRequest() ? next : moved;
      turn = next.hasOrchestratorRequest() ? next : turn;
    }
    assertThat(moved.getActivityRequest().getName()).isEqualTo("Behind");
    assertThat(last(turn).hasTaskFailed()).isTrue();
    other.send(answer(turn));
    other.send(result(moved, "1"));
    other.send(answer(other.nextTurn(), complete(2, "\"done\"")));

    assertThat(hosted.ended(id).getSerializedOutput()).isEqualTo("\"done\"");
    for (int i = 0; i < 3; i++) {
      String more = hosted.client.scheduleNewOrchestrationInstance("More");
      other.send(answer(other.nextTurn(), complete(0, "1")));
      assertThat(hosted.ended(more).getSerializedOutput()).isEqualTo("1");
    }
    assertThat(hangs.received.stream().filter(it -> !it.hasHealthPing())).isEmpty();
  }

  @Test
  void a_turn_stays_with_its_worker_while_there_is_nobody_else() throws Exception {
    Hosted hosted = hosted(Duration.ofMillis(1), Map.of());
    RawWorker slow = worker(hosted);
    String id = hosted.client.scheduleNewOrchestrationInstance("Works");
    WorkItem turn = slow.nextTurn();
    long handedOut = System.nanoTime();
    await().until(() -> System.nanoTime() - handedOut > 20_000_000);
    hosted.server.workers().look();

    slow.send(answer(turn, complete(0, "\"slowly\"")));

    assertThat(hosted.ended(id).getSerializedOutput()).isEqualTo("\"slowly\"");
    assertThat(slow.received.stream().filter(it -> !it.hasHealthPing())).isEmpty();
  }
}
