package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Custom status: protocol reference §3.2. */
class StatusTest {
  private final Asking ask = new Asking(Program.of("Any", new Step.Await("e")));

  /** Answers the turn that runs. */
  private void answer(@Nullable String status, OrchestratorAction... actions) {
    Held held = ask.driven.executor().held().remove(0);
    OrchestratorResponse.Builder response =
        OrchestratorResponse.newBuilder().addAllActions(java.util.List.of(actions));
    if (status != null) {
      response.setCustomStatus(StringValue.of(status));
    }
    held.answers().answer(new Answer.TurnDone((WorkItem.Turn) held.item(), response.build()));
    ask.driven.settle();
  }

  private static OrchestratorAction complete(OrchestrationStatus status) {
    return OrchestratorAction.newBuilder()
        .setCompleteOrchestration(
            CompleteOrchestrationAction.newBuilder()
                .setOrchestrationStatus(status)
                .setResult(StringValue.of("r")))
        .build();
  }

  private @Nullable String status() {
    OrchestrationState state = ask.state("a");
    return state.hasCustomStatus() ? state.getCustomStatus().getValue() : null;
  }

  @Test
  void it_is_what_the_last_turn_said() {
    ask.driven.setAnswering(false);
    ask.start("a", "Any");
    assertThat(status()).isNull();
    answer("one");
    assertThat(status()).isEqualTo("one");
    ask.raise("a", "e");
    answer("");
    assertThat(status()).isEmpty();
    ask.raise("a", "e");
    answer("two");
    ask.driven.crash();
    assertThat(status()).isEqualTo("two");
    ask.raise("a", "e");
    answer(null);
    assertThat(status()).isNull();
    ask.raise("a", "e");
    answer("last", complete(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED));
    assertThat(status()).isEqualTo("last");
  }

  @Test
  void it_outlives_continue_as_new_until_a_turn_sets_another() {
    ask.driven.setAnswering(false);
    ask.start("a", "Any");
    answer("old", complete(OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW));
    assertThat(status()).isEqualTo("old");
    answer(null);
    assertThat(status()).isEqualTo("old");
    ask.raise("a", "e");
    answer("new");
    assertThat(status()).isEqualTo("new");
  }

  @Test
  void terminate_leaves_it() {
    ask.driven.setAnswering(false);
    ask.start("a", "Any");
    answer("kept");
    ask.driven.get(ask.hub().terminate("a", null, false));
    assertThat(status()).isEqualTo("kept");
  }
}
