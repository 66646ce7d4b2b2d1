package dev.holdfast.core.partition;

import dev.holdfast.protocol.HistoryEvent;

/** Holds a message that an entity has received and not dealt with. */
final class Operation {
  final Message message;
  final EntityMessage content;

  /** Says whether the operation is delayed and its timer has a row. */
  private boolean hasTimer;

  Operation(Message message, EntityMessage content) {
    this.message = message;
    this.content = content;
  }

  /** Makes the delayed operation of a stored message, whose timer has a row. */
  static Operation stored(Message message, EntityMessage content) {
    Operation operation = new Operation(message, content);
    operation.hasTimer = true;
    return operation;
  }

  boolean hasTimer() {
    return hasTimer;
  }

  void hasTimer(Changes.Pen pen, boolean has) {
    hasTimer = has;
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
