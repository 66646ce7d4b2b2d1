package dev.holdfast.core;

import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorAction;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which actions the history of an execution holds already. Some SDKs emit those again on every
 * replay (protocol reference §6.2), and what was done must not be done twice.
 *
 * <p>An action's id alone does not tell. What an SDK emits while a waiting orchestrator is unwound
 * (the releases of a lock when a block closes, an event sent in a {@code finally}) carries ids that
 * the next turn gives to something else. So a release takes no id at all; an event that was sent is
 * repeated only by one of the same name to the same instance; and it takes no id from a task.
 */
final class AskedIds {
  private final BitSet tasks = new BitSet();

  /** What was sent under an id, as a hash; only for messages that are ordinary events. */
  private final Map<Integer, Integer> events = new LinkedHashMap<>(0);

  /** History holds a task that somebody answers, or a message of a kind of its own. */
  void task(int id) {
    if (id >= 0) {
      tasks.set(id);
    }
  }

  /** The task has failed: Python asks again under the id of the first attempt. */
  void mayBeAskedAgain(int id) {
    if (id >= 0) {
      tasks.clear(id);
    }
  }

  /**
   * History holds a message that was sent.
   *
   * @param message what it says to an entity; null when it says nothing that entities understand
   */
  void sent(HistoryEvent event, @Nullable EntityMessage message) {
    if (event.getEventId() < 0 || isRelease(message)) {
      return;
    }
    if (event.hasEventSent()) {
      events.put(
          event.getEventId(),
          content(event.getEventSent().getInstanceId(), event.getEventSent().getName(), message));
    } else {
      tasks.set(event.getEventId());
    }
  }

  /** Whether history holds this action. Not for releases, which have no id of their own. */
  boolean holds(OrchestratorAction action) {
    int id = action.getId();
    if (id < 0) {
      return false;
    }
    if (!action.hasSendEvent()) {
      return tasks.get(id);
    }
    Integer before = events.get(id);
    if (before == null) {
      return false;
    }
    String target = action.getSendEvent().getInstance().getInstanceId();
    return before == content(target, action.getSendEvent().getName(), EntityMessage.sent(action));
  }

  private static boolean isRelease(@Nullable EntityMessage message) {
    return message != null && message.kind() == EntityMessage.Kind.UNLOCK;
  }

  /**
   * The same for a repetition. Data and the ids of requests are left out, because code that draws
   * them anew on every replay must not send more than once.
   */
  private static int content(String target, String name, @Nullable EntityMessage message) {
    return message == null
        ? Objects.hash(target, name)
        : Objects.hash(EntityIds.normal(target), message.kind().name(), message.operation());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AskedIds ids && tasks.equals(ids.tasks) && events.equals(ids.events);
  }

  @Override
  public int hashCode() {
    return 31 * tasks.hashCode() + events.hashCode();
  }

  @Override
  public String toString() {
    return tasks + " and events " + events.keySet();
  }
}
