package dev.holdfast.core.partition;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Limits;
import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayList;
import java.util.List;

/** Holds a message that has arrived at an instance and is not in its history yet. */
final class Message {
  final long seq;
  final HistoryEvent event;
  final long arrivedAt;

  /**
   * Says how the message can be produced again after a crash, and so how long it may go without a
   * row (design 1.5).
   */
  final Source source;

  /**
   * Says whether the message has an inbox row that is durable or stands in the accumulating commit.
   */
  boolean stored;

  /** Holds the replies that may be sent once the message has a row or is in history. */
  final List<Effect.WhenDurable> replies = new ArrayList<>(1);

  enum Source {
    /**
     * The message is an activity's result or a due timer: the open task or the timer row produces
     * it again.
     */
    AGAIN,
    /**
     * The message is the result of an activity whose records stand in the same commit: if the
     * result had no row there, a crash would run the activity again and write its records twice.
     */
    WITH_RECORDS,
    /** The message comes from a client that has no answer yet: losing it breaks no promise. */
    CLIENT,
    /**
     * The message comes from another instance, whose commit records it as sent: it must always have
     * a row or stand in history.
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

  /** Returns whether a cut at {@code now} may leave the message without a row. */
  boolean mayWait(long now, Limits limits) {
    return switch (source) {
      case AGAIN -> now - arrivedAt < limits.inboxDelay();
      case CLIENT -> now - arrivedAt < limits.commitDelay();
      case INSTANCE, WITH_RECORDS -> false;
    };
  }
}
