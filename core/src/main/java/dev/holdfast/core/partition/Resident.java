package dev.holdfast.core.partition;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Rows;
import java.util.ArrayList;
import java.util.Collections;
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
  private Rows.Instance row;

  /**
   * Holds the version of the summary that the newest cut has written; null before the first such
   * cut.
   */
  private Rows.@Nullable Instance written;

  /** Says whether no row of this resident has been written, so that it exists in memory only. */
  private boolean insertPending;

  /**
   * Says whether this resident waits to be admitted later: no work of it runs, and memory forgets
   * it once it is durable.
   */
  private boolean parked;

  /**
   * Holds the effects that wait until the summary is durable, as long as {@link #insertPending} is
   * true.
   */
  private final List<Effect.WhenDurable> repliesToInsert = new ArrayList<>(0);

  /** Holds the number of the batch that contains the newest change of this resident. */
  private long changedIn;

  /** Holds the number of the batch that contains the newest hand-out of work for this resident. */
  private long dispatchedIn;

  /**
   * Holds the value of {@link #bytes} when {@link Memory} last weighed this resident; only {@link
   * Memory} changes the field.
   */
  private long weight;

  /** Holds the sequence number of the next message that arrives. */
  private long nextMessage;

  /**
   * @param isWritten whether the row comes from the store
   */
  Resident(Rows.Instance row, boolean isWritten) {
    this.key = row.key();
    this.id = row.id();
    this.slot = row.slot();
    this.row = row;
    this.written = isWritten ? row : null;
  }

  final Rows.Instance row() {
    return row;
  }

  final void row(Changes.Pen pen, Rows.Instance newest) {
    row = newest;
  }

  // References are compared to find out whether this very row was written: comparing states byte by
  // byte would cost more than it saves.
  @SuppressWarnings("ReferenceEquality")
  final boolean isWritten() {
    return row == written;
  }

  final void written(Changes.Pen pen) {
    written = row;
  }

  final boolean insertPending() {
    return insertPending;
  }

  final void created(Changes.Pen pen) {
    insertPending = true;
  }

  final void inserted(Changes.Pen pen) {
    insertPending = false;
  }

  final List<Effect.WhenDurable> repliesToInsert() {
    return Collections.unmodifiableList(repliesToInsert);
  }

  /** Returns the effects for adding and taking them out. */
  final List<Effect.WhenDurable> repliesToInsert(Changes.Pen pen) {
    return repliesToInsert;
  }

  /** Takes the sequence number of the next message. */
  final long nextMessage(Changes.Pen pen) {
    return nextMessage++;
  }

  /** Notes, while rows are read, that a message has this sequence number. */
  final void messageRead(long seq) {
    nextMessage = Math.max(nextMessage, seq + 1);
  }

  final long changedIn() {
    return changedIn;
  }

  final void changedIn(Changes.Pen pen, long batch) {
    changedIn = batch;
  }

  final long dispatchedIn() {
    return dispatchedIn;
  }

  final void dispatchedIn(Changes.Pen pen, long batch) {
    dispatchedIn = batch;
  }

  final boolean parked() {
    return parked;
  }

  /** Changes memory only: after a crash, admission decides anew. */
  final void parked(boolean now) {
    parked = now;
  }

  final long weight() {
    return weight;
  }

  /**
   * Weighs it again; this changes memory only.
   *
   * @return by how much it has become heavier
   */
  final long weigh() {
    long more = bytes() - weight;
    weight += more;
    return more;
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
  abstract void timerHasRow(Changes.Pen pen, int timerId);
}
