package dev.holdfast.core.partition;

import dev.holdfast.core.EntityIds;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorAction;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which actions the history of an execution already holds. Some SDKs emit those actions
 * again on every replay (protocol reference §6.2), and they must not be performed twice.
 *
 * <p>The id of an action alone does not identify it. Actions that an SDK emits while it unwinds a
 * waiting orchestrator (the release of a lock when a block closes, an event sent in a {@code
 * finally}) carry ids that the next turn gives to other actions. So a release takes no id at all; a
 * sent event is repeated only by an event of the same name to the same instance; and a sent event
 * takes no id from a task.
 */
final class AskedIds {
  private final BitSet tasks = new BitSet();

  /**
   * Maps the id of each sent event to a hash of its content; the map holds ordinary events only.
   */
  private final Map<Integer, Integer> events = new LinkedHashMap<>(0);

  /**
   * Notes that history holds a task that will be answered, or a message other than an ordinary
   * event.
   */
  void task(int id) {
    if (id >= 0) {
      tasks.set(id);
    }
  }

  /**
   * Notes that the task has failed: Python schedules the next attempt under the id of the first.
   */
  void mayBeAskedAgain(int id) {
    if (id >= 0) {
      tasks.clear(id);
    }
  }

  /**
   * Notes that history holds a message that was sent.
   *
   * @param message the content of the event for an entity; null when the message is not one that
   *     entities understand
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

  /**
   * Returns whether history holds this action. The answer is meaningless for the release of a lock,
   * which has no id of its own.
   */
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
   * Computes a hash of the parts that stay equal when replay sends the same event again. Data and
   * request ids are left out, so that code which generates them anew on every replay does not send
   * the event twice.
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
