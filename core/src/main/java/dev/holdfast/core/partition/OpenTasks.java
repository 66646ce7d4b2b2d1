package dev.holdfast.core.partition;

import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Explanation;
import dev.holdfast.protocol.HistoryEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds what an execution has asked for and has no answer to in its history: the fold of the
 * history's tasks, requests to entities, and critical sections.
 *
 * <p>Only {@link Instance} changes it, while it folds history.
 */
final class OpenTasks {
  private final AskedIds askedIds = new AskedIds();

  private final LinkedHashMap<Integer, OpenTask> open = new LinkedHashMap<>();

  private final Map<Integer, OpenTask> openToRead = Collections.unmodifiableMap(open);

  /** Maps the ids of requests to entities to the open tasks that wait for their answers. */
  private final Map<String, OpenTask> requests = new LinkedHashMap<>(0);

  /**
   * Maps each critical section that the execution has asked to enter to the entities that it has
   * not unlocked since.
   */
  private final LinkedHashMap<String, Set<String>> sections = new LinkedHashMap<>(0);

  private int openActivities;

  /**
   * Counts the failed attempts of each step since its last success; null before the first failure.
   */
  private @Nullable Map<String, Integer> failedAttempts;

  AskedIds askedIds() {
    return askedIds;
  }

  /** Returns the open task that this event answers; null when it answers none. */
  @Nullable OpenTask answeredBy(HistoryEvent event) {
    return switch (event.getEventTypeCase()) {
      case TASKCOMPLETED -> open.get(event.getTaskCompleted().getTaskScheduledId());
      case TASKFAILED -> open.get(event.getTaskFailed().getTaskScheduledId());
      case TIMERFIRED -> open.get(event.getTimerFired().getTimerId());
      case SUBORCHESTRATIONINSTANCECOMPLETED ->
          open.get(event.getSubOrchestrationInstanceCompleted().getTaskScheduledId());
      case SUBORCHESTRATIONINSTANCEFAILED ->
          open.get(event.getSubOrchestrationInstanceFailed().getTaskScheduledId());
      case ENTITYOPERATIONCOMPLETED ->
          requests.get(event.getEntityOperationCompleted().getRequestId());
      case ENTITYOPERATIONFAILED -> requests.get(event.getEntityOperationFailed().getRequestId());
      case ENTITYLOCKGRANTED -> requests.get(event.getEntityLockGranted().getCriticalSectionId());
      case EVENTRAISED -> requests.get(event.getEventRaised().getName());
      default -> null;
    };
  }

  /** Adds the task that an event asks for. */
  void task(Explanation.Kind kind, HistoryEvent event) {
    askedIds.task(event.getEventId());
    if (kind == Explanation.Kind.ACTIVITY) {
      openActivities++;
    }
    opened(kind, event);
  }

  /**
   * Counts an attempt at one step: libraries schedule a retry under the same name with the same
   * input.
   */
  void attempted(HistoryEvent answer) {
    OpenTask task = answer.hasTaskFailed() || failedAttempts != null ? answeredBy(answer) : null;
    if (task == null || task.kind != Explanation.Kind.ACTIVITY) {
      return;
    }
    if (failedAttempts == null) {
      failedAttempts = new LinkedHashMap<>(2);
    }
    if (answer.hasTaskFailed()) {
      failedAttempts.merge(step(task.asked), 1, Integer::sum);
    } else {
      failedAttempts.remove(step(task.asked));
    }
  }

  private static String step(HistoryEvent scheduled) {
    return scheduled.getTaskScheduled().getName()
        + ' '
        + scheduled.getTaskScheduled().getInput().hashCode();
  }

  private void opened(Explanation.Kind kind, HistoryEvent event) {
    int attempt =
        failedAttempts != null && kind == Explanation.Kind.ACTIVITY
            ? 1 + failedAttempts.getOrDefault(step(event), 0)
            : 1;
    open.put(event.getEventId(), new OpenTask(kind, event, attempt));
  }

  /** Reads a message that the orchestrator has sent; a request to an entity is a task. */
  void sent(HistoryEvent event) {
    EntityMessage message = EntityMessage.of(event);
    askedIds.sent(event, message);
    if (message == null) {
      return;
    }
    switch (message.kind()) {
      case CALL -> asked(Explanation.Kind.ENTITY, event, message);
      case LOCK -> {
        asked(Explanation.Kind.LOCK, event, message);
        sections.put(
            message.requestId(), new LinkedHashSet<>(EntityMessage.inLockOrder(message.lockSet())));
      }
      case UNLOCK -> {
        Set<String> held = sections.get(message.requestId());
        if (held != null) {
          held.remove(EntityIds.normal(target(event)));
          if (held.isEmpty()) {
            sections.remove(message.requestId());
          }
        }
      }
      case SIGNAL -> {
        // A signal gets no answer.
      }
    }
  }

  private static String target(HistoryEvent event) {
    return event.hasEventSent()
        ? event.getEventSent().getInstanceId()
        : event.getEntityUnlockSent().getTargetInstanceId().getValue();
  }

  /**
   * Returns whether the execution has not unlocked this entity since it asked to enter the section.
   */
  boolean isLocking(String section, String entityId) {
    return sections.getOrDefault(section, Set.of()).contains(EntityIds.normal(entityId));
  }

  /**
   * Returns whether the execution has asked for the lock of any entity that it has not unlocked
   * since.
   */
  boolean isLocking() {
    return sections.values().stream().anyMatch(entities -> !entities.isEmpty());
  }

  private void asked(Explanation.Kind kind, HistoryEvent event, EntityMessage message) {
    if (event.getEventId() >= 0) {
      opened(kind, event);
      requests.put(message.requestId(), Objects.requireNonNull(open.get(event.getEventId())));
    }
  }

  /** Returns the open tasks by the ids of the events that asked for them. */
  Map<Integer, OpenTask> open() {
    return openToRead;
  }

  /** Returns the entities that are not unlocked, by critical section. */
  Map<String, Set<String>> sections() {
    return Collections.unmodifiableMap(sections);
  }

  int openActivities() {
    return openActivities;
  }

  /** Forgets the critical sections of an execution that ends and has released its locks. */
  void forgetSections() {
    sections.clear();
  }

  /** Forgets all open tasks, because the execution waits for nothing any more. */
  void forget() {
    open.clear();
    requests.clear();
    openActivities = 0;
  }

  /**
   * Returns the open task that waits for an entity's answer with this request id; null when there
   * is none.
   */
  @Nullable OpenTask request(String requestId) {
    return requests.get(requestId);
  }

  /** Removes the task that the event answers, if there is one. */
  void closed(HistoryEvent event) {
    OpenTask task = answeredBy(event);
    if (task != null) {
      open.remove(task.id());
      if (task.isAnsweredByEntity()) {
        requests.remove(task.requestId());
      }
      if (task.kind == Explanation.Kind.ACTIVITY) {
        openActivities--;
      }
    }
  }

  /** Notes that the task failed, so that the orchestrator may ask for it again. */
  void mayBeAskedAgain(int taskId) {
    askedIds.mayBeAskedAgain(taskId);
  }

  /** Notes that the execution was rewound since it asked for the tasks that are open now. */
  void rewound() {
    open.values().forEach(OpenTask::rewound);
  }

  @Nullable OpenTask get(int taskId) {
    return open.get(taskId);
  }
}
