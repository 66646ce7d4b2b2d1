package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Asker;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.Input;
import dev.holdfast.core.Milestone;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.HistoryEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decides, for each input, what happens to an orchestration. */
final class Orchestrations {
  private final PartitionContext context;
  private final Memory memory;
  private final Watchers watchers;
  private final Changes changes;
  private final Lifecycle lifecycle;
  private final Turns turns;
  private final ActivityItems activities;
  private final Starts starts;
  private final Rewinding rewinding;
  private final Blocking blocking;
  private final HeldTurns held = new HeldTurns();

  Orchestrations(PartitionContext context, Watchers watchers) {
    this.context = context;
    this.memory = context.memory();
    this.watchers = watchers;
    this.changes = context.changes();
    this.lifecycle = new Lifecycle(context, watchers);
    this.turns = new Turns(context, lifecycle);
    this.activities = new ActivityItems(context);
    this.starts = new Starts(context, lifecycle, turns);
    this.rewinding = new Rewinding(context, lifecycle, watchers);
    this.blocking = new Blocking(context);
  }

  /**
   * Handles an input for the instance with this id.
   *
   * @param instance the instance; null when no instance has this id
   */
  void handle(Input.ToInstance input, @Nullable Instance instance) {
    if (input instanceof Input.Answered answered) {
      answered(answered.answer(), instance);
    } else if (input instanceof Input.Start start) {
      begun(starts.start(start, instance));
    } else if (input instanceof Input.StartChild child) {
      begun(starts.startChild(child, instance));
    } else if (input instanceof Input.Get get) {
      changes.reply(
          instance,
          get.asker(),
          Optional.ofNullable(instance).map(i -> Views.state(i, get.payloads())));
    } else if (input instanceof Input.Wait wait) {
      await(wait, instance);
    } else if (input instanceof Input.Raise raise) {
      raise(raise, instance);
    } else if (input instanceof Input.Send send) {
      if (instance != null && !instance.hasEnded()) {
        lifecycle.receive(
            instance,
            Events.eventRaised(Times.timestamp(context.stamp()), send.name(), send.input()),
            Message.Source.INSTANCE);
        turns.openIfDue(instance);
      }
    } else if (input instanceof Input.EntityAnswered answer) {
      entityAnswered(answer, instance);
    } else if (input instanceof Input.Resolve resolve) {
      resolve(resolve, instance);
    } else if (input instanceof Input.ChildGone gone) {
      if (instance != null) {
        childGone(gone, instance);
      }
    } else if (input instanceof Input.Terminate terminate) {
      terminate(terminate, instance);
    } else if (input instanceof Input.TerminateUnlessLocking terminate) {
      terminate(terminate, instance);
    } else if (input instanceof Input.Suspend suspend) {
      control(
          instance,
          suspend.asker(),
          i -> {
            if (!i.isSuspended()) {
              lifecycle.suspend(i, suspend.reason());
            }
          });
    } else if (input instanceof Input.Resume resume) {
      control(
          instance,
          resume.asker(),
          i -> {
            if (i.isSuspended()) {
              lifecycle.resume(i, resume.reason());
              admit(i);
            }
          });
    } else if (input instanceof Input.Rewind rewind) {
      rewinding.impossible(rewind, instance);
    } else if (input instanceof Input.Block block) {
      if (instance != null && blocking.applies(block, instance)) {
        setAside(instance, block.block());
      }
    } else if (input instanceof Input.HeldBack held) {
      if (instance != null) {
        heldBack(held.item(), instance);
      }
    } else if (input instanceof Input.Retry retry) {
      if (blocking.lift(retry, instance) && instance != null) {
        goOn(instance);
      }
    } else if (input instanceof Input.Purge purge) {
      purge(purge, instance);
    } else if (input instanceof Input.Explain explain) {
      changes.reply(instance, explain.asker(), Optional.ofNullable(instance).map(Views::explain));
    } else {
      context.problems().impossible("expected an input for an instance, but got " + input);
    }
  }

  /**
   * Lets a new or revived execution run, unless too many run already or its orchestrator is not
   * served.
   */
  private void begun(@Nullable Instance instance) {
    if (instance == null || instance.startAt() != 0 || instance.isBlocked()) {
      return;
    }
    if (!memory.mayRun(instance)) {
      memory.park(instance);
      return;
    }
    dispatchActivities(instance);
    turns.openIfDue(instance);
  }

  /** Lets an execution that is parked in memory continue if it may run now. */
  void admit(Instance instance) {
    if (instance.parked() && !instance.isBlocked() && memory.mayRun(instance)) {
      memory.unpark(instance);
      dispatchActivities(instance);
    }
    turns.openIfDue(instance);
  }

  /** Continues the work of an execution after it has been read from the store. */
  void loaded(Instance instance) {
    if (!instance.hasEnded() && (instance.openActivities() > 0 || !instance.inbox().isEmpty())) {
      begun(instance);
    }
  }

  /** Adds the activities that were handed out and have no answer yet. */
  void handedOut(Instance instance, List<WorkItem.Activity> out) {
    for (OpenTask task : instance.open().values()) {
      if (task.kind == Explanation.Kind.ACTIVITY && !task.answered() && task.token() != 0) {
        out.add(ActivityItems.handedOut(instance, task));
      }
    }
  }

  void setAside(Instance instance, Blocked block) {
    if (instance.turn() != null && context.wounded(Wound.BLOCKED_TURN_COUNTED_AS_READ)) {
      instance.turn().messages().forEach(message -> changes.consumed(instance, message));
      instance.closeTurn();
    }
    turns.giveBack(instance);
    if (instance.openActivities() > 0) {
      context.holdBack(instance.executionId());
    }
    blocking.setAside(instance, block);
  }

  /** Continues an execution that was blocked, except for activities that an executor still has. */
  private void goOn(Instance instance) {
    if (instance.startAt() != 0) {
      return;
    }
    if (!memory.mayRun(instance)) {
      memory.park(instance);
      return;
    }
    if (instance.parked()) {
      memory.unpark(instance);
    }
    for (OpenTask task : instance.open().values()) {
      if (task.kind == Explanation.Kind.ACTIVITY && !task.answered() && task.token() == 0) {
        changes.dispatch(instance, activities.item(instance, task));
      }
    }
    turns.openIfDue(instance);
  }

  /** Rewinds the instance to before its failure. */
  void rewind(Instance instance, List<HistoryEvent> history, Input.Rewind rewind) {
    begun(rewinding.goBack(instance, history, rewind));
  }

  private void dispatchActivities(Instance instance) {
    if (instance.openActivities() == 0 || instance.hasEnded()) {
      return;
    }
    for (OpenTask task : instance.open().values()) {
      if (task.kind == Explanation.Kind.ACTIVITY && !task.answered()) {
        changes.dispatch(instance, activities.item(instance, task));
      }
    }
  }

  private void await(Input.Wait wait, @Nullable Instance instance) {
    if (instance != null && Watchers.isOver(wait, instance)) {
      changes.reply(instance, wait.asker(), Optional.of(Views.state(instance, wait.payloads())));
    } else {
      watchers.add(wait);
    }
  }

  private void raise(Input.Raise raise, @Nullable Instance instance) {
    if (instance == null) {
      changes.reply(null, raise.asker(), Input.Delivered.NO_SUCH_INSTANCE);
    } else if (instance.hasEnded()) {
      changes.reply(instance, raise.asker(), Input.Delivered.TERMINAL);
    } else if (instance.inbox().size() >= context.limits().inboxMax()) {
      changes.whenDurable(
          instance,
          new Effect.Refuse(
              raise.asker(),
              new RefusedException(
                  RefusedException.Reason.OVERLOADED,
                  "Instance '%s' has %d unread messages, the limit (inboxMax). Raise the event again when it has read some."
                      .formatted(instance.id, instance.inbox().size()))));
    } else {
      Message message =
          lifecycle.receive(
              instance,
              Events.eventRaised(Times.timestamp(context.stamp()), raise.name(), raise.input()),
              Message.Source.CLIENT);
      changes.whenKept(message, new Effect.Reply<>(raise.asker(), Input.Delivered.ACCEPTED));
      turns.openIfDue(instance);
    }
  }

  private void resolve(Input.Resolve resolve, @Nullable Instance instance) {
    if (instance == null || instance.hasEnded()) {
      return;
    }
    String execution = resolve.parent().getOrchestrationInstance().getExecutionId().getValue();
    OpenTask task = instance.open().get(resolve.parent().getTaskScheduledId());
    if (task == null
        || task.answered()
        || task.kind != Explanation.Kind.CHILD
        || !(execution.equals(instance.executionId())
            || context.wounded(Wound.EXECUTION_NOT_CHECKED))) {
      return;
    }
    lifecycle.receive(instance, resolve.outcome(), Message.Source.INSTANCE);
    turns.openIfDue(instance);
  }

  private void childGone(Input.ChildGone gone, Instance instance) {
    for (OpenTask task : instance.open().values()) {
      if (task.kind == Explanation.Kind.CHILD
          && !task.answered()
          && task.childId().equals(gone.childId())) {
        HistoryEvent outcome =
            Events.childFailed(
                Times.timestamp(context.stamp()),
                task.id(),
                Events.failure("OrchestrationBlocked", gone.reason()));
        lifecycle.receive(instance, outcome, Message.Source.INSTANCE);
        turns.openIfDue(instance);
        return;
      }
    }
  }

  private void entityAnswered(Input.EntityAnswered answer, @Nullable Instance instance) {
    Instance asking = instance != null && isAsking(instance, answer) ? instance : null;
    if (asking != null && takes(asking, answer)) {
      lifecycle.receive(asking, answer.outcome(), Message.Source.INSTANCE);
      turns.openIfDue(asking);
    } else if (asking == null || !asking.sections().containsKey(answer.requestId())) {
      // The orchestrator no longer wants the lock, so the lock is released even though it was
      // granted late.
      lifecycle.unlock(answer.requestId(), answer.lockSet(), answer.instanceId());
    }
  }

  private static boolean isAsking(Instance instance, Input.EntityAnswered answer) {
    return !instance.hasEnded()
        && (answer.executionId() == null || answer.executionId().equals(instance.executionId()));
  }

  private static boolean takes(Instance instance, Input.EntityAnswered answer) {
    OpenTask task = instance.request(answer.requestId());
    boolean wanted = task == null ? answer.outcome().hasEventRaised() : !task.answered();
    return wanted
        && (answer.lockSet().isEmpty() || instance.sections().containsKey(answer.requestId()));
  }

  private void control(
      @Nullable Instance instance,
      @Nullable Asker<Input.Delivered> asker,
      Consumer<Instance> action) {
    Input.Delivered delivered = Input.Delivered.ACCEPTED;
    if (instance == null) {
      delivered = Input.Delivered.NO_SUCH_INSTANCE;
    } else if (instance.hasEnded()) {
      delivered = Input.Delivered.TERMINAL;
    } else {
      action.accept(instance);
    }
    if (asker != null) {
      changes.reply(instance, asker, delivered);
    }
  }

  private void terminate(Input.Terminate terminate, @Nullable Instance instance) {
    control(
        instance,
        terminate.asker(),
        i -> {
          if (terminate.onlyChildOf() == null || i.isChildOf(terminate.onlyChildOf())) {
            lifecycle.terminate(i, turns, terminate.output(), terminate.recursive());
          }
        });
  }

  private void terminate(Input.TerminateUnlessLocking terminate, @Nullable Instance instance) {
    boolean ends = instance != null && !instance.hasEnded() && !instance.isLocking();
    if (instance != null && ends) {
      lifecycle.terminate(instance, turns, terminate.output(), false);
    }
    changes.reply(instance, terminate.asker(), ends);
  }

  private void purge(Input.Purge purge, @Nullable Instance instance) {
    boolean goes = instance != null && (instance.hasEnded() || instance.isBlocked());
    if (instance != null && goes) {
      watchers.purged(instance.id, changes);
      if (!instance.hasEnded()) {
        // The parent must learn of the end, and the locks must be released.
        lifecycle.terminate(instance, turns, "\"Purged while it was blocked.\"", false);
      }
      context.remove(instance);
    }
    changes.reply(null, purge.asker(), goes);
  }

  private void answered(Answer answer, @Nullable Instance instance) {
    if (instance == null) {
      return;
    }
    if (answer instanceof Answer.TurnDone done) {
      Instance.OpenTurn turn = instance.turn();
      if (turn != null && turn.token() == done.item().token()) {
        turns.close(instance, turn, done.response());
        if (memory.get(instance.id) instanceof Instance current) {
          openUnlessHeld(current);
        }
      }
    } else if (answer instanceof Answer.ActivityDone done) {
      activityDone(done, instance);
    } else if (answer instanceof Answer.Blocked blocked) {
      blocked(blocked, instance);
    } else {
      context
          .problems()
          .impossible("expected the answer of a turn or an activity, but got " + answer);
    }
  }

  private void heldBack(WorkItem.Activity item, Instance instance) {
    OpenTask task = answeredTask(item, instance);
    if (task == null || task.token() != item.token()) {
      return;
    }
    task.heldByNone();
    if (!instance.isBlocked() && !instance.parked()) {
      // A retry came before this notice, so the activity must be handed out again.
      changes.dispatch(instance, activities.item(instance, task));
    }
  }

  private void blocked(Answer.Blocked answer, Instance instance) {
    if (answer.item() instanceof WorkItem.Activity activity) {
      OpenTask task = answeredTask(activity, instance);
      if (task == null) {
        return;
      }
      if (task.token() == activity.token()) {
        task.heldByNone();
      }
    } else if (instance.turn() == null || instance.turn().token() != answer.item().token()) {
      return;
    }
    if (!instance.isBlocked()) {
      setAside(instance, answer.block());
    }
  }

  /**
   * Returns the open task that an answer to this item concerns; null when the item's task is not
   * open any more.
   */
  private @Nullable OpenTask answeredTask(WorkItem.Activity item, Instance instance) {
    OpenTask task = instance.open().get(item.taskId());
    boolean current =
        item.executionId().equals(instance.executionId())
            || context.wounded(Wound.EXECUTION_NOT_CHECKED);
    if (task == null || task.kind != Explanation.Kind.ACTIVITY || !current || instance.hasEnded()) {
      return null;
    }
    if (task.answered() && !context.wounded(Wound.DUPLICATE_ANSWER_TAKEN)) {
      return null;
    }
    // An answer is void when it belongs to an earlier attempt under the same id, which has failed.
    // For items that an earlier process handed out, the attempt is unknown, so their answers count.
    return context.hasGiven(item.token()) && item.token() < task.firstToken() ? null : task;
  }

  private void activityDone(Answer.ActivityDone done, Instance instance) {
    OpenTask task = answeredTask(done.item(), instance);
    if (task == null) {
      return;
    }
    Timestamp at = Times.timestamp(context.stamp());
    ActivityResponse response = done.response();
    StringValue result = response.hasResult() ? response.getResult() : null;
    HistoryEvent event =
        response.hasFailureDetails()
            ? Events.taskFailed(at, task.id(), response.getFailureDetails())
            : Events.taskCompleted(at, task.id(), result);
    long took = Times.microsUp(at) - Times.microsUp(task.asked.getTimestamp());
    changes.reached(
        instance,
        new Milestone(
            response.hasFailureDetails()
                ? Milestone.Kind.ACTIVITY_FAILED
                : Milestone.Kind.ACTIVITY_COMPLETED,
            done.item().name(),
            Math.max(0, took)));
    changes.records(done.records());
    lifecycle.receive(
        instance,
        event,
        done.records().isEmpty() ? Message.Source.AGAIN : Message.Source.WITH_RECORDS);
    if (event.hasTaskFailed()) {
      turns.openIfDue(instance);
    } else {
      openUnlessHeld(instance);
    }
  }

  private void openUnlessHeld(Instance instance) {
    if (!held.holds(instance, context.now())) {
      turns.openIfDue(instance);
    }
  }

  /** Opens the turns that have waited long enough for more answers. */
  void openHeld() {
    for (Instance next = held.due(context.now()); next != null; next = held.due(context.now())) {
      turns.openIfDue(next);
    }
  }

  /** Returns when to call {@link #openHeld}; {@link Long#MAX_VALUE} for never. */
  long nextWake() {
    return held.nextWake();
  }

  /** Handles a timer of the instance that has fired. */
  void due(Instance instance, int timerId) {
    if (timerId == Rows.Timer.SCHEDULED_START) {
      if (instance.startAt() != 0 && instance.startAt() <= context.now()) {
        changes.dropScheduledStart(instance);
        begun(instance);
      }
      return;
    }
    OpenTask task = instance.open().get(timerId);
    if (task == null
        || task.answered()
        || task.kind != Explanation.Kind.TIMER
        || instance.hasEnded()
        || Times.microsUp(task.fireAt()) > context.now()) {
      return;
    }
    lifecycle.receive(
        instance, Events.timerFired(Times.timestamp(context.stamp()), task), Message.Source.AGAIN);
    turns.openIfDue(instance);
  }
}
