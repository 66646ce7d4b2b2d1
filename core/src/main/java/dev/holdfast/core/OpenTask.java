package dev.holdfast.core;

import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.HistoryEvent;

/** Something an orchestrator has asked for and has no answer to in its history. */
final class OpenTask {
  final Explanation.Kind kind;

  /** The event that asked: TaskScheduled, TimerCreated or SubOrchestrationInstanceCreated. */
  final HistoryEvent asked;

  /** An answer is in the inbox or in the open turn; further ones are duplicates. */
  boolean answered;

  /** Of a timer: its row is in the store or stands in the accumulating commit. */
  boolean hasRow;

  /** Token of the newest hand-out of an activity; 0 before the first. */
  long token;

  OpenTask(Explanation.Kind kind, HistoryEvent asked) {
    this.kind = kind;
    this.asked = asked;
  }

  int id() {
    return asked.getEventId();
  }

  Timestamp fireAt() {
    return asked.getTimerCreated().getFireAt();
  }

  String childId() {
    return asked.getSubOrchestrationInstanceCreated().getInstanceId();
  }

  String name() {
    return switch (kind) {
      case ACTIVITY -> asked.getTaskScheduled().getName();
      case CHILD -> childId();
      case TIMER -> "";
    };
  }
}
