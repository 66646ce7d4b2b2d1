package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.engine.program.Step.ChildId;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rewind and restart: protocol reference §3.5, §3.6 and §6.9. A flaky activity fails twice. */
class RewindTest {
  private static final Program FLAKY =
      Program.of(
          "Flaky",
          new Step.Call("Act", "before", false),
          new Step.Call("flaky", "1", false),
          new Step.Call("Act", "after", false));
  private static final String FLAKY_OUTPUT = "in->Act(before),flaky(1),Act(after)";

  private static void rewind(Asking ask, String id) {
    ask.driven.get(ask.hub().rewind(id, "again"));
  }

  @Test
  void only_what_failed_runs_anew() {
    Asking ask = new Asking(FLAKY);
    ask.start("a", "Flaky");
    OrchestrationState failed = ask.state("a");
    assertThat(failed.getOrchestrationStatus()).isEqualTo(ORCHESTRATION_STATUS_FAILED);

    rewind(ask, "a");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    rewind(ask, "a");

    OrchestrationState state = ask.state("a");
    assertThat(state.getOutput().getValue()).isEqualTo(FLAKY_OUTPUT);
    assertThat(state.hasFailureDetails()).isFalse();
    assertThat(state.getExecutionId()).isNotEqualTo(failed.getExecutionId());
    assertThat(state.getCreatedTimestamp()).isEqualTo(failed.getCreatedTimestamp());
    assertThat(ask.driven.activities().runs("Act", "before")).isEqualTo(1);
    assertThat(ask.driven.activities().runs("flaky", "1")).isEqualTo(3);
    assertThat(ask.history("a").stream().filter(HistoryEvent::hasExecutionRewound)).hasSize(2);
  }

  @Test
  void an_instance_that_memory_has_forgotten_is_rewound() {
    Asking ask = new Asking(FLAKY);
    ask.start("a", "Flaky");
    ask.driven.crash();
    rewind(ask, "a");
    ask.driven.crash();
    rewind(ask, "a");

    assertThat(ask.output("a")).isEqualTo(FLAKY_OUTPUT);
  }

  @Test
  void while_it_runs_again_it_says_so() {
    Asking ask = new Asking(FLAKY);
    ask.start("a", "Flaky");
    ask.driven.setAnswering(false);
    rewind(ask, "a");

    OrchestrationState state = ask.state("a");
    assertThat(state.getOrchestrationStatus()).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(state.hasFailureDetails()).isFalse();
    assertThat(state.hasCompletedTimestamp()).isFalse();
    ask.driven.crash();
    ask.driven.setAnswering(true);
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
  }

  @Test
  void after_a_chain_of_retries() {
    Asking ask =
        new Asking(
            Program.of(
                "Retries",
                new Step.Call("Act", "before", false),
                new Step.Retry("flaky", "1", 2, Duration.ofSeconds(1)),
                new Step.Call("Act", "after", false)));
    ask.start("a", "Retries");
    ask.driven.advance(Duration.ofSeconds(5));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);

    rewind(ask, "a");
    ask.driven.advance(Duration.ofSeconds(5));

    assertThat(ask.output("a")).isEqualTo("in->Act(before),flaky(1),Act(after)");
    assertThat(ask.driven.activities().runs("Act", "before")).isEqualTo(1);
  }

  @Test
  void after_a_failure_turns_before_the_end_whose_text_has_quotes_and_umlauts() {
    Asking ask =
        new Asking(
            Program.of(
                "Later",
                new Step.All(
                    List.of(
                        new Step.Call("flaky", "\"ä\"", false),
                        new Step.Sleep(Duration.ofSeconds(1))))));
    ask.start("a", "Later");
    ask.driven.advance(Duration.ofSeconds(2));
    rewind(ask, "a");
    ask.driven.advance(Duration.ofSeconds(2));
    rewind(ask, "a");
    ask.driven.advance(Duration.ofSeconds(2));

    assertThat(ask.output("a")).startsWith("in->flaky(\"ä\")");
  }

  @Test
  void what_arrived_behind_the_failure_is_read_again() {
    // The failure is scheduled first and read last: a timer, an event and a result come between.
    Asking ask =
        new Asking(
            Program.of(
                "Mixed",
                new Step.Launch("Inner", "x", ChildId.OF_INSTANCE),
                new Step.All(
                    List.of(
                        new Step.Call("flaky", "1", false),
                        new Step.Call("Act", "2", false),
                        new Step.Sleep(Duration.ofSeconds(1)),
                        new Step.Await("e"))),
                new Step.Join(false)),
            Program.of("Inner", new Step.Call("Act", "inner", false)));
    ask.driven.setAnswering(false);
    ask.start("a", "Mixed");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    var flaky =
        ask.driven.executor().held().stream()
            .filter(held -> held.item().name().equals("flaky"))
            .findFirst()
            .orElseThrow();
    ask.driven.executor().held().remove(flaky);
    ask.driven.setAnswering(true);
    ask.raise("a", "e");
    ask.driven.advance(Duration.ofSeconds(2));
    flaky.answers().answer(ask.driven.executor().run(flaky.item()));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);

    rewind(ask, "a");
    ask.driven.advance(Duration.ofSeconds(2));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    ask.driven.crash();
    rewind(ask, "a");
    ask.driven.advance(Duration.ofSeconds(2));

    assertThat(ask.output("a")).isEqualTo("in->flaky(1),Act(2),slept,e#1,[x->Act(inner)]");
    assertThat(ask.driven.activities().runs("Act", "2")).isEqualTo(1);
    assertThat(ask.driven.activities().runs("Act", "inner")).isEqualTo(1);
  }

  @Test
  void a_failed_child_is_rewound_with_its_parent() {
    Asking ask =
        new Asking(
            FLAKY, Program.of("Outer", new Step.Child("Flaky", "in", ChildId.OF_INSTANCE, false)));
    ask.start("a", "Outer");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);

    rewind(ask, "a");
    ask.driven.crash();
    rewind(ask, "a");

    assertThat(ask.output("a")).isEqualTo("in->[" + FLAKY_OUTPUT + "]");
    assertThat(ask.driven.activities().runs("Act", "before")).isEqualTo(1);
  }

  @Test
  void a_failed_child_that_was_purged_begins_anew() {
    Asking ask =
        new Asking(
            FLAKY, Program.of("Outer", new Step.Child("Flaky", "in", ChildId.OF_INSTANCE, false)));
    ask.start("a", "Outer");
    ask.purge("a:0000", false);
    rewind(ask, "a");
    ask.purge("a:0000", false);
    rewind(ask, "a");

    assertThat(ask.output("a")).isEqualTo("in->[" + FLAKY_OUTPUT + "]");
    assertThat(ask.driven.activities().runs("Act", "before")).isEqualTo(3);
  }

  @Test
  void a_child_that_still_runs_or_has_completed_meanwhile_is_kept() {
    Program waits = Program.of("Waits", new Step.Await("go"), new Step.Call("Act", "1", false));
    Program outer =
        Program.of(
            "Outer",
            new Step.Launch("Waits", "x", ChildId.OF_INSTANCE),
            new Step.Launch("Waits", "y", ChildId.OF_INSTANCE),
            new Step.Call("flaky", "1", false),
            new Step.Join(false),
            new Step.Join(false));
    Asking ask = new Asking(waits, outer);
    ask.start("a", "Outer");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    ask.raise("a:0000", "go");
    assertThat(ask.status("a:0000")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);

    rewind(ask, "a");
    ask.driven.crash();
    rewind(ask, "a");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    ask.driven.crash();
    ask.raise("a:0001", "go");

    assertThat(ask.output("a")).isEqualTo("in->flaky(1),[x->go#1,Act(1)],[y->go#1,Act(1)]");
    assertThat(ask.driven.activities().runs("Act", "1")).isEqualTo(2);
  }

  @Test
  void an_orchestrator_that_failed_by_itself_runs_its_last_turn_again() {
    Asking ask =
        new Asking(
            Program.of(
                "Fails",
                new Step.Call("Act", "1", false),
                new Step.Await("e"),
                new Step.Fail("no")),
            Program.of("AtOnce", new Step.Fail("no")));
    ask.start("a", "Fails");
    ask.raise("a", "e");
    ask.start("b", "AtOnce");

    rewind(ask, "a");
    rewind(ask, "b");

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(ask.status("b")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(ask.driven.activities().runs("Act", "1")).isEqualTo(1);
  }

  @Test
  void code_that_cleaned_up_after_the_failure_leaves_nothing_a_replay_trips_over() {
    // The failure is caught, cleaned up after, and then the orchestration fails because of it.
    Program cleans =
        Program.of(
            "Cleans",
            new Step.Call("Act", "before", false),
            new Step.Call("failing", "1", true),
            new Step.Call("Act", "cleanup", false),
            new Step.Fail("failing(1) failed, cleaned up"));
    Asking ask = new Asking(cleans);
    ask.start("a", "Cleans");

    rewind(ask, "a");
    rewind(ask, "a");

    assertThat(ask.state("a").getFailureDetails().getErrorMessage())
        .isEqualTo("failing(1) failed, cleaned up");
    assertThat(ask.driven.activities().runs("failing", "1")).isEqualTo(3);
    assertThat(ask.driven.activities().runs("Act", "before")).isEqualTo(1);
  }

  @Test
  void only_failed_instances_are_rewound() {
    Asking ask = new Asking(FLAKY, Program.of("Waits", new Step.Await("go")), Program.of("Ends"));
    ask.start("running", "Waits");
    ask.start("ended", "Ends");
    ask.start("terminated", "Waits");
    ask.driven.get(ask.hub().terminate("terminated", null, false));

    for (String id : List.of("running", "ended", "terminated")) {
      assertThat(ask.refusal(ask.hub().rewind(id, null))).isEqualTo(Reason.FAILED_PRECONDITION);
    }
    ask.driven.crash();
    assertThat(ask.refusal(ask.hub().rewind("ended", null))).isEqualTo(Reason.FAILED_PRECONDITION);
    assertThat(ask.refusal(ask.hub().rewind("nobody", null))).isEqualTo(Reason.NOT_FOUND);
    assertThat(ask.status("terminated")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
  }

  @Test
  void two_rewinds_at_once_rewind_once() {
    Asking ask = new Asking(FLAKY);
    ask.start("a", "Flaky");
    ask.driven.setAnswering(false);
    CompletableFuture<Void> first = ask.hub().rewind("a", null);
    CompletableFuture<Void> second = ask.hub().rewind("a", null);

    ask.driven.get(first);
    assertThat(ask.refusal(second)).isEqualTo(Reason.FAILED_PRECONDITION);
  }

  @Test
  void events_raised_before_the_rewind_are_not_lost() {
    Asking ask =
        new Asking(
            Program.of(
                "Flaky",
                new Step.Call("flaky", "1", false),
                new Step.Call("flaky", "2", false),
                new Step.Await("e"),
                new Step.Await("e")));
    ask.driven.setAnswering(false);
    ask.start("a", "Flaky");
    ask.raise("a", "e");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    ask.raise("a", "e");
    ask.driven.setAnswering(true);
    for (int i = 0; i < 4; i++) {
      ask.driven.settle();
      rewind(ask, "a");
    }

    assertThat(ask.output("a")).isEqualTo("in->flaky(1),flaky(2),e#1,e#2");
  }

  @Test
  void restart_starts_the_same_again() {
    Asking ask = new Asking(Program.of("Waits", new Step.Await("go")), Program.of("Ends"));
    ask.driven.get(
        ask.hub()
            .start(
                Asking.request("a", "Ends")
                    .putTags("k", "v")
                    .setVersion(com.google.protobuf.StringValue.of("2"))
                    .build()));
    ask.start("live", "Waits");

    String other = ask.driven.get(ask.hub().restart("a", true));
    String same = ask.driven.get(ask.hub().restart("a", false));
    String copy = ask.driven.get(ask.hub().restart("live", true));

    assertThat(other).isNotEqualTo("a");
    assertThat(same).isEqualTo("a");
    for (String id : List.of(other, same)) {
      OrchestrationState state = ask.state(id);
      assertThat(state.getName()).isEqualTo("Ends");
      assertThat(state.getOutput().getValue()).isEqualTo("in->");
      assertThat(state.getTagsMap()).containsEntry("k", "v");
      assertThat(state.getVersion().getValue()).isEqualTo("2");
    }
    assertThat(ask.status(copy)).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(ask.refusal(ask.hub().restart("live", false))).isEqualTo(Reason.FAILED_PRECONDITION);
    assertThat(ask.refusal(ask.hub().restart("nobody", false))).isEqualTo(Reason.NOT_FOUND);
  }
}
