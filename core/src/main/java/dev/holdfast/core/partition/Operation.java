package dev.holdfast.core.partition;

import dev.holdfast.protocol.HistoryEvent;

/** Holds a message that an entity has received and not dealt with. */
final class Operation {
  final Message message;
  final EntityMessage content;

  /** Says whether the operation is delayed and its timer has a row. */
  boolean hasTimer;

  Operation(Message message, EntityMessage content) {
    this.message = message;
    this.content = content;
  }

  /**
   * Returns the id of the timer that makes the operation due; two delayed operations never share a
   * timer id.
   */
  int timerId() {
    return timerId(message.seq);
  }

  static int timerId(long seq) {
    return (int) (seq & Integer.MAX_VALUE);
  }

  HistoryEvent forExecutor() {
    return content.forExecutor(message.event.getTimestamp());
  }
}
