package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.OrchestrationState;
import org.jspecify.annotations.Nullable;

/**
 * The rows a store keeps. They are the same in every store; times are microseconds since the epoch
 * (UTC).
 *
 * <p>Every row belongs to an execution, named by its {@code key}: a number given in creation order,
 * so that new rows land at the end of each table (design 1.8). A replaced, continued or rewound
 * execution gets a new key.
 */
public final class Rows {

  private Rows() {}

  /**
   * The summary of an execution.
   *
   * <p>Written when status, custom status, output or readiness changes, not on every turn.
   *
   * @param key unique, rising in creation order over the whole hub
   * @param id the instance id; at most one row has it
   * @param slot 0…1,023, the hash of the id; a partition is a range of slots
   * @param ready true while there is work that must go on without anyone asking: unread messages,
   *     scheduled activities. What only waits (timers, events, children) or has ended is not ready
   * @param completedAt when it ended; 0 while it has not
   * @param state all that the outside may know of it, input and output included
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

    /** The orchestrator's name; the same for as long as the execution lives. */
    public String name() {
      return state.getName();
    }

    /** The version it was started with, "" for none; the same for as long as it lives. */
    public String version() {
      return state.getVersion().getValue();
    }
  }

  /**
   * A run of consecutive history events of one execution.
   *
   * @param seq the position of its first event in the history, from 0
   * @param count how many events
   * @param walk true when it holds events that workers must not see, so that it cannot simply be
   *     concatenated
   * @param bytes the events, each with tag and length as field {@code pastEvents} of {@code
   *     OrchestratorRequest}
   */
  public record History(long key, int seq, int count, boolean walk, ByteString bytes) {}

  /**
   * A message that has arrived and is not in history yet.
   *
   * @param seq arrival order within the execution
   * @param bytes a serialized {@code HistoryEvent}
   */
  public record Inbox(long key, long seq, ByteString bytes) {}

  /**
   * A timer that has not fired into history yet.
   *
   * @param timerId the eventId of its TimerCreated event; {@link #SCHEDULED_START} for a start at a
   *     given time
   * @param slot that of the instance, so that a partition finds its own
   */
  public record Timer(long key, int timerId, int slot, long fireAt) {
    /** The timer id under which a scheduled start waits. */
    public static final int SCHEDULED_START = -1;
  }

  /**
   * A small durable thing of a trigger or policy: cron slots, receipts, checkpoints, nonces. Null
   * bytes remove it.
   */
  public record Keyed(String namespace, String name, @Nullable ByteString bytes) {}
}
