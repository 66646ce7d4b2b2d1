package dev.holdfast.core;

import dev.holdfast.protocol.HistoryEvent;

/** A message that an entity has and has not dealt with. */
final class Operation {
  final Message message;
  final EntityMessage content;

  /** It is delayed, and its timer has a row. */
  boolean hasTimer;

  Operation(Message message, EntityMessage content) {
    this.message = message;
    this.content = content;
  }

  /** The id of the timer that makes it due; no two that are delayed share one. */
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
