package dev.holdfast.core;

import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayList;
import java.util.List;

/** A message that has arrived at an instance and is not in its history yet. */
final class Message {
  final long seq;
  final HistoryEvent event;
  final long arrivedAt;

  /** How it can be told again after a crash, so how long it may go without a row (design 1.5). */
  final Source source;

  /** An inbox row of it is durable or stands in the accumulating commit. */
  boolean stored;

  /** What may be said once it has a row or is in history. */
  final List<Effect.WhenDurable> replies = new ArrayList<>(1);

  enum Source {
    /** An activity's result or a due timer: the open task or the timer row produces it again. */
    AGAIN,
    /** A client that has no answer yet: losing it breaks no promise. */
    CLIENT,
    /**
     * Another instance, whose commit says it was sent: never without a row or a line in history.
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

  /** Whether a cut at {@code now} may leave it without a row. */
  boolean mayWait(long now, Limits limits) {
    return switch (source) {
      case AGAIN -> now - arrivedAt < limits.inboxDelay();
      case CLIENT -> now - arrivedAt < limits.commitDelay();
      case INSTANCE -> false;
    };
  }
}
