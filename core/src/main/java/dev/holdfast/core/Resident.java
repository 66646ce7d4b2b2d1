package dev.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a partition has in memory under an id: one execution of an orchestration, or an entity. Both
 * are a summary, messages that have arrived, and what their kind adds.
 */
abstract sealed class Resident permits Instance, Entity {
  private static final int WEIGHED_MAX = 16;

  final long key;
  final String id;
  final int slot;

  /** The newest version of the summary. */
  Rows.Instance row;

  /** The version that the newest cut has written; null when none has. */
  Rows.@Nullable Instance written;

  /** No row of it has been written: it is nowhere but here. */
  boolean insertPending;

  /** Left to be admitted later: nothing of it runs, and memory forgets it once it is durable. */
  boolean parked;

  /** What may be said about it once its summary is durable, while {@link #insertPending}. */
  final List<Effect.WhenDurable> repliesToInsert = new ArrayList<>(0);

  /** The number of the batch that holds its newest change. */
  long changedIn;

  /** The number of the batch that holds the newest hand-out of work for it. */
  long dispatchedIn;

  /** What {@link #bytes} said when it was last weighed; only {@link Memory} changes it. */
  long weight;

  /** The sequence number of the next message that arrives. */
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

  /** Whether it is set aside: nothing of it runs; see {@link Blocked}. */
  final boolean isBlocked() {
    return row.state().hasBlocked();
  }

  /**
   * Whether work must go on after a crash without anyone asking; what {@link Rows.Instance#ready}
   * must say.
   */
  abstract boolean mustBeReady();

  /**
   * Whether everything about it is in the store once its newest batch is, so that memory may forget
   * it.
   */
  abstract boolean canBeForgotten();

  /**
   * About how many bytes it takes in memory, going by its payloads. Cheap: asked after each change.
   */
  abstract long bytes();

  /** About how many bytes these messages take; of many, a few tell. */
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

  /** What it has not read; of an execution, without those that an open turn holds. */
  abstract Iterable<Message> unread();

  /** All that it has not read, whoever holds it. */
  Iterable<Message> notInHistory() {
    return unread();
  }

  /** A row of this timer stands in the accumulating commit. */
  abstract void timerHasRow(int timerId);
}
