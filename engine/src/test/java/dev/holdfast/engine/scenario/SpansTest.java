package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.EndedSpan;
import dev.holdfast.core.EndedSpan.Kind;
import dev.holdfast.core.Limits;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.driven.FaultyStore;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.engine.program.Step.ChildId;
import dev.holdfast.protocol.OrchestrationTraceContext;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.ScheduleTaskAction;
import dev.holdfast.protocol.TraceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The spans of executions whose workers make none: protocol reference §7. */
class SpansTest {
  private static final Program HELLO =
      Program.of("Hello", new Step.Call("Act", "1", false), new Step.Call("Act", "2", false));

  private final List<EndedSpan> told = new ArrayList<>();
  private boolean sampled = true;

  private final SpanSink sink =
      new SpanSink() {
        @Override
        public boolean samples(String traceId) {
          return sampled;
        }

        @Override
        public void ended(List<EndedSpan> spans) {
          told.addAll(spans);
        }
      };

  private Asking ask(Program... programs) {
    return new Asking(new DrivenHub(Asking.programs(programs), Limits.DEFAULT, 2, sink));
  }

  private EndedSpan one(Kind kind, String name) {
    List<EndedSpan> found =
        told.stream().filter(it -> it.kind() == kind && it.name().equals(name)).toList();
    assertThat(found).as(kind + " " + name + " in " + told).hasSize(1);
    return found.get(0);
  }

  private List<String> names() {
    return told.stream().map(it -> it.kind() + " " + it.name()).toList();
  }

  @Test
  void a_start_its_orchestration_and_its_activities_are_one_trace() {
    Asking ask = ask(HELLO);
    ask.start("a", "Hello");
    ask.driven.settle();

    assertThat(names())
        .containsExactly(
            "PRODUCER create_orchestration:Hello",
            "CLIENT activity:Act",
            "CLIENT activity:Act",
            "SERVER orchestration:Hello");
    EndedSpan creation = told.get(0);
    EndedSpan orchestration = told.get(3);
    assertThat(told).extracting(EndedSpan::traceId).containsOnly(creation.traceId());
    assertThat(told).extracting(EndedSpan::spanId).doesNotHaveDuplicates();
    assertThat(creation.parentId()).isEmpty();
    assertThat(orchestration.parentId()).isEqualTo(creation.spanId());
    assertThat(told.get(1).parentId()).isEqualTo(orchestration.spanId());
    assertThat(told.get(2).parentId()).isEqualTo(orchestration.spanId());
    assertThat(told.get(1).attributes())
        .containsEntry("durabletask.type", "activity")
        .containsEntry("durabletask.task.name", "Act")
        .containsEntry("durabletask.task.instance_id", "a")
        .containsEntry("durabletask.task.task_id", 0L);
    assertThat(orchestration.attributes())
        .containsEntry("durabletask.type", "orchestration")
        .containsEntry("durabletask.task.status", "Completed")
        .containsEntry("durabletask.task.execution_id", ask.state("a").getExecutionId().getValue());
    assertThat(orchestration.from()).isLessThanOrEqualTo(told.get(1).from());
    assertThat(told).allMatch(it -> it.from() <= it.to() && it.failure() == null);
  }

  @Test
  void activities_get_the_context_of_their_span() {
    Asking ask = ask(HELLO);
    ask.driven.setAnswering(false);
    ask.start("a", "Hello");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    TraceContext context =
        ((WorkItem.Activity) ask.driven.executor().held().get(0).item())
            .request()
            .getParentTraceContext();
    ask.driven.setAnswering(true);
    ask.driven.settle();

    EndedSpan activity = told.get(1);
    assertThat(context.getTraceParent())
        .isEqualTo("00-" + activity.traceId() + "-" + activity.spanId() + "-01");
  }

  @Test
  void a_callers_context_is_the_parent_of_the_orchestration() {
    Asking ask =
        ask(
            Program.of("P", new Step.Child("C", "1", ChildId.OF_INSTANCE, false)),
            Program.of("C", new Step.Sleep(Duration.ofSeconds(1))));
    String trace = "4".repeat(32);
    ask.driven.get(
        ask.hub()
            .start(
                Asking.request("a", "P")
                    .setVersion(StringValue.of("2.0"))
                    .setParentTraceContext(
                        TraceContext.newBuilder()
                            .setTraceParent("00-" + trace + "-" + "5".repeat(16) + "-01")
                            .setTraceState(StringValue.of("v=1")))
                    .build()));
    ask.driven.advance(Duration.ofSeconds(2));

    assertThat(names()).noneMatch(name -> name.contains("create_orchestration"));
    EndedSpan parent = one(Kind.SERVER, "orchestration:P@(2.0)");
    EndedSpan asked = one(Kind.CLIENT, "orchestration:C");
    EndedSpan child = one(Kind.SERVER, "orchestration:C");
    EndedSpan timer = one(Kind.INTERNAL, "orchestration:C:timer");
    assertThat(told).allMatch(it -> it.traceId().equals(trace) && it.traceState().equals("v=1"));
    assertThat(parent.parentId()).isEqualTo("5".repeat(16));
    assertThat(parent.attributes()).containsEntry("durabletask.task.version", "2.0");
    assertThat(asked.parentId()).isEqualTo(parent.spanId());
    assertThat(child.parentId()).isEqualTo(asked.spanId());
    assertThat(timer.parentId()).isEqualTo(child.spanId());
    assertThat(timer.attributes()).containsKey("durabletask.fire_at");
    assertThat(timer.to() - timer.from()).isBetween(1_000_000L, 2_000_000L);
  }

  @Test
  void failures_say_what_failed() {
    Asking ask = ask(Program.of("P", new Step.Call("flaky", "1", false)));
    ask.start("a", "P");
    ask.driven.settle();

    String type = ask.state("a").getFailureDetails().getErrorType();
    assertThat(one(Kind.CLIENT, "activity:flaky").failure()).isNotNull();
    EndedSpan orchestration = one(Kind.SERVER, "orchestration:P");
    assertThat(orchestration.attributes()).containsEntry("durabletask.task.status", "Failed");
    assertThat(orchestration.failure()).isNotNull();
    assertThat(orchestration.failure().type()).isEqualTo(type);
  }

  @Test
  void events_that_are_sent_are_told() {
    Asking ask =
        ask(Program.of("P", new Step.Send("b", "e", 2)), Program.of("W", new Step.Await("e")));
    ask.start("b", "W");
    ask.start("a", "P");
    ask.driven.settle();

    List<EndedSpan> events =
        told.stream().filter(it -> it.name().equals("orchestration_event:e")).toList();
    assertThat(events).hasSize(2).allMatch(it -> it.kind() == Kind.PRODUCER);
    assertThat(events.get(0).attributes())
        .containsEntry("durabletask.event.target_instance_id", "b");
    assertThat(events).extracting(EndedSpan::spanId).doesNotHaveDuplicates();
  }

  @Test
  void a_crash_between_any_two_steps_tells_nothing_twice_and_changes_no_id() {
    Asking whole = ask(HELLO);
    whole.start("a", "Hello");
    whole.driven.settle();
    List<EndedSpan> unbroken = List.copyOf(told);
    for (int steps = 0; steps < 5; steps++) {
      told.clear();
      Asking ask = ask(HELLO);
      ask.driven.setAnswering(false);
      ask.start("a", "Hello");
      for (int i = 0; i < steps; i++) {
        ask.driven.executor().answerAll();
        ask.driven.settle();
      }
      ask.driven.crash();
      ask.driven.setAnswering(true);
      ask.driven.settle();

      assertThat(told).as("after %d steps", steps).hasSameSizeAs(unbroken);
      assertThat(told).extracting(EndedSpan::spanId).doesNotHaveDuplicates();
      assertThat(told.get(1).parentId()).isEqualTo(told.get(3).spanId());
      assertThat(told.get(3).parentId()).isEqualTo(told.get(0).spanId());
    }
  }

  @Test
  void what_is_not_durable_is_not_told() {
    Asking ask = ask(HELLO);
    ask.driven.setAnswering(false);
    ask.start("a", "Hello");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    int before = told.size();
    ask.driven.setFaults(call -> FaultyStore.Fault.FULL);
    ask.driven.executor().answerAll();
    ask.driven.runAtThisMoment();
    ask.driven.executor().answerAll();
    ask.driven.runAtThisMoment();

    assertThat(told).hasSize(before);
  }

  @Test
  void each_execution_of_one_that_continues_has_its_span_in_the_same_trace() {
    Asking ask =
        ask(
            Program.of(
                "P",
                new Step.Call("Act", "1", false),
                new Step.Again(),
                new Step.Call("Act", "2", false)));
    ask.start("a", "P");
    ask.driven.settle();

    assertThat(names())
        .containsExactly(
            "PRODUCER create_orchestration:P",
            "CLIENT activity:Act",
            "SERVER orchestration:P",
            "CLIENT activity:Act",
            "SERVER orchestration:P");
    assertThat(told).extracting(EndedSpan::traceId).containsOnly(told.get(0).traceId());
    assertThat(told).extracting(EndedSpan::spanId).doesNotHaveDuplicates();
    assertThat(told.get(2).attributes()).containsEntry("durabletask.task.status", "ContinuedAsNew");
    assertThat(told.get(4).parentId()).isEqualTo(told.get(0).spanId());
  }

  @Test
  void what_is_rewound_has_another_span() {
    Asking ask =
        ask(Program.of("P", new Step.Call("Act", "1", false), new Step.Call("flaky", "1", false)));
    ask.start("a", "P");
    ask.driven.settle();
    ask.driven.get(ask.hub().rewind("a", null));
    ask.driven.settle();
    ask.driven.crash();
    ask.driven.get(ask.hub().rewind("a", null));
    ask.driven.settle();

    assertThat(ask.status("a").name()).endsWith("COMPLETED");
    assertThat(told).extracting(EndedSpan::spanId).doesNotHaveDuplicates();
    assertThat(told).extracting(EndedSpan::traceId).containsOnly(told.get(0).traceId());
    assertThat(names().stream().filter("PRODUCER create_orchestration:P"::equals)).hasSize(1);
    assertThat(names().stream().filter("SERVER orchestration:P"::equals)).hasSize(3);
    assertThat(names().stream().filter("CLIENT activity:flaky"::equals)).hasSize(3);
  }

  @Test
  void terminating_ends_the_span_and_what_it_left_running() {
    Asking ask = ask(Program.of("P", new Step.Call("Act", "1", false)));
    ask.driven.setAnswering(false);
    ask.start("a", "P");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    ask.driven.get(ask.hub().terminate("a", null, false));
    ask.driven.settle();

    assertThat(one(Kind.SERVER, "orchestration:P").attributes())
        .containsEntry("durabletask.task.status", "Terminated");
    assertThat(one(Kind.CLIENT, "activity:Act").parentId())
        .isEqualTo(one(Kind.SERVER, "orchestration:P").spanId());
  }

  @Test
  void nothing_is_told_of_workers_that_trace() {
    Asking ask = ask(HELLO);
    ask.driven.setAnswering(false);
    ask.start("a", "Hello");
    ask.driven.settle();
    Held turn = ask.driven.executor().held().remove(0);
    turn.answers()
        .answer(
            new Answer.TurnDone(
                (WorkItem.Turn) turn.item(),
                OrchestratorResponse.newBuilder()
                    .setOrchestrationTraceContext(
                        OrchestrationTraceContext.newBuilder()
                            .setSpanID(StringValue.of("00f067aa0ba902b7")))
                    .addActions(
                        OrchestratorAction.newBuilder()
                            .setId(0)
                            .setScheduleTask(
                                ScheduleTaskAction.newBuilder()
                                    .setName("Act")
                                    .setInput(StringValue.of("1"))
                                    .setParentTraceContext(
                                        TraceContext.newBuilder()
                                            .setTraceParent(
                                                "00-"
                                                    + "6".repeat(32)
                                                    + "-"
                                                    + "7".repeat(16)
                                                    + "-01"))))
                    .build()));
    ask.driven.setAnswering(true);
    ask.driven.settle();

    assertThat(ask.status("a").name()).endsWith("COMPLETED");
    assertThat(names()).containsExactly("PRODUCER create_orchestration:Hello");
  }

  @Test
  void a_trace_that_is_not_sampled_is_carried_and_not_told() {
    sampled = false;
    Asking ask = ask(HELLO);
    ask.driven.setAnswering(false);
    ask.start("a", "Hello");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    String context =
        ((WorkItem.Activity) ask.driven.executor().held().get(0).item())
            .request()
            .getParentTraceContext()
            .getTraceParent();
    ask.driven.setAnswering(true);
    ask.driven.settle();

    assertThat(context).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    assertThat(told).isEmpty();
  }

  @Test
  void a_context_that_nobody_can_read_is_carried_and_not_told() {
    Asking ask = ask(HELLO);
    TraceContext odd = TraceContext.newBuilder().setTraceParent("what?").build();
    ask.driven.get(
        ask.hub().start(Asking.request("a", "Hello").setParentTraceContext(odd).build()));
    ask.driven.settle();

    assertThat(ask.status("a").name()).endsWith("COMPLETED");
    assertThat(told).isEmpty();
    assertThat(ask.history("a"))
        .anyMatch(event -> event.getExecutionStarted().getParentTraceContext().equals(odd));
  }
}
