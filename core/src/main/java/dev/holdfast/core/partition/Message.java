package dev.holdfast.core.partition;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Limits;
import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Holds a message that has arrived at an instance and is not in its history yet. */
final class Message {
  final long seq;
  final HistoryEvent event;
  final long arrivedAt;

  /**
   * Says how the message can be produced again after a crash, which decides how long the message
   * may go without a row (design 1.5).
   */
  final Source source;

  /** Says whether the message has an inbox row, either durable or in the accumulating commit. */
  private boolean stored;

  /** Holds the replies that may be sent once the message has a row or is part of the history. */
  private final List<Effect.WhenDurable> replies = new ArrayList<>(1);

  enum Source {
    /**
     * The message is an activity's result or a due timer: after a crash, the open task or the timer
     * row produces it again.
     */
    AGAIN,
    /**
     * The message is the result of an activity whose records are in the same commit. If this commit
     * had no row for the result, the activity would run again after a crash and write its records
     * twice.
     */
    WITH_RECORDS,
    /**
     * The message comes from a client that has no answer yet, so losing the message breaks no
     * promise.
     */
    CLIENT,
    /**
     * The message comes from another instance, whose commit records the message as sent, so the
     * message must always have a row or be part of the history.
     */
    INSTANCE
  }

  Message(long seq, HistoryEvent event, long arrivedAt, Source source, boolean stored) {
    this.seq = seq;
    this.event = event;
    this.arrivedAt = arrivedAt;
    this.source = source;
    this.stored = stored;
  }

  boolean stored() {
    return stored;
  }

  void stored(Changes.Pen pen) {
    stored = true;
  }

  List<Effect.WhenDurable> replies() {
    return Collections.unmodifiableList(replies);
  }

  /** Returns the replies for adding and taking them out. */
  List<Effect.WhenDurable> replies(Changes.Pen pen) {
    return replies;
  }

  /** Returns whether a cut at {@code now} may leave the message without a row. */
  boolean mayWait(long now, Limits limits) {
    return switch (source) {
      case AGAIN -> now - arrivedAt < limits.inboxDelay();
      case CLIENT -> now - arrivedAt < limits.commitDelay();
      case INSTANCE, WITH_RECORDS -> false;
    };
  }
}
