package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.OrchestrationState;
import org.jspecify.annotations.Nullable;

/**
 * Defines the rows that a store keeps. They are the same in every store; times are microseconds
 * since the epoch (UTC).
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
   * @param key unique, rising in creation order over the whole hub
   * @param id the instance id; at most one row has it
   * @param slot 0…1,023, the hash of the id; a partition is a range of slots
   * @param ready true while there is work that must go on without a further message: unread
   *     messages, scheduled activities. An execution that only waits (for timers, events, children)
   *     or has ended is not ready
   * @param completedAt when it ended; 0 while it has not
   * @param state all that clients may know of it, input and output included
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
     * Returns the version it was started with, "" for none; it does not change while the execution
     * lives.
     */
    public String version() {
      return state.getVersion().getValue();
    }
  }

  /**
   * Holds consecutive history events of one execution.
   *
   * @param seq the position of its first event in the history, from 0
   * @param count the number of events
   * @param walk true when it holds events that workers must not see, so that it cannot simply be
   *     concatenated
   * @param bytes the events, each with tag and length as field {@code pastEvents} of {@code
   *     OrchestratorRequest}
   */
  public record History(long key, int seq, int count, boolean walk, ByteString bytes) {}

  /**
   * Holds a message that has arrived and is not in history yet.
   *
   * @param seq arrival order within the execution
   * @param bytes a serialized {@code HistoryEvent}
   */
  public record Inbox(long key, long seq, ByteString bytes) {}

  /**
   * Holds a timer that has not fired into history yet.
   *
   * @param timerId the eventId of its TimerCreated event; {@link #SCHEDULED_START} for a start at a
   *     given time
   * @param slot the slot of the instance, so that a partition finds its own timers
   */
  public record Timer(long key, int timerId, int slot, long fireAt) {
    /** A scheduled start waits under this timer id. */
    public static final int SCHEDULED_START = -1;
  }

  /**
   * Holds a small durable value of a trigger or policy: cron slots, receipts, checkpoints, nonces.
   * Null bytes remove it.
   */
  public record Keyed(String namespace, String name, @Nullable ByteString bytes) {}
}
