package dev.holdfast.core;

import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.OrchestratorResponse;
import java.time.Instant;
import java.util.List;

/**
 * Represents the answer of an {@link Executor} to a {@link WorkItem}. An answer may come late,
 * twice or never; the partition decides whether it still counts (design 1.9).
 */
public sealed interface Answer {

  WorkItem item();

  /**
   * The executor has run the orchestrator's turn. This answer counts only while {@code
   * item.token()} is the token of the open turn.
   */
  record TurnDone(WorkItem.Turn item, OrchestratorResponse response) implements Answer {}

  /**
   * The activity has completed or failed. This answer counts while the task of this execution is
   * open; of several answers, the first one counts.
   *
   * @param records the keyed records that the activity writes or removes, made by {@link Records}.
   *     They are written in the same commit as the result, and not at all when the answer does not
   *     count. Only an executor in the process of the hub can give records, because the messages of
   *     the Durable Task contract have no field for them
   */
  record ActivityDone(WorkItem.Activity item, ActivityResponse response, List<Rows.Keyed> records)
      implements Answer {
    public ActivityDone {
      records = List.copyOf(records);
    }

    /** Makes an answer without records. */
    public ActivityDone(WorkItem.Activity item, ActivityResponse response) {
      this(item, response, List.of());
    }
  }

  /**
   * The batch has run. This answer counts only while {@code item.token()} is the token of the
   * entity's open batch.
   *
   * @param response results in the order of the operations; when there are fewer results than
   *     operations, the remaining operations have not run
   */
  record EntityDone(WorkItem.EntityBatch item, EntityBatchResult response) implements Answer {}

  /**
   * The executor cannot run the item now; the item is offered again at {@code notBefore}. The
   * reason is shown to people.
   */
  record Deferred(WorkItem item, Instant notBefore, String reason) implements Answer {}

  /**
   * This executor does not serve the name; the item is shown as unserved until an executor serves
   * it.
   */
  record NobodyServes(WorkItem item, String reason) implements Answer {}

  /**
   * The executor gives the item back unfinished because it died, drains or rejects the item. The
   * item is offered again after a growing delay.
   */
  record Abandoned(WorkItem item, String reason) implements Answer {}

  /**
   * The executor is gone together with the item, begun or not, or it wants another executor to take
   * the item. The item is offered again at once, to another executor if there is one. An item that
   * is lost again and again waits longer each time, but it never fails because of that.
   */
  record Lost(WorkItem item, String reason) implements Answer {}

  /**
   * The instance or entity of this item must be set aside: no work of it runs until a person
   * retries it. The messages and operations that the item carried count as unread. This answer
   * counts whenever a result of the item would count; a second answer of this kind changes nothing.
   */
  record Blocked(WorkItem item, dev.holdfast.core.Blocked block) implements Answer {}
}
