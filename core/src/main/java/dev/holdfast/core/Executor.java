package dev.holdfast.core;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs user code: functions in this process or remote workers, behind one port.
 *
 * <p>Asynchronous, and allowed never to answer: nothing waits for it on an engine thread.
 */
public interface Executor {

  /**
   * Whether work of this kind and name could run here right now. Cheap, callable from any thread.
   */
  boolean serves(WorkItem.Kind kind, String name);

  /**
   * The names of this kind that it serves, as far as they can be listed; none for one that takes
   * everything. Callable from any thread.
   */
  default List<String> lists(WorkItem.Kind kind) {
    return List.of();
  }

  /**
   * How many more items of this kind can be taken without queueing for long. The dispatcher hands
   * out no more than this; an answer of any sort frees one place.
   */
  int places(WorkItem.Kind kind);

  /** As {@link #places(WorkItem.Kind)}, for those that have places for some names only. */
  default int places(WorkItem item) {
    return places(item.kind());
  }

  /** As {@link #serves}, for those that look at more than the name, such as the version. */
  default boolean takes(WorkItem item) {
    return serves(item.kind(), item.name());
  }

  /**
   * Whether it has asked for this very name, and not for whatever there is. While one that has asks
   * for an item, those that take everything do not get it: they may well not know the name.
   */
  default boolean names(WorkItem item) {
    return true;
  }

  /**
   * How many items of this kind it has that are not answered. Of several that could take an item,
   * the one with the fewest gets it, in turn when they are equal.
   */
  default int taken(WorkItem.Kind kind) {
    return 0;
  }

  /** How many items of this kind it has that it has not begun, as far as it can tell. */
  default int queued(WorkItem.Kind kind) {
    return 0;
  }

  /**
   * Nobody waits for these items any more. They need no answer, and may have one. Tokens of items
   * that it does not have mean nothing to it. Returns at once.
   *
   * @param atOnce it stops them if it can, begun or not; otherwise it does so only when they keep
   *     others from a place
   */
  default void recall(Set<Long> tokens, boolean atOnce) {}

  /**
   * What it does with an item that it has, in words that follow a comma or stand in brackets, e.g.
   * "runs for 5 min on thread activities-3". Null when it does not have it. Safe from any thread.
   */
  default @Nullable String progress(WorkItem.Kind kind, long token) {
    return null;
  }

  /**
   * Who has the places of this kind while none is free, in words, e.g. "20 × 'Pay', the longest for
   * 5 min"; null while one is free, or when it cannot tell. Safe from any thread.
   */
  default @Nullable String holders(WorkItem.Kind kind) {
    return null;
  }

  /**
   * Takes the items and returns at once; each is answered through {@code answers} from any thread,
   * normally once. Never throws for what user code does: that is a failure inside the answer.
   */
  void execute(List<WorkItem> items, Answers answers);

  /** Where answers go. Safe from any thread; never blocks. */
  interface Answers {
    void answer(Answer answer);

    /** The executor has places free although it has answered nothing. */
    default void placesChanged() {}
  }
}
