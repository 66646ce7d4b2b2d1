package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.OrchestrationState;
import org.jspecify.annotations.Nullable;

/**
 * Defines the rows that a store keeps. All stores keep the same rows; times are microseconds since
 * the epoch (UTC).
 *
 * <p>Every row belongs to an execution, which its {@code key} names: a number given in creation
 * order, so that new rows land at the end of each table (design 1.8). A replaced, continued or
 * rewound execution gets a new key.
 */
public final class Rows {

  private Rows() {}

  /**
   * Holds the summary of an execution.
   *
   * <p>The summary is written when status, custom status, output or readiness changes, not on every
   * turn.
   *
   * @param key the key of the execution, which is unique and rises in creation order over the whole
   *     hub
   * @param id the instance id; at most one row has it
   * @param slot the hash of the id, from 0 to 1,023; a partition is a range of slots
   * @param ready true while the execution has work that must go on without a further message:
   *     unread messages or scheduled activities. An execution that only waits (for timers, events,
   *     children) or has ended is not ready
   * @param completedAt the time at which the execution ended; 0 before that
   * @param state everything that clients may know about the execution, input and output included
   */
  public record Instance(
      long key,
      String id,
      int slot,
      int status,
      boolean ready,
      long createdAt,
      long completedAt,
      OrchestrationState state) {

    /** Returns the orchestrator's name, which does not change while the execution lives. */
    public String name() {
      return state.getName();
    }

    /**
     * Returns the version that the execution was started with, or "" if it has none; the version
     * does not change while the execution lives.
     */
    public String version() {
      return state.getVersion().getValue();
    }
  }

  /**
   * Holds consecutive history events of one execution.
   *
   * @param seq the position of the first event in the history, counted from 0
   * @param count the number of events
   * @param walk true when the row holds events that workers must not see, so that its bytes cannot
   *     be copied into a request as they are
   * @param bytes the events, each with tag and length as field {@code pastEvents} of {@code
   *     OrchestratorRequest}
   */
  public record History(long key, int seq, int count, boolean walk, ByteString bytes) {}

  /**
   * Holds a message that has arrived and is not part of the history yet.
   *
   * @param seq arrival order within the execution
   * @param bytes a serialized {@code HistoryEvent}
   */
  public record Inbox(long key, long seq, ByteString bytes) {}

  /**
   * Holds a timer whose firing is not part of the history yet.
   *
   * @param timerId the eventId of its TimerCreated event; {@link #SCHEDULED_START} for a scheduled
   *     start
   * @param slot the slot of the instance, so that a partition finds its own timers
   */
  public record Timer(long key, int timerId, int slot, long fireAt) {
    /** The timer of a scheduled start has this id. */
    public static final int SCHEDULED_START = -1;
  }

  /**
   * Holds a small durable value of a trigger or policy: such as a cron slot, a receipt, a
   * checkpoint or a nonce. A row whose bytes are null removes the value.
   */
  public record Keyed(String namespace, String name, @Nullable ByteString bytes) {}
}
