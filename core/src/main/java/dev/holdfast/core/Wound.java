package dev.holdfast.core;

/**
 * Names ways to break the engine on purpose. The simulation breaks the engine in each of these ways
 * and must notice it, because a check that has never caught a fault proves nothing. Only tests set
 * a wound.
 */
public enum Wound {
  /** Replies, refusals and reads reach clients before the batch that they depend on is durable. */
  REPLY_RELEASED_EARLY,
  /** Activities are handed out before the turn that scheduled them is durable. */
  DISPATCH_RELEASED_EARLY,
  /** A message in an open turn counts as read, so it gets no inbox row. */
  OPEN_TURN_COUNTED_AS_CONSUMED,
  /**
   * A message between instances exists in memory only, without a row, while its target is being
   * read from the store.
   */
  MAIL_BY_MEMORY_ONLY,
  /**
   * An instance may leave memory before its last change is durable, so that a load overtakes the
   * commit.
   */
  LOAD_OVERTAKES_COMMIT,
  /** A timer that is set beyond the horizon while the store is scanned is forgotten. */
  LOST_TIMER,
  /** A commit whose answer was lost is sent again without asking whether it landed. */
  LOST_ANSWER_RETRIED_BLINDLY,
  /** Late answers of activities are taken without checking which execution they belong to. */
  EXECUTION_NOT_CHECKED,
  /** A second answer to the same activity is taken as well. */
  DUPLICATE_ANSWER_TAKEN,
  /** Timers go by the node's wall clock, which may jump. */
  WALL_CLOCK_FOR_TIMERS,
  /** The locks of an orchestration are not released when it ends. */
  LOCKS_KEPT_AT_END,
  /** Operations of other callers run while an entity is locked. */
  LOCK_LETS_OTHERS_IN,
  /** Operations that a worker has left undone are forgotten. */
  UNDONE_OPERATIONS_FORGOTTEN,
  /** Events that have not been read are dropped when the instance continues as new. */
  EVENTS_LOST_AT_CONTINUE_AS_NEW,
  /** The messages of a turn count as read although its instance is set aside. */
  BLOCKED_TURN_COUNTED_AS_READ
}
