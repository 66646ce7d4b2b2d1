package dev.holdfast.testkit;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Runs the work of certain names; registered functions, factories and fakes implement it. */
interface UserCode {

  boolean serves(WorkItem item);

  /** Returns the names of this kind that this object runs, as they were declared. */
  Collection<String> names(WorkItem.Kind kind);

  /**
   * Runs the item to its end, on any thread.
   *
   * @return the answer; null when the answer comes later in virtual time, or never
   * @throws AssertionError the test must fail because of what has happened
   */
  @Nullable Answer run(WorkItem item);

  /**
   * Forgets everything that a crash of the process loses; running work has ended before this call.
   */
  default void die() {}

  /** Ends the threads of this object. A repeated call does no harm. */
  default void close() {}
}
