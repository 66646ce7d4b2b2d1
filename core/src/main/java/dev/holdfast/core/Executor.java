package dev.holdfast.core;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs user code behind one port: functions in this process or remote workers.
 *
 * <p>An executor works asynchronously and may never answer: no thread of the engine waits for it.
 */
public interface Executor {

  /**
   * Returns whether work of this kind and name could run here right now. The call is cheap and safe
   * from any thread.
   */
  boolean serves(WorkItem.Kind kind, String name);

  /**
   * Lists the names of this kind that the executor serves, as far as they can be listed; the list
   * is empty for an executor that takes everything. Any thread may call this.
   */
  default List<String> lists(WorkItem.Kind kind) {
    return List.of();
  }

  /**
   * Returns how many more items of this kind the executor can take without queueing them for long.
   * The dispatcher hands out no more than this; an answer of any sort frees one place.
   */
  int places(WorkItem.Kind kind);

  /**
   * Returns how many more items like this one the executor can take; an executor overrides this
   * when it has places for some names only. See {@link #places(WorkItem.Kind)}.
   */
  default int places(WorkItem item) {
    return places(item.kind());
  }

  /**
   * Returns whether this item could run here right now; an executor overrides this when it looks at
   * more than the name, such as the version. See {@link #serves}.
   */
  default boolean takes(WorkItem item) {
    return serves(item.kind(), item.name());
  }

  /**
   * Returns whether the executor has asked for this very name and not for everything. While an
   * executor asks for the name of an item, executors that take everything do not get the item,
   * because they may not know the name.
   */
  default boolean names(WorkItem item) {
    return true;
  }

  /**
   * Counts the items of this kind that the executor has and has not answered. When several
   * executors could take an item, the one with the fewest gets it, and equal ones take turns.
   */
  default int taken(WorkItem.Kind kind) {
    return 0;
  }

  /**
   * Counts the items of this kind that the executor has and has not begun, as far as it can tell.
   */
  default int queued(WorkItem.Kind kind) {
    return 0;
  }

  /**
   * Tells the executor that no one waits for these items any more. They need no answer, and may
   * have one. Tokens of items that the executor does not have are ignored. Returns at once.
   *
   * @param atOnce true stops the items if possible, begun or not; false stops them only when they
   *     keep other items from a place
   */
  default void recall(Set<Long> tokens, boolean atOnce) {}

  /**
   * Describes what the executor does with an item that it has, in words that follow a comma or
   * stand in brackets, such as "runs for 5 min on thread activities-3". Returns null when it does
   * not have the item. Any thread may call this.
   */
  default @Nullable String progress(WorkItem.Kind kind, long token) {
    return null;
  }

  /**
   * Describes, in words, the items that have the places of this kind while none is free, such as
   * "20 × 'Pay', the longest for 5 min"; null while a place is free or when the executor cannot
   * tell. Any thread may call this.
   */
  default @Nullable String holders(WorkItem.Kind kind) {
    return null;
  }

  /**
   * Takes the items and returns at once; each is answered through {@code answers} from any thread,
   * normally once. The method never throws because of what user code does, since that is a failure
   * inside the answer.
   */
  void execute(List<WorkItem> items, Answers answers);

  /** Takes the answers. Its methods are safe from any thread and never block. */
  interface Answers {
    void answer(Answer answer);

    /** The executor has places free although it has answered nothing. */
    default void placesChanged() {}
  }
}
