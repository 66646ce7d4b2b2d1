package dev.holdfast.core.partition;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Represents what a partition holds in memory under one id: one execution of an orchestration, or
 * an entity. Both have a summary and messages that have arrived; the subclasses add the rest.
 */
abstract sealed class Resident permits Instance, Entity {
  private static final int WEIGHED_MAX = 16;

  final long key;
  final String id;
  final int slot;

  /** Holds the newest version of the summary. */
  Rows.Instance row;

  /**
   * Holds the version of the summary that the newest cut has written; null before the first such
   * cut.
   */
  Rows.@Nullable Instance written;

  /** Says whether no row of this resident has been written, so that it exists in memory only. */
  boolean insertPending;

  /**
   * Says whether this resident waits to be admitted later: no work of it runs, and memory forgets
   * it once it is durable.
   */
  boolean parked;

  /**
   * Holds the effects that wait until the summary is durable, as long as {@link #insertPending} is
   * true.
   */
  final List<Effect.WhenDurable> repliesToInsert = new ArrayList<>(0);

  /** Holds the number of the batch that contains the newest change of this resident. */
  long changedIn;

  /** Holds the number of the batch that contains the newest hand-out of work for this resident. */
  long dispatchedIn;

  /**
   * Holds the value of {@link #bytes} when {@link Memory} last weighed this resident; only {@link
   * Memory} changes the field.
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

  /**
   * Returns whether this resident is set aside, so that none of its work runs; see {@link Blocked}.
   */
  final boolean isBlocked() {
    return row.state().hasBlocked();
  }

  /**
   * Returns whether this resident has work that must go on after a crash without a further message,
   * which is the value for {@link Rows.Instance#ready}.
   */
  abstract boolean mustBeReady();

  /**
   * Returns whether the store has the whole state of this resident once its newest batch is
   * durable, so that memory may forget the resident.
   */
  abstract boolean canBeForgotten();

  /**
   * Estimates, from the payloads, how many bytes this resident takes in memory. The method must be
   * cheap, because it is called after each change.
   */
  abstract long bytes();

  /**
   * Estimates how many bytes these messages take; for many messages, the estimate measures only the
   * first few.
   */
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

  /** Returns the messages that this resident has not read, without the messages of an open turn. */
  abstract Iterable<Message> unread();

  /**
   * Returns all messages that this resident has not read, including the messages of an open turn.
   */
  Iterable<Message> notInHistory() {
    return unread();
  }

  /** Notes that the accumulating commit contains a row of this timer. */
  abstract void timerHasRow(int timerId);
}
