package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.engine.program.Step.ChildId;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sub-orchestrations: protocol reference §6.5. */
class ChildTest {
  private static final Program INNER = Program.of("Inner", new Step.Call("Act", "1", false));
  private static final Program WAITS = Program.of("Waits", new Step.Await("go"));
  private static final Program FAILS = Program.of("Fails", new Step.Call("fail", "1", false));

  private static String childOf(Asking ask, String parent) {
    return ask.history(parent).stream()
        .filter(HistoryEvent::hasSubOrchestrationInstanceCreated)
        .reduce((a, b) -> b)
        .orElseThrow()
        .getSubOrchestrationInstanceCreated()
        .getInstanceId();
  }

  @Test
  void results_and_failures_come_back() {
    Program outer =
        Program.of(
            "Outer",
            new Step.Child("Inner", "x", ChildId.OF_EXECUTION, false),
            new Step.Child("Inner", "y", ChildId.OF_INSTANCE, false),
            new Step.Child("Inner", "z", ChildId.OF_HUB, false),
            new Step.Child("Fails", "w", ChildId.OF_HUB, true));
    Asking ask = new Asking(INNER, FAILS, outer);

    ask.start("a", "Outer");

    assertThat(ask.output("a"))
        .isEqualTo("in->[x->Act(1)],[y->Act(1)],[z->Act(1)],!fail(1) failed");
    OrchestrationState child = ask.state(childOf(ask, "a"));
    assertThat(child.getParentInstanceId().getValue()).isEqualTo("a");
    assertThat(child.getOrchestrationStatus()).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(child.getInstanceId())
        .isEqualTo(ask.state("a").getExecutionId().getValue() + ":0003");
  }

  @Test
  void a_name_that_no_store_can_keep_fails_the_child_and_nobody_else() {
    Asking ask =
        new Asking(
            INNER, Program.of("Outer", new Step.Child("In\0ner", "x", ChildId.OF_HUB, true)));

    ask.start("a", "Outer");

    assertThat(ask.output("a"))
        .isEqualTo("in->!The orchestrator name holds a NUL character at position 2. Remove it.");
    assertThat(ask.driven.engine().brokenBecause()).isNull();
  }

  @Test
  void an_uncaught_failure_fails_the_parent() {
    Asking ask =
        new Asking(
            FAILS, Program.of("Outer", new Step.Child("Fails", "x", ChildId.OF_EXECUTION, false)));

    ask.start("a", "Outer");

    assertThat(ask.state("a").getFailureDetails().getErrorMessage()).isEqualTo("fail(1) failed");
  }

  @Test
  void a_tree_of_children_comes_to_its_end_through_crashes() {
    Program leaf = Program.of("Leaf", new Step.Call("Act", "leaf", false));
    Program middle =
        Program.of(
            "Middle",
            new Step.All(
                List.of(
                    new Step.Child("Leaf", "1", ChildId.OF_EXECUTION, false),
                    new Step.Child("Leaf", "2", ChildId.OF_EXECUTION, false),
                    new Step.Call("Act", "middle", false))));
    Program root =
        Program.of(
            "Root",
            new Step.All(
                List.of(
                    new Step.Child("Middle", "1", ChildId.OF_EXECUTION, false),
                    new Step.Child("Middle", "2", ChildId.OF_HUB, false))));
    Asking ask = new Asking(leaf, middle, root);
    ask.driven.setAnswering(false);
    ask.start("a", "Root");

    for (int i = 0; i < 30; i++) {
      ask.driven.executor().answerAll();
      ask.driven.settle();
      if (i % 2 == 0) {
        ask.driven.crash();
        ask.driven.settle();
      }
    }

    ask.driven.setAnswering(true);
    String middleOutput = "->[1->Act(leaf)],[2->Act(leaf)],Act(middle)]";
    assertThat(ask.output("a")).isEqualTo("in->[1" + middleOutput + ",[2" + middleOutput);
  }

  @Test
  void an_id_that_an_ended_instance_has_is_taken_over() {
    Program outer =
        Program.of(
            "Outer",
            new Step.Child("Inner", "1", ChildId.OF_INSTANCE, false),
            new Step.Again(),
            new Step.Child("Waits", "2", ChildId.OF_INSTANCE, false));
    Asking ask = new Asking(INNER, WAITS, outer);

    ask.start("a", "Outer");
    assertThat(ask.state("a:0000").getName()).isEqualTo("Waits");
    ask.raise("a:0000", "go");

    assertThat(ask.output("a")).isEqualTo("in->[1->Act(1)],[2->go#1]");
  }

  @Test
  void an_id_that_a_live_instance_has_fails_the_call_and_leaves_that_instance_alone() {
    Program outer =
        Program.of(
            "Outer",
            new Step.Child("Inner", "1", ChildId.OF_INSTANCE, true),
            new Step.Call("Act", "after", false));
    Asking ask = new Asking(INNER, WAITS, outer);
    ask.start("a:0000", "Waits");

    ask.start("a", "Outer");

    assertThat(ask.output("a")).contains("already exists").endsWith(",Act(after)");
    assertThat(ask.status("a:0000")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    ask.purge("a", true);
    ask.raise("a:0000", "go");
    assertThat(ask.status("a:0000")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void terminating_recursively_leaves_an_instance_alone_that_only_has_the_id() {
    Program outer = Program.of("Outer", new Step.Child("Inner", "1", ChildId.OF_INSTANCE, true));
    Asking ask = new Asking(INNER, WAITS, outer);
    ask.start("a:0000", "Waits");
    ask.driven.crash();
    // The child's id is being looked up in the store while the parent is terminated.
    var started = ask.hub().start(Asking.request("a", "Outer").build());
    for (int i = 0; i < 4; i++) {
      ask.driven.engine().agents().get(0).work();
      ask.driven.executor().answerAll();
      if (i == 0) {
        ask.driven.engine().agents().get(2).work();
      }
    }
    var terminated = ask.hub().terminate("a", null, true);
    ask.driven.settle();

    assertThat(started).isCompleted();
    assertThat(terminated).isCompleted();
    assertThat(ask.status("a:0000")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
  }

  @Test
  void the_outcome_of_a_child_of_an_earlier_execution_is_dropped() {
    Program outer =
        Program.of(
            "Outer",
            new Step.Any(
                List.of(
                    new Step.Child("Waits", "1", ChildId.OF_EXECUTION, false),
                    new Step.Await("skip"))),
            new Step.Again(),
            new Step.Child("Waits", "2", ChildId.OF_EXECUTION, false));
    Asking ask = new Asking(WAITS, outer);
    ask.start("a", "Outer");
    String first = childOf(ask, "a");
    ask.raise("a", "skip");
    String second = childOf(ask, "a");
    assertThat(second).isNotEqualTo(first);

    ask.raise(first, "go");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    ask.raise(second, "go");

    assertThat(ask.output("a")).isEqualTo("in->any,[2->go#1]");
  }

  @Test
  void children_whose_ids_grow_without_end_come_to_an_end() {
    Program outer = Program.of("Outer", new Step.Child("Outer", "1", ChildId.OF_INSTANCE, true));
    Asking ask = new Asking(outer);

    ask.start("a", "Outer");

    assertThat(ask.output("a")).contains("!The instance id has").contains("at most 800");
  }
}
