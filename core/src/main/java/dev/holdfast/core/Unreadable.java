package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.OrchestrationState;
import org.jspecify.annotations.Nullable;

/**
 * Describes an execution whose rows are in the store but cannot be read: it is blocked without
 * being in memory.
 *
 * @param key the key of its rows; 0 when the key is not known, so that the rows cannot be removed
 * @param summary the summary, if it can be read; otherwise null
 * @param block the block; its time is 0 when no record of it exists yet
 */
public record Unreadable(
    String instanceId, long key, Rows.@Nullable Instance summary, Blocked block) {

  /**
   * Describes an execution that the store has reported as damaged.
   *
   * @param recorded the content of its record in {@link Blocked#NAMESPACE}; null when it has none
   */
  public static Unreadable of(
      StoreException.Damage damage,
      String instanceId,
      Rows.@Nullable Instance summary,
      @Nullable ByteString recorded) {
    return new Unreadable(
        instanceId,
        summary == null ? damage.key() : summary.key(),
        summary,
        recorded != null
            ? Blocked.of(recorded)
            : Blocked.now(
                Blocked.Kind.DAMAGED_ROWS,
                "a row of it is not what was written; restore a backup and try it again, or"
                    + " terminate or purge it",
                damage.words()));
  }

  /**
   * Describes an execution whose rows were read but could not be understood, or whose reading
   * failed with an error of the JVM.
   */
  public static Unreadable of(
      String instanceId, long key, Rows.@Nullable Instance summary, Throwable problem) {
    return new Unreadable(
        instanceId,
        key,
        summary,
        Blocked.now(
            problem instanceof StoreException ? Blocked.Kind.DAMAGED_ROWS : Blocked.Kind.ERROR,
            "its rows were read, but not understood (" + problem + ")",
            key == 0 ? "" : "key " + key));
  }

  /** Returns the state of the execution for clients. */
  public OrchestrationState state(boolean payloads) {
    return block.view(instanceId, summary, payloads);
  }

  public boolean hasEnded() {
    return summary != null && Statuses.isEnded(summary.status());
  }

  /** Returns the instance id of the parent; "" when there is no parent or it is not known. */
  public String parentId() {
    return summary == null ? "" : summary.state().getParentInstanceId().getValue();
  }
}
