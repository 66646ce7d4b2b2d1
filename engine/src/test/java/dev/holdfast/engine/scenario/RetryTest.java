package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.ProgramExecutor;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.HistoryEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Retries as the Python SDK makes them: each attempt is asked for under the id of the first. A
 * flaky activity fails twice.
 */
class RetryTest {
  private static final Program RETRIES =
      new Program(
          "Retries",
          List.of(
              new Step.Call("Act", "before", false),
              new Step.Retry("flaky", "1", 4, Duration.ofSeconds(1)),
              new Step.Call("Act", "after", false)),
          Program.Habits.PYTHON);

  private final Asking ask = new Asking(RETRIES);

  @Test
  void what_has_failed_is_run_again_under_the_same_id() {
    ask.start("a", "Retries");
    ask.driven.advance(Duration.ofSeconds(5));

    assertThat(ask.output("a")).isEqualTo("in->Act(before),flaky(1),Act(after)");
    assertThat(ask.driven.activities().runs("flaky", "1")).isEqualTo(3);
    assertThat(
            ask.history("a").stream()
                .filter(HistoryEvent::hasTaskScheduled)
                .map(HistoryEvent::getEventId))
        .containsExactly(1, 2, 2, 2, 5);
  }

  @Test
  void a_crash_between_attempts_loses_none_of_them() {
    ask.start("a", "Retries");
    for (int i = 0; i < 6; i++) {
      ask.driven.settle();
      ask.driven.crash();
      ask.driven.advance(Duration.ofMillis(500));
    }

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.output("a")).isEqualTo("in->Act(before),flaky(1),Act(after)");
  }

  @Test
  void a_late_answer_to_one_attempt_is_none_to_the_next() {
    ProgramExecutor executor = ask.driven.executor();
    ask.driven.setAnswering(false);
    ask.start("a", "Retries");
    answerUntilActivity("flaky");
    Held first = executor.held().get(0);
    Answer failure = executor.run(first.item());
    executor.held().clear();
    first.answers().answer(failure);
    ask.driven.settle();
    executor.answerAll();
    ask.driven.advance(Duration.ofSeconds(2));
    answerUntilActivity("flaky");

    first.answers().answer(failure);
    ask.driven.settle();

    assertThat(ask.history("a").stream().filter(HistoryEvent::hasTaskFailed)).hasSize(1);
    ask.driven.setAnswering(true);
    ask.driven.advance(Duration.ofSeconds(5));
    assertThat(ask.output("a")).isEqualTo("in->Act(before),flaky(1),Act(after)");
    assertThat(ask.driven.activities().runs("flaky", "1")).isEqualTo(3);
  }

  /** Lets everything happen until an attempt of this activity is all that is held. */
  private void answerUntilActivity(String name) {
    List<Held> held = ask.driven.executor().held();
    ask.driven.settle();
    while (!(held.get(0).item() instanceof WorkItem.Activity activity
        && activity.name().equals(name))) {
      ask.driven.executor().answerAll();
      ask.driven.settle();
    }
  }

  @Test
  void a_chain_of_failures_is_rewound_to_its_first_attempt() {
    Asking rewound =
        new Asking(
            new Program(
                "Retries",
                List.of(
                    new Step.Call("Act", "before", false),
                    new Step.Retry("flaky", "1", 2, Duration.ofSeconds(1)),
                    new Step.Call("Act", "after", false)),
                Program.Habits.PYTHON));
    rewound.start("a", "Retries");
    rewound.driven.advance(Duration.ofSeconds(5));
    assertThat(rewound.state("a").getFailureDetails().getErrorMessage())
        .isEqualTo("flaky(1) failed");

    rewound.driven.get(rewound.hub().rewind("a", "again"));
    rewound.driven.advance(Duration.ofSeconds(5));

    assertThat(rewound.output("a")).isEqualTo("in->Act(before),flaky(1),Act(after)");
    assertThat(rewound.driven.activities().runs("Act", "before")).isEqualTo(1);
    assertThat(rewound.history("a").stream().filter(HistoryEvent::hasTaskFailed)).isEmpty();
  }
}
