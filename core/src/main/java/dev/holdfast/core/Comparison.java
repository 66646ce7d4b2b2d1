package dev.holdfast.core;

import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What differs between an execution in memory and the same one read from the store. */
final class Comparison {
  private final Instance memory;
  private final Instance stored;
  private final List<String> differences;

  private Comparison(Instance memory, Instance stored, List<String> differences) {
    this.memory = memory;
    this.stored = stored;
    this.differences = differences;
  }

  /** Adds what differs, in words. Everything about {@code memory} must be durable. */
  static void compare(Instance memory, Instance stored, List<String> differences) {
    new Comparison(memory, stored, differences).compare();
  }

  private void compare() {
    same("summary", memory.row, stored.row);
    same("inbox", inbox(memory), inbox(stored));
    if (memory.hasEnded()) {
      // Of an ended execution the store brings no more than the summary and what nobody read.
      return;
    }
    same("history count", memory.historyCount, stored.historyCount);
    same("history", memory.past, stored.past);
    same("asked ids", memory.askedIds, stored.askedIds);
    same("open tasks", tasks(memory), tasks(stored));
    same("open activities", memory.openActivities, stored.openActivities);
    same("parent", memory.parent, stored.parent);
    same("time of the last turn", memory.lastTurnAt, stored.lastTurnAt);
    same("time of the last change", memory.updatedAt, stored.updatedAt);
    same("time of the start", memory.startAt, stored.startAt);
    same("had a turn", memory.hadTurn, stored.hadTurn);
  }

  private void same(String what, @Nullable Object inMemory, @Nullable Object inStore) {
    if (!Objects.equals(inMemory, inStore)) {
      differences.add(
          "%s (key %d): the %s is %s in memory, but %s in the store"
              .formatted(memory.id, memory.key, what, inMemory, inStore));
    }
  }

  private static List<String> tasks(Instance instance) {
    List<String> tasks = new ArrayList<>();
    for (OpenTask task : instance.open.values()) {
      tasks.add(
          "%s %d %s%s%s"
              .formatted(
                  task.kind,
                  task.id(),
                  task.name(),
                  task.answered ? " answered" : "",
                  task.hasRow ? " with a row" : ""));
    }
    return tasks;
  }

  /** Those of an open turn come first, as they do when it is read again. */
  private static List<HistoryEvent> inbox(Instance instance) {
    List<HistoryEvent> inbox = new ArrayList<>();
    if (instance.turn != null) {
      instance.turn.messages().forEach(message -> inbox.add(message.event));
    }
    instance.inbox.forEach(message -> inbox.add(message.event));
    return inbox;
  }
}
