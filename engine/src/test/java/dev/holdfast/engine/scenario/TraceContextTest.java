package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.CreateSubOrchestrationAction;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OperationAction;
import dev.holdfast.protocol.OperationResult;
import dev.holdfast.protocol.OperationResultSuccess;
import dev.holdfast.protocol.OrchestrationTraceContext;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.ScheduleTaskAction;
import dev.holdfast.protocol.SendSignalAction;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.protocol.StartNewOrchestrationAction;
import dev.holdfast.protocol.TraceContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What workers and clients say of traces is carried: protocol reference §7. Nobody traces here. */
class TraceContextTest {
  private static final TraceContext CLIENT = context("1");
  private static final TraceContext ACTIVITY = context("2");
  private static final TraceContext CHILD = context("3");
  private static final OrchestrationTraceContext SPAN =
      OrchestrationTraceContext.newBuilder()
          .setSpanID(StringValue.of("00f067aa0ba902b7"))
          .setSpanStartTime(Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(123_456_700))
          .build();

  private static TraceContext context(String digit) {
    return TraceContext.newBuilder()
        .setTraceParent("00-" + digit.repeat(32) + "-" + digit.repeat(16) + "-01")
        .setTraceState(StringValue.of("vendor=" + digit))
        .build();
  }

  private static void start(Asking ask, String name) {
    ask.driven.get(
        ask.hub().start(Asking.request("a", name).setParentTraceContext(CLIENT).build()));
  }

  private static OrchestratorRequest request(Held held) {
    try {
      return OrchestratorRequest.parseFrom(((WorkItem.Turn) held.item()).request());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Held next(Asking ask) {
    ask.driven.settle();
    assertThat(ask.driven.executor().held()).isNotEmpty();
    return ask.driven.executor().held().remove(0);
  }

  private static void answer(Held held, OrchestratorResponse.Builder response) {
    held.answers().answer(new Answer.TurnDone((WorkItem.Turn) held.item(), response.build()));
  }

  private static OrchestratorAction.Builder call(int id) {
    return OrchestratorAction.newBuilder()
        .setId(id)
        .setScheduleTask(
            ScheduleTaskAction.newBuilder().setName("Act").setParentTraceContext(ACTIVITY));
  }

  private static List<TraceContext> starts(List<HistoryEvent> events) {
    return events.stream()
        .filter(HistoryEvent::hasExecutionStarted)
        .map(event -> event.getExecutionStarted().getParentTraceContext())
        .toList();
  }

  /** Of a hub that leaves the answers to the test. */
  private static Asking manual(Program... programs) {
    Asking ask = new Asking(programs);
    ask.driven.setAnswering(false);
    return ask;
  }

  @Test
  void from_the_start_to_the_orchestrator_to_activities_and_children() {
    Asking ask = manual(Program.of("P"), Program.of("C"));
    start(ask, "P");
    Held turn = next(ask);
    assertThat(starts(request(turn).getNewEventsList())).containsExactly(CLIENT);

    answer(
        turn,
        OrchestratorResponse.newBuilder()
            .addActions(call(0))
            .addActions(
                OrchestratorAction.newBuilder()
                    .setId(1)
                    .setCreateSubOrchestration(
                        CreateSubOrchestrationAction.newBuilder()
                            .setInstanceId("c")
                            .setName("C")
                            .setParentTraceContext(CHILD))));
    ask.driven.settle();
    ask.driven.crash();
    ask.driven.settle();

    for (Held held : ask.driven.executor().held()) {
      if (held.item() instanceof WorkItem.Activity activity) {
        assertThat(activity.request().getParentTraceContext()).isEqualTo(ACTIVITY);
      } else {
        assertThat(starts(request(held).getNewEventsList())).containsExactly(CHILD);
      }
    }
    assertThat(ask.driven.executor().held()).hasSize(2);
    assertThat(ask.history("a"))
        .anyMatch(event -> event.getTaskScheduled().getParentTraceContext().equals(ACTIVITY))
        .anyMatch(
            event ->
                event.getSubOrchestrationInstanceCreated().getParentTraceContext().equals(CHILD));
  }

  @Test
  void what_nobody_traces_carries_nothing() {
    Asking ask = manual(Program.of("P", new Step.Call("Act", "1", false)));
    ask.start("a", "P");
    Held turn = next(ask);
    assertThat(request(turn).hasOrchestrationTraceContext()).isFalse();
    turn.answers().answer(ask.driven.executor().run(turn.item()));

    WorkItem.Activity activity = (WorkItem.Activity) next(ask).item();

    assertThat(activity.request().hasParentTraceContext()).isFalse();
  }

  @Test
  void over_continue_as_new() {
    Asking ask =
        new Asking(Program.of("P", new Step.Again(), new Step.Again(), new Step.Await("e")));
    start(ask, "P");
    assertThat(starts(ask.history("a"))).containsExactly(CLIENT);

    ask.driven.crash();
    assertThat(starts(ask.history("a"))).containsExactly(CLIENT);
  }

  @Test
  void a_rewind_keeps_it_and_gives_it_to_children_that_are_gone() {
    Asking ask =
        new Asking(Program.of("P", new Step.Fail("own")), Program.of("C", new Step.Fail("no")));
    ask.driven.setAnswering(false);
    start(ask, "P");
    answer(
        next(ask),
        OrchestratorResponse.newBuilder()
            .addActions(
                OrchestratorAction.newBuilder()
                    .setId(0)
                    .setCreateSubOrchestration(
                        CreateSubOrchestrationAction.newBuilder()
                            .setInstanceId("c")
                            .setName("C")
                            .setParentTraceContext(CHILD))));
    ask.driven.setAnswering(true);
    ask.driven.settle();
    assertThat(ask.status("a").name()).endsWith("FAILED");
    assertThat(ask.purge("c", false)).isEqualTo(1);
    ask.driven.setAnswering(false);
    ask.driven.get(ask.hub().rewind("a", null));
    ask.driven.settle();

    assertThat(starts(ask.history("a"))).containsExactly(CLIENT);
    assertThat(ask.driven.executor().held())
        .anyMatch(
            held ->
                held.item().instanceId().equals("c")
                    && starts(request(held).getNewEventsList()).equals(List.of(CHILD)));
  }

  @Test
  void from_an_entity_to_the_orchestration_that_it_starts_but_not_through_it() {
    Asking ask = manual(Program.of("C"));
    ask.driven.get(
        ask.hub()
            .signalEntity(
                SignalEntityRequest.newBuilder()
                    .setInstanceId("@ledger@a")
                    .setName("start")
                    .setRequestId("r")
                    .setParentTraceContext(CLIENT)
                    .build()));
    Held batch = next(ask);
    assertThat(((WorkItem.EntityBatch) batch.item()).operations())
        .extracting(event -> event.getEntityOperationSignaled().getOperation())
        .containsExactly("start");

    batch
        .answers()
        .answer(
            new Answer.EntityDone(
                (WorkItem.EntityBatch) batch.item(),
                EntityBatchResult.newBuilder()
                    .addResults(
                        OperationResult.newBuilder()
                            .setSuccess(OperationResultSuccess.getDefaultInstance()))
                    .addActions(
                        OperationAction.newBuilder()
                            .setStartNewOrchestration(started("said", CHILD)))
                    .addActions(
                        OperationAction.newBuilder()
                            .setStartNewOrchestration(started("unsaid", null)))
                    .addActions(
                        OperationAction.newBuilder()
                            .setSendSignal(
                                SendSignalAction.newBuilder()
                                    .setInstanceId("@ledger@b")
                                    .setName("note")
                                    .setParentTraceContext(CHILD)))
                    .build()));
    ask.driven.settle();
    ask.driven.crash();
    ask.driven.settle();

    Map<String, Held> held = new TreeMap<>();
    ask.driven.executor().held().forEach(one -> held.put(one.item().instanceId(), one));
    assertThat(held).containsOnlyKeys("@ledger@b", "said", "unsaid");
    assertThat(starts(request(of(held, "said")).getNewEventsList())).containsExactly(CHILD);
    assertThat(starts(request(of(held, "unsaid")).getNewEventsList()))
        .containsExactly(TraceContext.getDefaultInstance());
    assertThat(((WorkItem.EntityBatch) of(held, "@ledger@b").item()).operations())
        .extracting(event -> event.getEntityOperationSignaled().getOperation())
        .containsExactly("note");
  }

  private static Held of(Map<String, Held> held, String id) {
    return Objects.requireNonNull(held.get(id));
  }

  private static StartNewOrchestrationAction started(String id, @Nullable TraceContext trace) {
    StartNewOrchestrationAction.Builder action =
        StartNewOrchestrationAction.newBuilder().setInstanceId(id).setName("C");
    return trace == null ? action.build() : action.setParentTraceContext(trace).build();
  }

  @Test
  void the_workers_span_comes_back_with_every_later_turn() {
    Asking ask = manual(Program.of("P"));
    start(ask, "P");
    Held first = next(ask);
    assertThat(request(first).hasOrchestrationTraceContext()).isFalse();
    answer(
        first,
        OrchestratorResponse.newBuilder().setOrchestrationTraceContext(SPAN).addActions(call(0)));
    Held activity = next(ask);
    activity.answers().answer(ask.driven.executor().run(activity.item()));
    Held second = next(ask);
    assertThat(request(second).getOrchestrationTraceContext()).isEqualTo(SPAN);

    OrchestrationTraceContext other =
        SPAN.toBuilder().setSpanID(StringValue.of("1111111111111111")).build();
    answer(second, OrchestratorResponse.newBuilder().setOrchestrationTraceContext(other));
    ask.driven.settle();
    ask.driven.crash();
    ask.raise("a", "e");
    assertThat(request(next(ask)).getOrchestrationTraceContext()).isEqualTo(SPAN);
  }

  @Test
  void clients_see_the_id_of_the_workers_span() {
    Asking ask = manual(Program.of("P"));
    start(ask, "P");
    answer(next(ask), OrchestratorResponse.newBuilder().setOrchestrationTraceContext(SPAN));

    assertThat(ask.history("a"))
        .anyMatch(
            event ->
                event
                    .getExecutionStarted()
                    .getOrchestrationSpanID()
                    .getValue()
                    .equals("00f067aa0ba902b7"));
  }
}
