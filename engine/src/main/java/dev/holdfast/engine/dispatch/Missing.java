package dev.holdfast.engine.dispatch;

import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.OrchestrationState;
import org.jspecify.annotations.Nullable;

/**
 * Adds to the states of instances the names that they need and no connected worker serves. All
 * methods are safe from any thread.
 */
public final class Missing {
  private final Dispatcher dispatcher;

  public Missing(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  /**
   * Returns the state with the missing name that the instance waits for; returns the same object
   * when no name is missing.
   */
  public OrchestrationState told(OrchestrationState state) {
    if (Statuses.isEnded(state.getOrchestrationStatus()) || state.hasBlocked()) {
      return state;
    }
    String id = state.getInstanceId();
    String words =
        EntityIds.isEntity(id)
            ? words(WorkItem.Kind.ENTITY, EntityIds.name(id))
            : words(WorkItem.Kind.ORCHESTRATOR, state.getName());
    if (words == null) {
      String activity = dispatcher.stranded(id);
      words = activity == null ? null : words(WorkItem.Kind.ACTIVITY, activity);
    }
    return words == null ? state : state.toBuilder().setWaitsFor(words).build();
  }

  private @Nullable String words(WorkItem.Kind kind, String name) {
    return dispatcher.isServed(kind, name)
        ? null
        : "%s '%s', which nobody who is connected serves now%s"
            .formatted(
                kind.word(),
                name,
                UnservedWork.until(dispatcher.servedUntil(kind, name), "; it was served until "));
  }
}
