package dev.holdfast.core.partition;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Statuses;
import dev.holdfast.protocol.OrchestrationState;
import org.jspecify.annotations.Nullable;

/** Sets instances and entities aside and releases them again; see {@link Blocked}. */
final class Blocking {
  private final PartitionContext context;

  Blocking(PartitionContext context) {
    this.context = context;
  }

  /** Returns whether the input would change the block of this resident. */
  boolean applies(Input.Block block, Resident resident) {
    return !resident.isBlocked()
        && !Statuses.isEnded(resident.row().status())
        && (block.executionId() == null || block.executionId().equals(resident.executionId()));
  }

  /**
   * Sets the resident aside. Before the call, the caller closes an open turn or batch without
   * consuming its messages.
   *
   * @param resident an instance or entity that is not blocked yet and has not ended
   */
  void setAside(Resident resident, Blocked block) {
    state(
        resident,
        resident.row().state().toBuilder()
            .setBlocked(block.begunBy(context.now()).message())
            .build());
    context
        .problems()
        .warn(
            ("'%s' is blocked: nothing of it runs any more, and messages to it are kept, until it"
                    + " is tried again or terminated. The reason is %s: %s")
                .formatted(resident.id, block.kind().words(), block.wordsAndCure(resident.id)));
  }

  /**
   * Takes the block away, or refuses to, and answers the asker.
   *
   * @param resident the resident; null when no instance has this id
   * @return true when the resident was blocked, so that the caller must let it continue
   */
  boolean lift(Input.Retry retry, @Nullable Resident resident) {
    if (resident == null) {
      context.changes().reply(null, retry.asker(), Input.Delivered.NO_SUCH_INSTANCE);
      return false;
    }
    if (Statuses.isEnded(resident.row().status())) {
      context.changes().reply(resident, retry.asker(), Input.Delivered.TERMINAL);
      return false;
    }
    if (!resident.isBlocked()) {
      // A person may have repaired a row that was unreadable before.
      context.changes().recordBlock(resident.id, null);
      context.changes().whenDurable(resident, new Effect.Refuse(retry.asker(), notBlocked(retry)));
      return false;
    }
    state(resident, resident.row().state().toBuilder().clearBlocked().build());
    context.changes().reply(resident, retry.asker(), Input.Delivered.ACCEPTED);
    return true;
  }

  private static RefusedException notBlocked(Input.Retry retry) {
    return new RefusedException(
        RefusedException.Reason.FAILED_PRECONDITION,
        "'%s' is not blocked, so there is nothing to try again; ask why it waits instead."
            .formatted(retry.instanceId()));
  }

  private void state(Resident resident, OrchestrationState state) {
    context.changes().state(resident, state, resident.row().completedAt());
  }
}
