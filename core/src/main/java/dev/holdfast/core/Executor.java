package dev.holdfast.core;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs user code; functions in this process and remote workers are two kinds of executors.
 *
 * <p>An executor works asynchronously and may never answer: no thread of the engine waits for it.
 */
public interface Executor {

  /**
   * Returns whether work of this kind and name could run on this executor right now. The call is
   * cheap and safe from any thread.
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
   * Returns whether this item could run on this executor right now; an executor overrides this when
   * its decision depends on more than the name, such as the version. See {@link #serves}.
   */
  default boolean takes(WorkItem item) {
    return serves(item.kind(), item.name());
  }

  /**
   * Returns whether the executor has asked for the name of this item, as opposed to asking for all
   * names. While an executor asks for the name of an item, executors that take everything do not
   * get the item, because they may not know the name.
   */
  default boolean names(WorkItem item) {
    return true;
  }

  /**
   * Returns the number of items of this kind that the executor holds and has not answered. When
   * several executors could take an item, the executor with the lowest number gets it; executors
   * with equal numbers take turns.
   */
  default int taken(WorkItem.Kind kind) {
    return 0;
  }

  /**
   * Returns the number of items of this kind that the executor holds and has not begun, as far as
   * the executor can tell.
   */
  default int queued(WorkItem.Kind kind) {
    return 0;
  }

  /**
   * Tells the executor that the results of these items are not needed any more. The executor may
   * answer them or not. The executor ignores the tokens of items that it does not have. The method
   * returns at once.
   *
   * @param atOnce true stops the items if possible, begun or not; false stops them only when other
   *     items wait for their places
   */
  default void recall(Set<Long> tokens, boolean atOnce) {}

  /**
   * Describes how far the executor is with an item, in words that follow a comma or stand in
   * brackets, such as "runs for 5 min on thread activities-3". Returns null when it does not have
   * the item. Any thread may call this.
   */
  default @Nullable String progress(WorkItem.Kind kind, long token) {
    return null;
  }

  /**
   * Describes in words which items occupy the places of this kind while no place is free, such as
   * "20 × 'Pay', the longest for 5 min"; null while a place is free or when the executor cannot
   * tell. Any thread may call this.
   */
  default @Nullable String holders(WorkItem.Kind kind) {
    return null;
  }

  /**
   * Takes the items and returns at once. The executor answers each item through {@code answers}, on
   * any thread and normally once. The method never throws because of a failure in user code; the
   * answer reports this failure.
   */
  void execute(List<WorkItem> items, Answers answers);

  /** Receives the answers of executors. Its methods are safe from any thread and never block. */
  interface Answers {
    void answer(Answer answer);

    /** Reports that the executor has free places again although it has given no answer. */
    default void placesChanged() {}
  }
}
