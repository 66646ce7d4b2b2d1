package dev.holdfast.core;

import java.util.List;

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

  /**
   * Takes the items and returns at once; each is answered through {@code answers} from any thread,
   * normally once. Never throws for what user code does: that is a failure inside the answer.
   */
  void execute(List<WorkItem> items, Answers answers);

  /** Where answers go. Safe from any thread; never blocks. */
  interface Answers {
    void answer(Answer answer);
  }
}
