package dev.holdfast.server.grpc.worker;

import static dev.holdfast.server.grpc.worker.RawWorker.answer;
import static dev.holdfast.server.grpc.worker.RawWorker.call;
import static dev.holdfast.server.grpc.worker.RawWorker.complete;
import static dev.holdfast.server.grpc.worker.RawWorker.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OperationResult;
import dev.holdfast.protocol.OperationResultSuccess;
import dev.holdfast.protocol.SignalEntityRequest;
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
        new Hosted(WorkerSettings.DEFAULT.withTimeouts(turns, activities), WhenUnserved.WAITS);
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
  void an_attempt_that_has_failed_by_its_limit_is_not_handed_out_again_when_it_is_given_back()
      throws Exception {
    Hosted hosted = hosted(NEVER, Map.of("Act", SHORT));
    RawWorker hangs = worker(hosted);
    String id = hosted.client.scheduleNewOrchestrationInstance("Works");
    hangs.send(answer(hangs.nextTurn(), call(0, "Act")));
    WorkItem activity = hangs.nextActivity();
    RawWorker other = worker(hosted);
    WorkItem second = other.nextTurn();
    assertThat(last(second).hasTaskFailed()).isTrue();

    hangs.giveBack(activity);
    other.send(answer(second, call(1, "Next")));

    WorkItem next = anyNext(hangs, other);
    assertThat(next.getActivityRequest().getName()).isEqualTo("Next");
    other.send(result(next, "1"));
    other.send(answer(anyNext(hangs, other), complete(2, "\"done\"")));
    assertThat(hosted.ended(id).getSerializedOutput()).isEqualTo("\"done\"");
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

  private static RawWorker entities(Hosted hosted, Deque<AutoCloseable> opened) {
    int before = hosted.server.workers().connected();
    RawWorker worker =
        new RawWorker(hosted.port)
            .open(
                GetWorkItemsRequest.newBuilder().setMaxConcurrentEntityWorkItems(3).build(),
                Integer.MAX_VALUE);
    opened.push(worker);
    await().until(() -> hosted.server.workers().connected() > before);
    return worker;
  }

  private Hosted hostedWithLimit(String entity) throws Exception {
    Hosted hosted =
        new Hosted(
            WorkerSettings.DEFAULT
                .withTimeouts(NEVER, Map.of())
                .withEntityTimeouts(Map.of(entity, SHORT)),
            WhenUnserved.WAITS);
    opened.push(hosted);
    return hosted;
  }

  private static void signal(Hosted hosted, String entity) {
    hosted
        .engine
        .taskHub()
        .signalEntity(SignalEntityRequest.newBuilder().setInstanceId(entity).setName("add").build())
        .join();
  }

  private static EntityBatchResult.Builder done(WorkItem batch, String state) {
    return EntityBatchResult.newBuilder()
        .setCompletionToken(batch.getCompletionToken())
        .setEntityState(StringValue.of(state))
        .addResults(
            OperationResult.newBuilder().setSuccess(OperationResultSuccess.getDefaultInstance()));
  }

  private static String state(Hosted hosted, String entity) {
    return hosted
        .engine
        .taskHub()
        .getEntity(entity, true)
        .join()
        .map(found -> found.getSerializedState().getValue())
        .orElse("");
  }

  private static void awaitState(Hosted hosted, String entity, String state) {
    await().untilAsserted(() -> assertThat(state(hosted, entity)).isEqualTo(state));
  }

  @Test
  void a_batch_over_the_limit_of_its_entity_goes_to_another_worker_and_is_done_once()
      throws Exception {
    Hosted hosted = hostedWithLimit("Counter");
    RawWorker hangs = entities(hosted, opened);
    signal(hosted, "@counter@a");
    WorkItem first = hangs.next();
    RawWorker other = entities(hosted, opened);

    WorkItem again = other.next();
    assertThat(again.getEntityRequestV2()).isEqualTo(first.getEntityRequestV2());
    assertThat(again.getCompletionToken()).isNotEqualTo(first.getCompletionToken());
    other.send(done(again, "1"));
    awaitState(hosted, "@counter@a", "1");
    hangs.send(done(first, "too late"));
    signal(hosted, "@counter@a");
    WorkItem next = anyNext(hangs, other);

    assertThat(next.getEntityRequestV2().getEntityState().getValue()).isEqualTo("1");
    other.send(done(next, "2"));
    awaitState(hosted, "@counter@a", "2");
    assertThat(hosted.server.workers().outstanding()).isZero();
    assertThat(hosted.problems).isEmpty();
  }

  @Test
  void a_batch_that_only_took_longer_than_its_limit_still_counts_and_nothing_twice()
      throws Exception {
    Hosted hosted = hostedWithLimit("counter");
    RawWorker slow = entities(hosted, opened);
    signal(hosted, "@counter@a");
    WorkItem first = slow.next();
    RawWorker other = entities(hosted, opened);
    WorkItem again = other.next();

    slow.send(done(first, "1"));
    awaitState(hosted, "@counter@a", "1");
    other.send(done(again, "once more"));
    signal(hosted, "@counter@a");

    assertThat(anyNext(slow, other).getEntityRequestV2().getEntityState().getValue())
        .isEqualTo("1");
  }

  private static WorkItem anyNext(RawWorker one, RawWorker other) {
    return await()
        .until(
            () -> {
              WorkItem next = one.received.poll();
              return next == null ? other.received.poll() : next;
            },
            next -> next != null && !next.hasHealthPing());
  }

  @Test
  void without_another_worker_the_same_one_gets_the_batch_again() throws Exception {
    Hosted hosted = hostedWithLimit("counter");
    RawWorker hangs = entities(hosted, opened);
    signal(hosted, "@counter@a");
    WorkItem first = hangs.next();

    WorkItem again = hangs.next();
    assertThat(again.getEntityRequestV2()).isEqualTo(first.getEntityRequestV2());
    hangs.send(EntityBatchResult.newBuilder().setCompletionToken(first.getCompletionToken()));
    assertThat(hosted.server.workers().ignored()).isEqualTo(1);
    hangs.send(done(again, "1"));

    awaitState(hosted, "@counter@a", "1");
  }

  @Test
  void a_batch_stays_where_nobody_has_set_a_limit() throws Exception {
    Hosted hosted = hostedWithLimit("another");
    RawWorker slow = entities(hosted, opened);
    signal(hosted, "@counter@a");
    WorkItem batch = slow.next();
    RawWorker other = entities(hosted, opened);
    signal(hosted, "@another@a");
    WorkItem limited = anyNext(slow, other);
    WorkItem moved = anyNext(slow, other);

    assertThat(moved.getEntityRequestV2()).isEqualTo(limited.getEntityRequestV2());
    slow.send(done(batch, "1"));
    awaitState(hosted, "@counter@a", "1");
  }
}
