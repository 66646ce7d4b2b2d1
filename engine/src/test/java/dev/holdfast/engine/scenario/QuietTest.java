package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A host that stops waits for rest: what it overlooks is lost and done again. */
class QuietTest {
  private final Asking ask =
      new Asking(Program.of("Two", new Step.Call("act", "x", false), new Step.Await("e")));

  private boolean isQuiet() {
    try {
      return ask.driven.engine().awaitQuiet(Duration.ZERO);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void there_is_no_rest_while_a_result_is_taken_in() {
    List<Boolean> whileHandedOut = new ArrayList<>();
    ask.driven.setAnswering(false);
    ask.driven.executor().serve((kind, name) -> kind == WorkItem.Kind.ACTIVITY);
    ask.driven
        .engine()
        .add(
            new Executor() {
              @Override
              public boolean serves(WorkItem.Kind kind, String name) {
                return kind == WorkItem.Kind.ORCHESTRATOR;
              }

              @Override
              public int places(WorkItem.Kind kind) {
                return 1;
              }

              @Override
              public void execute(List<WorkItem> items, Answers answers) {
                whileHandedOut.add(isQuiet());
                items.forEach(item -> ask.driven.executor().held().add(new Held(item, answers)));
              }
            });
    ask.start("a", "Two");
    ask.driven.executor().answerAll();
    ask.driven.settle();
    assertThat(isQuiet()).as("while the activity runs").isTrue();

    ask.driven.executor().answerAll();
    assertThat(isQuiet()).as("with the result before the door").isFalse();
    ask.driven.settle();

    assertThat(whileHandedOut).as("with the second turn being handed out").endsWith(false);
  }

  @Test
  void there_is_no_rest_while_somebody_is_told() {
    List<Boolean> whileTold = new ArrayList<>();
    ask.driven.setAnswering(false);
    ask.start("a", "Two");

    var told = ask.driven.hub().get("a", false).thenAccept(state -> whileTold.add(isQuiet()));
    ask.driven.settle();

    assertThat(told).isCompleted();
    assertThat(whileTold).containsExactly(false);
    assertThat(isQuiet()).isTrue();
  }
}
