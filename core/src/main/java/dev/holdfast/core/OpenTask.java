package dev.holdfast.core;

import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.HistoryEvent;
import java.util.Objects;

/** Something an orchestrator has asked for and has no answer to in its history. */
final class OpenTask {
  final Explanation.Kind kind;

  /** The event that asked: that of a task, a timer, a child, or a message to an entity. */
  final HistoryEvent asked;

  /** An answer is in the inbox or in the open turn; further ones are duplicates. */
  boolean answered;

  /** Of an activity: the how manyth attempt at this step it is. */
  int attempt = 1;

  /** Of a timer: its row is in the store or stands in the accumulating commit. */
  boolean hasRow;

  /** The execution that asked has failed and was taken back. */
  boolean askedBeforeRewind;

  /** Tracing has told what came of it; only an execution that continues has such a task open. */
  boolean told;

  /** Token of the newest hand-out of an activity; 0 before the first. */
  long token;

  /**
   * Token of its first hand-out: what was handed out before under this id was an earlier attempt.
   */
  long firstToken;

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

  boolean isAnsweredByEntity() {
    return kind == Explanation.Kind.ENTITY || kind == Explanation.Kind.LOCK;
  }

  /** What an entity was asked. */
  EntityMessage entityMessage() {
    return Objects.requireNonNull(EntityMessage.of(asked));
  }

  /** Under what an entity answers. */
  String requestId() {
    return entityMessage().requestId();
  }

  String name() {
    return switch (kind) {
      case ACTIVITY -> asked.getTaskScheduled().getName();
      case CHILD -> childId();
      case TIMER, EVENT -> "";
      case ENTITY -> entityId() + " " + entityMessage().operation();
      case LOCK -> String.join(" ", EntityMessage.inLockOrder(entityMessage().lockSet()));
    };
  }

  private String entityId() {
    return EntityIds.normal(
        asked.hasEventSent()
            ? asked.getEventSent().getInstanceId()
            : asked.getEntityOperationCalled().getTargetInstanceId().getValue());
  }

  /** Where the request goes: of a lock, to the first of the set. */
  String target() {
    return kind == Explanation.Kind.LOCK
        ? EntityMessage.inLockOrder(entityMessage().lockSet()).get(0)
        : entityId();
  }
}
