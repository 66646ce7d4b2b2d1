package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.Input;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.ExecutionRewoundEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.ParentInstanceInfo;
import dev.holdfast.protocol.SubOrchestrationInstanceCreatedEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rewinds a failed instance to the point before its failure.
 *
 * <p>History is cut behind the turn that scheduled the step whose failure ended the execution (its
 * first attempt, if the step was retried). The orchestrator reads the messages of the removed turns
 * again, except the failures, whose steps run anew. So completed work is not repeated, and code
 * that ran after the failure leaves no events behind that would break a replay.
 */
final class Rewinding {
  private final PartitionContext context;
  private final Lifecycle lifecycle;
  private final Watchers watchers;

  Rewinding(PartitionContext context, Lifecycle lifecycle, Watchers watchers) {
    this.context = context;
    this.lifecycle = lifecycle;
    this.watchers = watchers;
  }

  /**
   * Returns whether the instance has a failure and the request may rewind it; a parent rewinds only
   * its own child.
   */
  static boolean isPossible(Input.Rewind rewind, Instance instance) {
    return instance.status() == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED
        && (rewind.restart() == null || isChildOf(instance, parentOf(rewind.restart())));
  }

  /** Returns whether the instance is a child of any execution of this parent. */
  private static boolean isChildOf(Instance instance, ParentInstanceInfo task) {
    return instance
        .row()
        .state()
        .getParentInstanceId()
        .getValue()
        .equals(task.getOrchestrationInstance().getInstanceId());
  }

  private static ParentInstanceInfo parentOf(HistoryEvent started) {
    return started.getExecutionStarted().getParentInstance();
  }

  /** Handles a rewind request whose target is not a failed instance that can be rewound. */
  void impossible(Input.Rewind rewind, @Nullable Instance instance) {
    if (rewind.restart() == null) {
      refuse(rewind, instance);
    } else if (instance == null || !isChildOf(instance, parentOf(rewind.restart()))) {
      startAgain(rewind, rewind.restart());
    } else if (!instance.hasEnded()) {
      adopt(instance, rewind, parentOf(rewind.restart()));
    } else if (instance.status() == OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED) {
      tellAgain(instance, parentOf(rewind.restart()));
    } else {
      startAgain(rewind, rewind.restart());
    }
  }

  /** Makes a child that still runs report its outcome to the parent's new execution. */
  private void adopt(Instance child, Input.Rewind rewind, ParentInstanceInfo parent) {
    ExecutionRewoundEvent.Builder rewound =
        ExecutionRewoundEvent.newBuilder().setParentInstance(parent);
    if (rewind.reason() != null) {
      rewound.setReason(StringValue.of(rewind.reason()));
    }
    context
        .changes()
        .append(
            child,
            List.of(
                Events.inbound(Times.timestamp(context.stamp()))
                    .setExecutionRewound(rewound)
                    .build()));
  }

  /**
   * Sends the outcome of a child that completed after its parent had failed, because the parent has
   * not read it.
   */
  private void tellAgain(Instance child, ParentInstanceInfo parent) {
    OrchestrationState state = child.row().state();
    context.hand(
        new Input.Resolve(
            parent,
            Events.childCompleted(
                Times.timestamp(context.stamp()),
                parent.getTaskScheduledId(),
                state.hasOutput() ? state.getOutput() : null)));
  }

  private void refuse(Input.Rewind rewind, @Nullable Instance instance) {
    RefusedException why =
        instance == null
            ? new RefusedException(
                RefusedException.Reason.NOT_FOUND,
                "No orchestration instance with ID '%s' was found.".formatted(rewind.instanceId()))
            : new RefusedException(
                RefusedException.Reason.FAILED_PRECONDITION,
                ("The orchestration instance '%s' is not in a failed state (it is %s), and only"
                        + " failed ones can be rewound: not allowed.")
                    .formatted(instance.id, Statuses.name(instance.status())));
    if (rewind.asker() != null) {
      context.changes().whenDurable(new Effect.Refuse(rewind.asker(), why));
    }
  }

  /**
   * Starts a child again when it does not exist, or when it did not end by a failure of its own.
   */
  private void startAgain(Input.Rewind rewind, HistoryEvent started) {
    context.hand(new Input.StartChild(rewind.instanceId(), started));
  }

  /**
   * Rewinds a failed execution.
   *
   * @param old the failed execution
   * @param history all of its history
   * @return the execution that continues under the same id; null when the instance cannot be
   *     rewound
   */
  @Nullable Instance goBack(Instance old, List<HistoryEvent> history, Input.Rewind rewind) {
    Cut cut = Cut.of(history);
    if (isWithinSection(old, cut.kept())) {
      refuseWithinSection(old, rewind);
      return null;
    }
    if (rewind.asker() != null) {
      context.changes().whenDurable(new Effect.Reply<>(rewind.asker(), true));
    }
    String executionId = context.newGuid();
    ParentInstanceInfo parent =
        rewind.restart() == null ? parentIn(history) : parentOf(rewind.restart());
    List<Message> undelivered = new ArrayList<>(old.inbox());
    OrchestrationState state =
        runningAgain(old, executionId, cut.kept().isEmpty() && isFirst(history, old));
    context.remove(old);
    Instance instance = lifecycle.revive(state, old.row().createdAt());
    context.changes().adopted(instance, parent);
    List<HistoryEvent> kept = new ArrayList<>();
    for (HistoryEvent event : cut.kept()) {
      kept.add(inExecution(event, executionId, parent));
    }
    kept.add(rewound(rewind, old));
    context.changes().append(instance, kept);
    for (HistoryEvent event : cut.readAgain()) {
      lifecycle.receive(instance, inExecution(event, executionId, parent), Message.Source.INSTANCE);
    }
    for (Message message : undelivered) {
      if (message.event.hasEventRaised()) {
        lifecycle.receive(instance, message.event, Message.Source.INSTANCE);
      }
    }
    rearm(instance, rewind.reason());
    watchers.changed(instance, context.changes());
    return instance;
  }

  /**
   * Returns whether the cut lies within a critical section. Such a rewind is impossible: the locks
   * of the section were released at the failure, and other orchestrations may have used the
   * entities since.
   */
  private static boolean isWithinSection(Instance old, List<HistoryEvent> kept) {
    Instance again = Instance.told(old.row(), kept);
    return !again.sections().isEmpty();
  }

  private void refuseWithinSection(Instance old, Input.Rewind rewind) {
    if (rewind.restart() != null) {
      startAgain(rewind, rewind.restart());
    } else if (rewind.asker() != null) {
      context
          .changes()
          .whenDurable(
              new Effect.Refuse(
                  rewind.asker(),
                  new RefusedException(
                      RefusedException.Reason.FAILED_PRECONDITION,
                      "'%s' failed while it held locks of entities, which were released then; going back into its critical section is not allowed. Restart it instead."
                          .formatted(old.id))));
    }
  }

  private static @Nullable ParentInstanceInfo parentIn(List<HistoryEvent> history) {
    for (HistoryEvent event : history) {
      if (event.hasExecutionStarted() && event.getExecutionStarted().hasParentInstance()) {
        return event.getExecutionStarted().getParentInstance();
      }
    }
    return null;
  }

  /** Returns whether this execution does not continue another one. */
  private static boolean isFirst(List<HistoryEvent> history, Instance old) {
    return history.stream()
        .filter(HistoryEvent::hasExecutionStarted)
        .allMatch(started -> Times.microsUp(started.getTimestamp()) <= old.row().createdAt());
  }

  private OrchestrationState runningAgain(Instance old, String executionId, boolean neverRan) {
    return old.row().state().toBuilder()
        .setOrchestrationStatus(
            neverRan
                ? OrchestrationStatus.ORCHESTRATION_STATUS_PENDING
                : OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
        .setExecutionId(StringValue.of(executionId))
        .setLastUpdatedTimestamp(Times.timestamp(context.now()))
        .clearOutput()
        .clearFailureDetails()
        .clearCompletedTimestamp()
        .build();
  }

  private HistoryEvent rewound(Input.Rewind rewind, Instance old) {
    ExecutionRewoundEvent.Builder rewound =
        ExecutionRewoundEvent.newBuilder().setParentExecutionId(StringValue.of(old.executionId()));
    if (rewind.reason() != null) {
      rewound.setReason(StringValue.of(rewind.reason()));
    }
    return Events.inbound(Times.timestamp(context.stamp())).setExecutionRewound(rewound).build();
  }

  private static HistoryEvent inExecution(
      HistoryEvent event, String executionId, @Nullable ParentInstanceInfo parent) {
    if (!event.hasExecutionStarted()) {
      return event;
    }
    ExecutionStartedEvent.Builder started = event.getExecutionStarted().toBuilder();
    started.getOrchestrationInstanceBuilder().setExecutionId(StringValue.of(executionId));
    if (parent != null) {
      started.setParentInstance(parent);
    }
    return event.toBuilder().setExecutionStarted(started).build();
  }

  /**
   * Restarts open tasks that have no answer: this method sets the rows of timers and sends the
   * messages of children and entity calls; the caller hands out activities.
   */
  private void rearm(Instance instance, @Nullable String reason) {
    for (OpenTask task : instance.open().values()) {
      if (task.answered()) {
        continue;
      }
      if (task.kind == Explanation.Kind.TIMER) {
        context.setTimer(instance, task.id(), Times.microsUp(task.fireAt()));
      } else if (task.kind == Explanation.Kind.CHILD) {
        context.hand(new Input.Rewind(task.childId(), reason, restart(instance, task), null));
      } else if (task.kind == Explanation.Kind.ENTITY) {
        context.hand(task.entityMessage().operate(instance, task.target(), context.stamp()));
      }
    }
  }

  private HistoryEvent restart(Instance instance, OpenTask task) {
    SubOrchestrationInstanceCreatedEvent created = task.asked.getSubOrchestrationInstanceCreated();
    ExecutionStartedEvent.Builder started =
        ExecutionStartedEvent.newBuilder()
            .setName(created.getName())
            .setParentInstance(instance.asParent(task.id()))
            .putAllTags(instance.row().state().getTagsMap())
            .putAllTags(created.getTagsMap());
    started
        .getOrchestrationInstanceBuilder()
        .setInstanceId(created.getInstanceId())
        .setExecutionId(StringValue.of(context.newGuid()));
    if (created.hasVersion()) {
      started.setVersion(created.getVersion());
    }
    if (created.hasInput()) {
      started.setInput(created.getInput());
    }
    if (created.hasParentTraceContext()) {
      started.setParentTraceContext(created.getParentTraceContext());
    }
    return Events.inbound(Times.timestamp(context.stamp())).setExecutionStarted(started).build();
  }

  /**
   * Says where a failed history is cut.
   *
   * @param kept the events that stay
   * @param readAgain the messages behind the cut that are read again, in order
   */
  record Cut(List<HistoryEvent> kept, List<HistoryEvent> readAgain) {

    static Cut of(List<HistoryEvent> history) {
      Asked asked = new Asked();
      Map<Integer, Integer> turnOf = new LinkedHashMap<>();
      int turn = -1;
      int failedIn = -1;
      HistoryEvent failure = null;
      TaskFailureDetails end = TaskFailureDetails.getDefaultInstance();
      for (HistoryEvent event : history) {
        if (event.hasOrchestratorStarted()) {
          turn++;
        }
        if (event.hasExecutionCompleted()) {
          end = event.getExecutionCompleted().getFailureDetails();
        }
        if (asked.add(event)) {
          // Later attempts may have the same id as the first one.
          turnOf.putIfAbsent(event.getEventId(), turn);
        }
        if (isFailure(event)) {
          failure = event;
          failedIn = turn;
        }
      }
      if (failure == null || (failedIn < turn && !tellsOf(end, messageOf(failure)))) {
        // The orchestrator itself failed, so its last turn runs again.
        return at(history, turn - 1);
      }
      return at(history, turnOf.getOrDefault(firstAttempt(history, asked, failure), turn - 1));
    }

    /**
     * Returns the task id of the first failure in the unbroken sequence of failures of one step
     * that ends with this failure.
     */
    @SuppressWarnings("ReferenceEquality") // The given failure is one of the events of this list.
    private static int firstAttempt(List<HistoryEvent> history, Asked asked, HistoryEvent failure) {
      HistoryEvent step = asked.by(failure);
      int first = -1;
      for (HistoryEvent event : history) {
        if (isFailure(event) && sameStep(asked.by(event), step)) {
          first = first < 0 ? asked.idOf(event) : first;
        } else if (isSuccess(event) && sameStep(asked.by(event), step)) {
          first = -1;
        }
        if (event == failure) {
          break;
        }
      }
      return first;
    }

    private static boolean isSuccess(HistoryEvent event) {
      return event.hasTaskCompleted()
          || event.hasSubOrchestrationInstanceCompleted()
          || event.hasEntityOperationCompleted();
    }

    private static String messageOf(HistoryEvent failure) {
      if (failure.hasTaskFailed()) {
        return failure.getTaskFailed().getFailureDetails().getErrorMessage();
      }
      return failure.hasEntityOperationFailed()
          ? failure.getEntityOperationFailed().getFailureDetails().getErrorMessage()
          : failure.getSubOrchestrationInstanceFailed().getFailureDetails().getErrorMessage();
    }

    private static boolean tellsOf(TaskFailureDetails end, String message) {
      return end.getErrorMessage().contains(message)
          || end.getStackTrace().getValue().contains(message)
          || (end.hasSeen() && tellsOf(end.getSeen(), message))
          || (end.hasInnerFailure() && tellsOf(end.getInnerFailure(), message));
    }

    private static Cut at(List<HistoryEvent> history, int lastTurnKept) {
      List<HistoryEvent> kept = new ArrayList<>();
      List<HistoryEvent> readAgain = new ArrayList<>();
      Asked asked = new Asked();
      Asked askedAgain = new Asked();
      int turn = -1;
      for (HistoryEvent event : history) {
        if (event.hasOrchestratorStarted()) {
          turn++;
        }
        if (turn <= lastTurnKept) {
          if (!event.hasExecutionCompleted()) {
            kept.add(event);
          }
          asked.add(event);
        } else if (!askedAgain.add(event) && isReadAgain(event, asked, askedAgain)) {
          readAgain.add(event);
        }
      }
      return new Cut(kept, readAgain);
    }

    private static boolean isReadAgain(HistoryEvent event, Asked asked, Asked askedAgain) {
      return switch (event.getEventTypeCase()) {
        case EXECUTIONSTARTED -> true;
        // The event is read again unless it answers a call that will be repeated.
        case EVENTRAISED -> askedAgain.by(event) == null;
        case TASKCOMPLETED,
            SUBORCHESTRATIONINSTANCECOMPLETED,
            ENTITYOPERATIONCOMPLETED,
            TIMERFIRED ->
            asked.by(event) != null;
        default -> false;
      };
    }

    private static boolean isFailure(HistoryEvent event) {
      return event.hasTaskFailed()
          || event.hasSubOrchestrationInstanceFailed()
          || event.hasEntityOperationFailed();
    }

    private static boolean sameStep(@Nullable HistoryEvent a, @Nullable HistoryEvent b) {
      if (a == null || b == null) {
        return a == null && b == null;
      }
      if (a.hasTaskScheduled() && b.hasTaskScheduled()) {
        return a.getTaskScheduled().getName().equals(b.getTaskScheduled().getName())
            && a.getTaskScheduled().getInput().equals(b.getTaskScheduled().getInput());
      }
      if (a.hasEntityOperationCalled() && b.hasEntityOperationCalled()) {
        return a.getEntityOperationCalled()
                .getTargetInstanceId()
                .equals(b.getEntityOperationCalled().getTargetInstanceId())
            && a.getEntityOperationCalled()
                .getOperation()
                .equals(b.getEntityOperationCalled().getOperation())
            && a.getEntityOperationCalled()
                .getInput()
                .equals(b.getEntityOperationCalled().getInput());
      }
      return a.hasSubOrchestrationInstanceCreated()
          && b.hasSubOrchestrationInstanceCreated()
          && a.getSubOrchestrationInstanceCreated()
              .getName()
              .equals(b.getSubOrchestrationInstanceCreated().getName())
          && a.getSubOrchestrationInstanceCreated()
              .getInput()
              .equals(b.getSubOrchestrationInstanceCreated().getInput());
    }
  }

  /** Finds steps in a part of a history by the events that answer them. */
  private static final class Asked {
    private final Map<Integer, HistoryEvent> byId = new LinkedHashMap<>();
    private final Map<String, Integer> byRequest = new LinkedHashMap<>();

    /** Adds the event if it is a step that gets an answer. */
    boolean add(HistoryEvent event) {
      boolean task =
          event.hasTaskScheduled()
              || event.hasTimerCreated()
              || event.hasSubOrchestrationInstanceCreated();
      EntityMessage message =
          event.hasEventSent() || event.hasEntityOperationCalled() ? EntityMessage.of(event) : null;
      boolean call = false;
      if (message != null && message.kind() == EntityMessage.Kind.CALL) {
        call = true;
        byRequest.put(message.requestId(), event.getEventId());
      }
      if (task || call) {
        byId.put(event.getEventId(), event);
      }
      return task || call;
    }

    /** Returns the step that this outcome answers; null when it answers none of the added steps. */
    @Nullable HistoryEvent by(HistoryEvent outcome) {
      return byId.get(idOf(outcome));
    }

    int idOf(HistoryEvent outcome) {
      return switch (outcome.getEventTypeCase()) {
        case TASKFAILED -> outcome.getTaskFailed().getTaskScheduledId();
        case TASKCOMPLETED -> outcome.getTaskCompleted().getTaskScheduledId();
        case TIMERFIRED -> outcome.getTimerFired().getTimerId();
        case SUBORCHESTRATIONINSTANCEFAILED ->
            outcome.getSubOrchestrationInstanceFailed().getTaskScheduledId();
        case SUBORCHESTRATIONINSTANCECOMPLETED ->
            outcome.getSubOrchestrationInstanceCompleted().getTaskScheduledId();
        case ENTITYOPERATIONCOMPLETED ->
            request(outcome.getEntityOperationCompleted().getRequestId());
        case ENTITYOPERATIONFAILED -> request(outcome.getEntityOperationFailed().getRequestId());
        case EVENTRAISED -> request(outcome.getEventRaised().getName());
        default -> throw new IllegalStateException("expected an outcome, but got " + outcome);
      };
    }

    private int request(String id) {
      return byRequest.getOrDefault(id, Integer.MIN_VALUE);
    }
  }
}
