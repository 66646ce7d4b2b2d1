package dev.holdfast.core;

import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the outside is told of an instance. */
public final class Views {

  private Views() {}

  static OrchestrationState state(Instance instance, boolean payloads) {
    return state(instance.row.state(), instance.updatedAt, payloads);
  }

  /** The state as a list shows it: the same as one that is asked for alone. */
  public static OrchestrationState state(Store.Listed listed, boolean payloads) {
    return state(listed.instance().state(), listed.newestTurn(), payloads);
  }

  /**
   * The state of a stored execution, loaded with {@link Store.Detail#OPEN} or more: the time of its
   * last change follows from its history.
   */
  public static OrchestrationState state(Store.Stored stored, boolean payloads) {
    return state(Instance.of(stored), payloads);
  }

  /**
   * Input, output, custom status and failure details are left out when they were not asked for.
   *
   * @param changedAt when something changed that the state itself does not tell
   */
  private static OrchestrationState state(
      OrchestrationState state, long changedAt, boolean payloads) {
    long updatedAt = Math.max(changedAt, Times.micros(state.getLastUpdatedTimestamp()));
    OrchestrationState.Builder view =
        state.toBuilder().setLastUpdatedTimestamp(Times.timestamp(updatedAt));
    return payloads ? view.build() : withoutPayloads(view);
  }

  private static OrchestrationState withoutPayloads(OrchestrationState.Builder state) {
    return state.clearInput().clearOutput().clearCustomStatus().clearFailureDetails().build();
  }

  static Explanation explain(Instance instance) {
    List<Explanation.Awaited> awaited = new ArrayList<>();
    if (!instance.hasEnded()) {
      for (OpenTask task : instance.open.values()) {
        if (!task.answered) {
          awaited.add(
              new Explanation.Awaited(
                  task.kind,
                  task.id(),
                  task.name(),
                  Times.micros(task.asked.getTimestamp()),
                  task.kind == Explanation.Kind.TIMER ? Times.microsUp(task.fireAt()) : 0,
                  task.token));
        }
      }
    }
    return new Explanation(
        state(instance, true),
        instance.turn == null ? 0 : instance.turn.openedAt(),
        instance.inbox.size(),
        instance.startAt,
        awaited,
        error(instance));
  }

  private static @Nullable String error(Instance instance) {
    TaskFailureDetails failure =
        instance.row.state().hasFailureDetails()
            ? instance.row.state().getFailureDetails()
            : instance.lastFailure;
    return failure == null ? null : failure.getErrorType() + ": " + failure.getErrorMessage();
  }
}
