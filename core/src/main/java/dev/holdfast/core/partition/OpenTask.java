package dev.holdfast.core.partition;

import com.google.protobuf.Timestamp;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Explanation;
import dev.holdfast.protocol.HistoryEvent;
import java.util.Objects;

/** Holds a task of an orchestrator that has no answer in the history. */
final class OpenTask {
  final Explanation.Kind kind;

  /**
   * Holds the event that recorded the request: it schedules an activity, creates a timer or a
   * child, or sends a message to an entity.
   */
  final HistoryEvent asked;

  /**
   * Says whether an answer to the task is in the inbox or in the open turn; further answers are
   * duplicates.
   */
  private boolean answered;

  /** Counts the attempts of the activity at this step, including the current one. */
  private final int attempt;

  /** Says whether the row of a timer is in the store or in the accumulating commit. */
  private boolean hasRow;

  /** Says whether the execution asked for this task before it failed and was rewound. */
  private boolean askedBeforeRewind;

  /**
   * Says whether tracing has reported the outcome of the task; a task with a reported outcome is
   * open only in an execution that continues another.
   */
  private boolean told;

  /** Holds the token of the newest hand-out of an activity; 0 before the first. */
  private long token;

  /**
   * Holds the token of the activity's first hand-out; an older token under this id belongs to an
   * earlier attempt.
   */
  private long firstToken;

  OpenTask(Explanation.Kind kind, HistoryEvent asked, int attempt) {
    this.kind = kind;
    this.asked = asked;
    this.attempt = attempt;
  }

  boolean answered() {
    return answered;
  }

  /** Notes that an answer has arrived; the message that brings it has the row. */
  void answer() {
    answered = true;
  }

  int attempt() {
    return attempt;
  }

  boolean hasRow() {
    return hasRow;
  }

  void hasRow(Changes.Pen pen, boolean has) {
    hasRow = has;
  }

  /** Notes, while the execution is being read, that the store has the row of the timer. */
  void rowRead() {
    hasRow = true;
  }

  boolean askedBeforeRewind() {
    return askedBeforeRewind;
  }

  /** Notes, while history is folded, that the execution was rewound. */
  void rewound() {
    askedBeforeRewind = true;
  }

  boolean told() {
    return told;
  }

  /** Notes, in memory only, that tracing has reported the outcome. */
  void tell() {
    told = true;
  }

  long token() {
    return token;
  }

  long firstToken() {
    return firstToken;
  }

  /** Notes, in memory only, that an executor gets the activity under this token. */
  void handedOut(long newest) {
    token = newest;
    if (firstToken == 0) {
      firstToken = newest;
    }
  }

  /** Notes, in memory only, that no executor holds the activity any more. */
  void heldByNone() {
    token = 0;
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

  /** Returns the message that the entity received. */
  EntityMessage entityMessage() {
    return Objects.requireNonNull(EntityMessage.of(asked));
  }

  /** Returns the request id that the entity puts into its answer. */
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

  /**
   * Returns the entity to which the request goes; a lock request goes to the first entity of its
   * set.
   */
  String target() {
    return kind == Explanation.Kind.LOCK
        ? EntityMessage.inLockOrder(entityMessage().lockSet()).get(0)
        : entityId();
  }
}
