package dev.holdfast.testkit;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Runs work of the names that it knows: registered functions, factories or fakes. */
interface UserCode {

  boolean serves(WorkItem item);

  /** Returns the names of this kind that it knows, as they were declared. */
  Collection<String> names(WorkItem.Kind kind);

  /**
   * Runs the item to its end, whichever thread does it.
   *
   * @return the answer; null when it comes later in virtual time, or never
   * @throws AssertionError what happened must fail the test
   */
  @Nullable Answer run(WorkItem item);

  /** Forgets what a process would forget that dies; work that was begun has ended before. */
  default void die() {}

  /** Ends its threads. Calling this more than once does no harm. */
  default void close() {}
}
