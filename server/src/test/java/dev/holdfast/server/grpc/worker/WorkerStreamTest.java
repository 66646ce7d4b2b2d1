package dev.holdfast.server.grpc.worker;

import static dev.holdfast.server.grpc.worker.RawWorker.again;
import static dev.holdfast.server.grpc.worker.RawWorker.answer;
import static dev.holdfast.server.grpc.worker.RawWorker.call;
import static dev.holdfast.server.grpc.worker.RawWorker.complete;
import static dev.holdfast.server.grpc.worker.RawWorker.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import com.microsoft.durabletask.OrchestrationMetadata;
import com.microsoft.durabletask.OrchestrationRuntimeStatus;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.protocol.ActivityFilter;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.HistoryChunk;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationFilter;
import dev.holdfast.protocol.StreamInstanceHistoryRequest;
import dev.holdfast.protocol.WorkItem;
import dev.holdfast.protocol.WorkItemFilters;
import dev.holdfast.protocol.WorkerCapability;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What no released SDK does on demand: late, double, foreign and partial answers, broken streams.
 */
@Timeout(120)
class WorkerStreamTest {
  private final List<RawWorker> raw = new ArrayList<>();
  private Hosted hosted;

  @BeforeEach
  void start() throws Exception {
    hosted = new Hosted();
  }

  @AfterEach
  void stop() throws Exception {
    raw.forEach(RawWorker::close);
    hosted.close();
    assertThat(hosted.problems).isEmpty();
  }

  private RawWorker worker() {
    RawWorker worker = new RawWorker(hosted.port);
    raw.add(worker);
    return worker;
  }

  private String begin(String name) {
    return hosted.client.scheduleNewOrchestrationInstance(name);
  }

  private String output(String id) throws Exception {
    OrchestrationMetadata ended = hosted.ended(id);
    assertThat(ended.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.COMPLETED);
    return ended.getSerializedOutput();
  }

  private void awaitWorkers(int count) {
    await().until(() -> hosted.server.workers().connected() == count);
  }

  @Test
  void answers_by_token_and_every_token_is_another() throws Exception {
    RawWorker worker = worker().open();
    String id = begin("Works");
    WorkItem first = worker.nextTurn();
    worker.send(answer(first, call(0, "Act")));
    WorkItem activity = worker.nextActivity();
    worker.send(result(activity, "1"));
    WorkItem second = worker.nextTurn();
    worker.send(answer(second, complete(1, "2")));

    assertThat(output(id)).isEqualTo("2");
    assertThat(
            Set.of(
                first.getCompletionToken(),
                activity.getCompletionToken(),
                second.getCompletionToken()))
        .hasSize(3)
        .allMatch(token -> token.length() >= 32);
    assertThat(hosted.server.workers().outstanding()).isZero();
  }

  @Test
  void a_second_answer_is_taken_with_thanks_and_ignored() throws Exception {
    RawWorker worker = worker().open();
    String id = begin("Works");
    WorkItem turn = worker.nextTurn();
    worker.send(answer(turn, call(0, "Act")));
    worker.send(answer(turn, complete(0, "wrong")));
    WorkItem activity = worker.nextActivity();
    worker.send(result(activity, "1"));
    worker.send(result(activity, "wrong"));
    WorkItem second = worker.nextTurn();
    worker.send(result(activity, "wrong"));
    worker.send(answer(turn, complete(0, "wrong")));

    assertThat(second.getOrchestratorRequest().getNewEvents(1).getTaskCompleted().getResult())
        .isEqualTo(StringValue.of("1"));
    worker.send(answer(second, complete(1, "2")));
    assertThat(output(id)).isEqualTo("2");
    worker.send(answer(second, complete(1, "after the end")));
    assertThat(output(id)).isEqualTo("2");
    assertThat(hosted.server.workers().ignored()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void a_token_from_nowhere_changes_nothing() throws Exception {
    RawWorker worker = worker().open();
    String id = begin("Works");
    WorkItem turn = worker.nextTurn();
    worker.send(answer(turn, complete(0, "wrong")).setCompletionToken("made up"));

    worker.send(answer(turn, complete(0, "right")));

    assertThat(output(id)).isEqualTo("right");
  }

  @Test
  void without_tokens_only_the_connection_that_got_an_item_may_answer_it() throws Exception {
    RawWorker frozen = worker().open();
    String id = begin("Works");
    WorkItem turn = frozen.nextTurn();
    frozen.cancel();
    awaitWorkers(0);
    RawWorker next = worker().open();
    WorkItem again = next.nextTurn();

    frozen.send(answer(turn, complete(0, "wrong")).clearCompletionToken());
    next.send(answer(again, complete(0, "right")).clearCompletionToken());

    assertThat(output(id)).isEqualTo("right");
    assertThat(hosted.server.workers().ignored()).isOne();
  }

  @Test
  void what_a_lost_worker_had_goes_to_another_at_once() throws Exception {
    RawWorker dies = worker().open();
    String id = begin("Works");
    dies.send(answer(dies.nextTurn(), call(0, "A"), call(1, "B")));
    Set<String> had =
        new TreeSet<>(
            List.of(
                dies.nextActivity().getActivityRequest().getName(),
                dies.nextActivity().getActivityRequest().getName()));
    dies.close();

    RawWorker heir = worker().open();
    WorkItem one = heir.nextActivity();
    WorkItem other = heir.nextActivity();
    assertThat(
            new TreeSet<>(
                List.of(one.getActivityRequest().getName(), other.getActivityRequest().getName())))
        .isEqualTo(had);
    heir.send(result(one, "1"));
    heir.send(result(other, "2"));
    WorkItem turn = heir.nextTurn();
    while (turn.getOrchestratorRequest().getNewEventsCount()
            + turn.getOrchestratorRequest().getPastEventsCount()
        < 7) {
      heir.send(answer(turn));
      turn = heir.nextTurn();
    }
    heir.send(answer(turn, complete(2, "done")));
    assertThat(output(id)).isEqualTo("done");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void an_activity_may_be_answered_by_a_worker_that_lost_its_stream(boolean token)
      throws Exception {
    RawWorker slow = worker().open();
    String id = begin("Works");
    slow.send(answer(slow.nextTurn(), call(0, "Slow")));
    WorkItem activity = slow.nextActivity();
    slow.cancel();
    awaitWorkers(0);

    slow.send(token ? result(activity, "late") : result(activity, "late").clearCompletionToken());

    RawWorker heir = worker().open();
    WorkItem next = heir.next();
    while (next.hasActivityRequest()) {
      next = heir.next(); // It was offered again before the answer came.
    }
    assertThat(next.getOrchestratorRequest().getNewEvents(1).getTaskCompleted().getResult())
        .isEqualTo(StringValue.of("late"));
    heir.send(answer(next, complete(1, "1")));
    assertThat(output(id)).isEqualTo("1");
  }

  @Test
  void an_answer_for_an_earlier_execution_is_not_taken_for_the_next_one() throws Exception {
    RawWorker worker = worker().open();
    String id = begin("Works");
    worker.send(answer(worker.nextTurn(), call(0, "Act"), again(1)));
    // The activity of an execution that ended with its own turn is not started.
    worker.send(answer(worker.nextTurn(), call(0, "Act")));
    WorkItem old = worker.nextActivity();
    hosted.client.raiseEvent(id, "Go");
    worker.send(answer(worker.nextTurn(), again(1)));
    worker.send(answer(worker.nextTurn(), call(0, "Act")));
    WorkItem now = worker.nextActivity();

    worker.send(result(old, "\"old\""));
    worker.send(result(now, "\"now\""));

    WorkItem last = worker.nextTurn();
    assertThat(last.getOrchestratorRequest().getNewEvents(1).getTaskCompleted().getResult())
        .isEqualTo(StringValue.of("\"now\""));
    worker.send(answer(last, complete(1, "1")));
    assertThat(output(id)).isEqualTo("1");
  }

  @Test
  void what_is_given_back_is_offered_again() throws Exception {
    RawWorker worker = worker().open();
    String id = begin("Works");
    WorkItem turn = worker.nextTurn();
    for (int i = 0; i < 4; i++) {
      worker.giveBack(turn);
      turn = worker.nextTurn();
    }
    worker.giveBack(turn);
    WorkItem again = worker.nextTurn();
    assertThat(again.getOrchestratorRequest()).isEqualTo(turn.getOrchestratorRequest());
    assertThat(again.getCompletionToken()).isNotEqualTo(turn.getCompletionToken());
    assertThat(hosted.client.getInstanceMetadata(id, false).getRuntimeStatus())
        .isEqualTo(OrchestrationRuntimeStatus.PENDING);

    worker.send(answer(again, call(0, "Act")));
    WorkItem activity = worker.nextActivity();
    worker.giveBack(activity);
    worker.send(result(worker.nextActivity(), "1"));
    worker.send(answer(worker.nextTurn(), complete(1, "1")));
    assertThat(output(id)).isEqualTo("1");
  }

  @Test
  @SuppressWarnings("deprecation")
  void an_answer_in_chunks_counts_when_it_is_whole() throws Exception {
    RawWorker worker = worker().open();
    String id = begin("Works");
    WorkItem turn = worker.nextTurn();
    worker.send(
        answer(turn, call(0, "A"))
            .setIsPartial(true)
            .setChunkIndex(Int32Value.of(0))
            .setCustomStatus(StringValue.of("\"cut\"")));
    worker.send(
        answer(turn, call(1, "B"))
            .setIsPartial(true)
            .setChunkIndex(Int32Value.of(1))
            .setNumEventsProcessed(Int32Value.of(0)));
    worker.send(answer(turn, call(1, "B")).setIsPartial(true).setChunkIndex(Int32Value.of(1)));
    assertThat(hosted.client.getInstanceMetadata(id, false).getRuntimeStatus())
        .isEqualTo(OrchestrationRuntimeStatus.PENDING);
    worker.send(
        answer(turn, call(2, "C"))
            .setChunkIndex(Int32Value.of(2))
            .setNumEventsProcessed(Int32Value.of(0)));

    List<String> names = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      names.add(worker.nextActivity().getActivityRequest().getName());
    }
    assertThat(names).containsExactly("A", "B", "C");
    assertThat(hosted.client.getInstanceMetadata(id, true).readCustomStatusAs(String.class))
        .isEqualTo("cut");
  }

  @Test
  void filters_get_what_they_name_and_the_rest_waits() throws Exception {
    RawWorker activities =
        worker()
            .open(
                GetWorkItemsRequest.newBuilder()
                    .setWorkItemFilters(
                        WorkItemFilters.newBuilder()
                            .addActivities(ActivityFilter.newBuilder().setName("Act")))
                    .build(),
                100);
    RawWorker turns =
        worker()
            .open(
                GetWorkItemsRequest.newBuilder()
                    .setWorkItemFilters(
                        WorkItemFilters.newBuilder()
                            .addOrchestrations(OrchestrationFilter.newBuilder().setName("Works")))
                    .build(),
                100);
    String id = begin("Works");
    turns.send(answer(turns.nextTurn(), call(0, "Act"), call(1, "Other")));

    assertThat(activities.nextActivity().getActivityRequest().getName()).isEqualTo("Act");
    assertThat(hosted.engine.taskHub().why(id).join().orElseThrow().summary())
        .contains("no connected worker serves activity 'Other'");
    assertThat(activities.received).isEmpty();
    assertThat(turns.received).isEmpty();

    RawWorker other = worker().open();
    assertThat(other.nextActivity().getActivityRequest().getName()).isEqualTo("Other");
  }

  @Test
  void filters_by_version_get_these_versions_only() throws Exception {
    RawWorker old = worker().open(wants("1"), 100);
    RawWorker current = worker().open(wants("2"), 100);
    awaitWorkers(2);
    for (String version : List.of("2", "1", "2", "1")) {
      hosted.client.scheduleNewOrchestrationInstance(
          "Works",
          new com.microsoft.durabletask.NewOrchestrationInstanceOptions().setVersion(version));
    }

    for (int i = 0; i < 2; i++) {
      assertThat(version(old.nextTurn())).isEqualTo("1");
      assertThat(version(current.nextTurn())).isEqualTo("2");
    }
  }

  private static GetWorkItemsRequest wants(String version) {
    return GetWorkItemsRequest.newBuilder()
        .setWorkItemFilters(
            WorkItemFilters.newBuilder()
                .addOrchestrations(
                    OrchestrationFilter.newBuilder().setName("Works").addVersions(version)))
        .build();
  }

  private static String version(WorkItem turn) {
    return turn.getOrchestratorRequest()
        .getNewEvents(1)
        .getExecutionStarted()
        .getVersion()
        .getValue();
  }

  @Test
  void a_worker_gets_no_more_at_once_than_it_asked_for() throws Exception {
    RawWorker worker =
        worker()
            .open(
                GetWorkItemsRequest.newBuilder()
                    .setMaxConcurrentOrchestrationWorkItems(2)
                    .setMaxConcurrentActivityWorkItems(1)
                    .build(),
                100);
    for (int i = 0; i < 5; i++) {
      begin("Works");
    }
    WorkItem first = worker.nextTurn();
    WorkItem second = worker.nextTurn();
    assertThat(hosted.server.workers().outstanding()).isEqualTo(2);
    assertThat(worker.received).isEmpty();

    worker.send(answer(first, call(0, "A"), call(1, "B")));
    Set<String> kinds = new TreeSet<>();
    kinds.add(worker.next().getRequestCase().name());
    kinds.add(worker.next().getRequestCase().name());
    assertThat(kinds).containsExactly("ACTIVITYREQUEST", "ORCHESTRATORREQUEST");
    assertThat(hosted.server.workers().outstanding()).isEqualTo(3);
    worker.send(answer(second, complete(0, "1")));
    worker.nextTurn();
  }

  @Test
  void work_is_shared_between_workers() throws Exception {
    RawWorker one = worker().open();
    RawWorker other = worker().open();
    awaitWorkers(2);

    for (int i = 0; i < 10; i++) {
      begin("Works");
    }

    for (int i = 0; i < 5; i++) {
      one.nextTurn();
      other.nextTurn();
    }
  }

  @Test
  void a_worker_that_does_not_read_gets_little_and_others_the_rest() throws Exception {
    RawWorker stuck = worker().open(GetWorkItemsRequest.getDefaultInstance(), 0);
    awaitWorkers(1);
    String large = "x".repeat(1 << 20);
    for (int i = 0; i < 30; i++) {
      hosted.client.scheduleNewOrchestrationInstance("Works", large);
    }
    await().until(() -> hosted.server.workers().outstanding() > 0);
    RawWorker reads = worker().open();

    // A megabyte or so fits into the buffers of the connection; nothing beyond them is promised.
    for (int i = 0; i < 14; i++) {
      reads.nextTurn();
    }
    assertThat(stuck.received).isEmpty();
    stuck.cancel();
    for (int i = 0; i < 16; i++) {
      WorkItem turn = reads.nextTurn();
      reads.send(answer(turn, complete(0, "1")));
    }
  }

  @Test
  void a_long_history_is_fetched_by_workers_that_can() throws Exception {
    GetWorkItemsRequest streams =
        GetWorkItemsRequest.newBuilder()
            .addCapabilities(WorkerCapability.WORKER_CAPABILITY_HISTORY_STREAMING)
            .build();
    RawWorker worker = worker().open(streams, 100);
    String id = begin("Works");
    WorkItem turn = worker.nextTurn();
    assertThat(turn.getOrchestratorRequest().getRequiresHistoryStreaming()).isFalse();
    for (int i = 0; i < 7; i++) {
      worker.send(answer(turn));
      hosted.client.raiseEvent(id, "Go", "x".repeat(900_000));
      turn = worker.nextTurn();
    }

    assertThat(turn.getOrchestratorRequest().getRequiresHistoryStreaming()).isTrue();
    assertThat(turn.getOrchestratorRequest().getPastEventsCount()).isZero();
    assertThat(turn.getOrchestratorRequest().getNewEventsCount()).isEqualTo(2);
    List<HistoryEvent> past = new ArrayList<>();
    int chunks = 0;
    var stream =
        worker.stub.streamInstanceHistory(
            StreamInstanceHistoryRequest.newBuilder()
                .setInstanceId(id)
                .setExecutionId(turn.getOrchestratorRequest().getExecutionId())
                .setForWorkItemProcessing(true)
                .build());
    while (stream.hasNext()) {
      HistoryChunk chunk = stream.next();
      chunks++;
      past.addAll(chunk.getEventsList());
    }
    assertThat(chunks).isGreaterThan(3);
    assertThat(past).filteredOn(HistoryEvent::hasExecutionStarted).hasSize(1);
    assertThat(past).filteredOn(HistoryEvent::hasEventRaised).hasSize(6);
    worker.send(answer(turn, complete(0, "1")));
    assertThat(output(id)).isEqualTo("1");
  }

  @Test
  void a_history_too_long_for_a_worker_fails_and_says_how_to_mend_it() throws Exception {
    RawWorker worker = worker().open();
    String id = begin("Works");
    for (int i = 0; i < 5; i++) {
      worker.send(answer(worker.nextTurn()));
      hosted.client.raiseEvent(id, "Go", "x".repeat(1_000_000));
    }

    OrchestrationMetadata failed = hosted.ended(id);
    assertThat(failed.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.FAILED);
    assertThat(failed.getFailureDetails().getErrorType()).isEqualTo("WorkItemTooLarge");
    assertThat(failed.getFailureDetails().getErrorMessage()).contains("Continue as new");
  }

  @Test
  void idle_workers_are_pinged() throws Exception {
    try (Hosted pinging =
        new Hosted(
            WorkerSettings.DEFAULT.withLiveness(
                Duration.ofMillis(40), Duration.ofSeconds(5), Duration.ofSeconds(5)),
            WhenUnserved.WAITS)) {
      RawWorker worker = new RawWorker(pinging.port).open();
      raw.add(worker);

      await().until(() -> worker.received.stream().filter(WorkItem::hasHealthPing).count() >= 2);
    }
  }

  @Test
  void a_stream_whose_worker_opened_another_one_gets_nothing_more() throws Exception {
    RawWorker worker = worker().open();
    begin("Works");
    WorkItem stuck = worker.nextTurn();
    awaitWorkers(1);

    worker.open(); // As the Java SDK does when it could not deliver its answer.

    WorkItem again = worker.nextTurn();
    assertThat(again.getOrchestratorRequest()).isEqualTo(stuck.getOrchestratorRequest());
    awaitWorkers(2);
    worker.cancel();
    awaitWorkers(1);
    worker.nextTurn();
  }

  @Test
  void a_host_that_stops_waits_for_answers_as_long_as_it_may() throws Exception {
    RawWorker worker = worker().open();
    String id = begin("Works");
    WorkItem turn = worker.nextTurn();
    hosted.engine.drain();

    assertThat(hosted.server.workers().awaitAnswers(Duration.ofMillis(1))).isFalse();
    worker.send(answer(turn, complete(0, "1")));
    assertThat(hosted.server.workers().awaitAnswers(Duration.ofSeconds(30))).isTrue();
    assertThat(output(id)).isEqualTo("1");
  }

  @Test
  void a_host_that_stops_lets_workers_go_and_keeps_their_work() throws Exception {
    RawWorker worker = worker().open();
    begin("Works");
    worker.nextTurn();

    hosted.engine.drain();
    assertThat(hosted.server.drain(Duration.ofSeconds(10))).isTrue();

    assertThat(worker.ended.join().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(worker.ended.join().getDescription()).contains("stopping");
    assertThat(hosted.server.workers().connected()).isZero();
    assertThat(hosted.server.workers().outstanding()).isZero();
  }
}
