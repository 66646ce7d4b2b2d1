package dev.holdfast.core.partition;

import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares an execution in memory with its state as read from the store. */
final class Comparison {
  private final Instance memory;
  private final Instance stored;
  private final List<String> differences;

  private Comparison(Instance memory, Instance stored, List<String> differences) {
    this.memory = memory;
    this.stored = stored;
    this.differences = differences;
  }

  /**
   * Adds the differences, in words. All changes of {@code memory} must be durable before the call.
   */
  static void compare(Instance memory, Instance stored, List<String> differences) {
    new Comparison(memory, stored, differences).compare();
  }

  /**
   * Adds the differences between two views of an entity, in words. The order of its waiting
   * operations follows from locks and timers, so it is not compared.
   */
  static void compare(Entity memory, Entity stored, List<String> differences) {
    Map<String, Object> inMemory = facts(memory);
    facts(stored)
        .forEach(
            (what, value) -> {
              if (!Objects.equals(inMemory.get(what), value)) {
                differences.add(
                    "%s (key %d): the %s is %s in memory, but %s in the store"
                        .formatted(memory.id, memory.key, what, inMemory.get(what), value));
              }
            });
  }

  private static Map<String, Object> facts(Entity entity) {
    TreeMap<Long, HistoryEvent> operations = new TreeMap<>();
    List<Integer> timers = new ArrayList<>();
    for (Operation operation : entity.operations()) {
      operations.put(operation.message.seq, operation.message.event);
      if (operation.hasTimer()) {
        timers.add(operation.timerId());
      }
    }
    Collections.sort(timers);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("summary", entity.row());
    facts.put("lock", Optional.ofNullable(entity.lock()));
    facts.put("operations", operations);
    facts.put("timers", timers);
    return facts;
  }

  private void compare() {
    same("summary", memory.row(), stored.row());
    same("inbox", inbox(memory), inbox(stored));
    if (memory.hasEnded()) {
      // The store reads only the summary and the unread messages of an ended execution.
      return;
    }
    same("history count", memory.historyCount(), stored.historyCount());
    same("history", memory.past(), stored.past());
    same("asked ids", memory.askedIds(), stored.askedIds());
    same("open tasks", tasks(memory), tasks(stored));
    same("critical sections", memory.sections(), stored.sections());
    same("open activities", memory.openActivities(), stored.openActivities());
    same("parent", memory.parent(), stored.parent());
    same("time of the last turn", memory.lastTurnAt(), stored.lastTurnAt());
    same("time of the last change", memory.updatedAt(), stored.updatedAt());
    same("time of the start", memory.startAt(), stored.startAt());
    same("had a turn", memory.hadTurn(), stored.hadTurn());
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
    for (OpenTask task : instance.open().values()) {
      tasks.add(
          "%s %d %s%s%s"
              .formatted(
                  task.kind,
                  task.id(),
                  task.name(),
                  task.answered() ? " answered" : "",
                  task.hasRow() ? " with a row" : ""));
    }
    return tasks;
  }

  /** Messages of an open turn come first, as they do after a reload. */
  private static List<HistoryEvent> inbox(Instance instance) {
    List<HistoryEvent> inbox = new ArrayList<>();
    if (instance.turn() != null) {
      instance.turn().messages().forEach(message -> inbox.add(message.event));
    }
    instance.inbox().forEach(message -> inbox.add(message.event));
    return inbox;
  }
}
