package dev.holdfast.core.partition;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a partition has in memory under an id: one execution of an orchestration, or an
 * entity. Both have a summary, messages that have arrived, and what their kind adds.
 */
abstract sealed class Resident permits Instance, Entity {
  private static final int WEIGHED_MAX = 16;

  final long key;
  final String id;
  final int slot;

  /** Holds the newest version of the summary. */
  Rows.Instance row;

  /** Holds the version that the newest cut has written; null when none has. */
  Rows.@Nullable Instance written;

  /** Says whether no row of it has been written, so that it exists only in memory. */
  boolean insertPending;

  /**
   * Says whether it is left to be admitted later: nothing of it runs, and memory forgets it once it
   * is durable.
   */
  boolean parked;

  /** Holds the effects that wait until its summary is durable, while {@link #insertPending}. */
  final List<Effect.WhenDurable> repliesToInsert = new ArrayList<>(0);

  /** Holds the number of the batch with its newest change. */
  long changedIn;

  /** Holds the number of the batch with the newest hand-out of work for it. */
  long dispatchedIn;

  /**
   * Holds the value of {@link #bytes} when it was last weighed; only {@link Memory} changes this.
   */
  long weight;

  /** Holds the sequence number of the next message that arrives. */
  long nextMessage;

  Resident(Rows.Instance row) {
    this.key = row.key();
    this.id = row.id();
    this.slot = row.slot();
    this.row = row;
  }

  final String executionId() {
    return row.state().getExecutionId().getValue();
  }

  /** Returns whether it is set aside, so that nothing of it runs; see {@link Blocked}. */
  final boolean isBlocked() {
    return row.state().hasBlocked();
  }

  /**
   * Returns whether work must go on after a crash without a further message, which is the value for
   * {@link Rows.Instance#ready}.
   */
  abstract boolean mustBeReady();

  /**
   * Returns whether the store has everything about it once its newest batch is durable, so that
   * memory may forget it.
   */
  abstract boolean canBeForgotten();

  /**
   * Estimates how many bytes it takes in memory, going by its payloads. The call is cheap, because
   * it follows each change.
   */
  abstract long bytes();

  /** Estimates how many bytes these messages take; of many messages, the first few are measured. */
  static long bytes(Iterable<Message> messages, int count) {
    long bytes = 0;
    int weighed = 0;
    for (Message message : messages) {
      if (weighed == WEIGHED_MAX) {
        return bytes / weighed * count;
      }
      bytes += message.event.getSerializedSize();
      weighed++;
    }
    return bytes;
  }

  /**
   * Returns the messages that it has not read; those of an open turn of an execution are left out.
   */
  abstract Iterable<Message> unread();

  /** Returns all messages that it has not read, those of an open turn included. */
  Iterable<Message> notInHistory() {
    return unread();
  }

  /** Notes that a row of this timer stands in the accumulating commit. */
  abstract void timerHasRow(int timerId);
}
