package dev.holdfast.core;

import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.OrchestratorResponse;
import java.time.Instant;

/**
 * What an {@link Executor} says about a {@link WorkItem}. May come late, twice or never; the
 * partition decides whether it still counts (design 1.9).
 */
public sealed interface Answer {

  WorkItem item();

  /** The orchestrator's turn has run. Counts only while {@code item.token()} is the open turn's. */
  record TurnDone(WorkItem.Turn item, OrchestratorResponse response) implements Answer {}

  /**
   * The activity has run or failed. Counts while (instance, execution, task) is open; first one
   * wins.
   */
  record ActivityDone(WorkItem.Activity item, ActivityResponse response) implements Answer {}

  /**
   * The batch has run. Counts only while {@code item.token()} is that of the entity's open batch.
   *
   * @param response results in the order of the operations; fewer than there were operations means
   *     that the others have not run
   */
  record EntityDone(WorkItem.EntityBatch item, EntityBatchResult response) implements Answer {}

  /** Not now: offer it again at {@code notBefore}. The reason is shown to people. */
  record Deferred(WorkItem item, Instant notBefore, String reason) implements Answer {}

  /** This executor does not serve the name; it stays visible as such until somebody does. */
  record NobodyServes(WorkItem item, String reason) implements Answer {}

  /**
   * Given back unfinished (the executor died, drains or rejects); offered again after a growing
   * delay.
   */
  record Abandoned(WorkItem item, String reason) implements Answer {}

  /**
   * The executor is gone and the item with it, begun or not, or it wants others to have it. Offered
   * again at once, to another if there is one; an item that is lost again and again waits longer
   * each time, but is never failed for it.
   */
  record Lost(WorkItem item, String reason) implements Answer {}

  /**
   * The instance or entity of this item must be set aside: nothing of it is run any more until
   * somebody tries it again. Nothing the item was given counts as read or done. Counts under the
   * same conditions as a result of the item would; a second one changes nothing.
   */
  record Blocked(WorkItem item, dev.holdfast.core.Blocked block) implements Answer {}
}
