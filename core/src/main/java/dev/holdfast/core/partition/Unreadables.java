package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Asker;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.Input;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Times;
import dev.holdfast.core.Unreadable;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Blocks instances and entities whose rows cannot be read, and answers inputs for them.
 *
 * <p>Messages to them are kept as mail, so the messages survive the process. Terminate and purge
 * work by the key of the rows. After a restart, an unreadable execution is found again when an
 * input addresses it, and none of its work runs.
 */
final class Unreadables {
  private final PartitionContext context;
  private final Memory memory;
  private final Watchers watchers;
  private final Lifecycle lifecycle;
  private final Turns turns;
  private final Map<String, Kept> byId = new LinkedHashMap<>(0);

  /** Holds one unreadable execution and the messages that it has received, in order of arrival. */
  private record Kept(Unreadable what, List<Queued> messages) {}

  Unreadables(PartitionContext context, Watchers watchers) {
    this.context = context;
    this.memory = context.memory();
    this.watchers = watchers;
    this.lifecycle = new Lifecycle(context, watchers);
    this.turns = new Turns(context, lifecycle);
  }

  /**
   * Adds an unreadable execution; the call changes nothing when the execution is already known or
   * its rows are gone.
   */
  void add(Unreadable found) {
    String id = found.instanceId();
    if (memory.get(id) != null || memory.isRemoved(found.key()) || byId.containsKey(id)) {
      return;
    }
    Blocked block = found.block().begunBy(context.now());
    byId.put(
        id, new Kept(new Unreadable(id, found.key(), found.summary(), block), new ArrayList<>(0)));
    if (found.key() != 0) {
      context.changes().recordBlock(id, block.message().toByteString());
    }
    context
        .problems()
        .warn(
            ("'%s' is blocked, because it cannot be read: %s. All others go on. Messages to it are"
                    + " kept; 'holdfast terminate %s' and 'holdfast purge %s' work by its key.")
                .formatted(id, block.words(), id, id));
  }

  /**
   * Adds all of these executions; see {@link #add}. This blocks them, so their entries in {@code
   * aside} are dropped.
   */
  void addAll(List<Unreadable> found, Aside aside) {
    for (Unreadable one : found) {
      var unused = aside.take(one.instanceId());
      add(one);
    }
  }

  boolean holds(String id) {
    return byId.containsKey(id);
  }

  /**
   * Handles an input for an unreadable execution.
   *
   * @return false when the target of the input is not an unreadable execution
   */
  boolean takes(Queued queued) {
    Kept kept = byId.get(queued.input().instanceId());
    if (kept == null) {
      return false;
    }
    Input.ToInstance input = queued.input();
    if (input instanceof Input.Terminate terminate) {
      dropMail(queued);
      terminate(terminate, kept);
    } else if (input instanceof Input.StartChild child) {
      dropMail(queued);
      refuse(child);
    } else if (Mailbag.isMail(input)) {
      keep(queued, kept);
    } else if (!isQuestion(input, kept)) {
      change(input, kept);
    }
    return true;
  }

  private boolean isQuestion(Input.ToInstance input, Kept kept) {
    Unreadable what = kept.what();
    Changes changes = context.changes();
    if (input instanceof Input.Get get) {
      changes.reply(null, get.asker(), Optional.of(what.state(get.payloads())));
    } else if (input instanceof Input.Wait wait) {
      if (what.hasEnded()) {
        changes.reply(null, wait.asker(), Optional.of(what.state(wait.payloads())));
      } else {
        watchers.add(wait);
      }
    } else if (input instanceof Input.Explain explain) {
      changes.reply(
          null,
          explain.asker(),
          Optional.of(
              new Explanation(
                  what.state(true),
                  0,
                  0,
                  kept.messages().size(),
                  0,
                  List.of(),
                  null,
                  Explanation.Told.NOTHING)));
    } else if (input instanceof Input.GetEntity get) {
      refuse(get.asker(), what);
    } else {
      return false;
    }
    return true;
  }

  private void change(Input.ToInstance input, Kept kept) {
    Unreadable what = kept.what();
    if (input instanceof Input.Raise raise) {
      raise(raise, kept);
    } else if (input instanceof Input.Signal signal) {
      EntityMessage message =
          EntityMessage.signal(
              signal.requestId(), signal.operation(), signal.input(), signal.dueAt());
      accept(operate(what, message), kept, signal.asker());
    } else if (input instanceof Input.Start start) {
      context
          .changes()
          .whenDurable(
              new Effect.Refuse(
                  start.asker(), refusal(RefusedException.Reason.ALREADY_EXISTS, what)));
    } else if (input instanceof Input.Suspend suspend) {
      refuse(suspend.asker(), what);
    } else if (input instanceof Input.Resume resume) {
      refuse(resume.asker(), what);
    } else if (input instanceof Input.Rewind rewind && rewind.asker() != null) {
      refuse(rewind.asker(), what);
    } else if (input instanceof Input.TerminateUnlessLocking terminate) {
      context.changes().reply(null, terminate.asker(), false);
    } else if (input instanceof Input.Unlock unlock) {
      context.changes().reply(null, unlock.asker(), false);
    } else if (input instanceof Input.Retry retry) {
      retry(retry, kept);
    } else if (input instanceof Input.Purge purge) {
      purge(purge, kept);
    } else if (input.asker() != null) {
      refuse(input.asker(), what); // All other inputs are refused if they have an asker.
    }
    // Answers of executors are void, because the open tasks of the execution are not known.
  }

  private void raise(Input.Raise raise, Kept kept) {
    Unreadable what = kept.what();
    if (!EntityIds.isEntity(what.instanceId())) {
      accept(new Input.Send(what.instanceId(), raise.name(), raise.input()), kept, raise.asker());
      return;
    }
    EntityMessage message =
        LegacyEntityJson.message(raise.name(), raise.input() == null ? "" : raise.input());
    if (message == null) {
      refuse(raise.asker(), what);
    } else {
      accept(operate(what, message), kept, raise.asker());
    }
  }

  private Input.Operate operate(Unreadable what, EntityMessage message) {
    return new Input.Operate(what.instanceId(), message.event(Times.timestamp(context.stamp())));
  }

  private void accept(Input.ToInstance message, Kept kept, Asker<Input.Delivered> asker) {
    if (kept.what().hasEnded()) {
      context.changes().reply(null, asker, Input.Delivered.TERMINAL);
    } else if (kept.messages().size() >= context.limits().inboxMax()) {
      context
          .changes()
          .whenDurable(
              new Effect.Refuse(asker, refusal(RefusedException.Reason.OVERLOADED, kept.what())));
    } else {
      keep(new Queued(message, null), kept);
      context.changes().reply(null, asker, Input.Delivered.ACCEPTED);
    }
  }

  private void keep(Queued queued, Kept kept) {
    String name = queued.mail();
    if (name == null) {
      name = context.mailName();
      context.changes().record(name, Mailbag.bytes(queued.input()));
    }
    kept.messages().add(new Queued(queued.input(), name));
  }

  private void dropMail(Queued queued) {
    if (queued.mail() != null) {
      context.changes().record(queued.mail(), null);
    }
  }

  private void refuse(Input.StartChild child) {
    ExecutionStartedEvent started = child.started().getExecutionStarted();
    if (started.hasParentInstance()) {
      int taskId = started.getParentInstance().getTaskScheduledId();
      context.hand(
          new Input.Resolve(
              started.getParentInstance(),
              Events.childFailed(
                  Times.timestamp(context.stamp()),
                  taskId,
                  Events.failure(
                      "OrchestrationAlreadyExists",
                      "Sub-orchestration '%s' cannot start: an instance with this id exists and is blocked."
                          .formatted(child.instanceId())))));
    }
  }

  private void refuse(Asker<?> asker, Unreadable what) {
    context
        .changes()
        .whenDurable(
            new Effect.Refuse(asker, refusal(RefusedException.Reason.FAILED_PRECONDITION, what)));
  }

  private static RefusedException refusal(RefusedException.Reason reason, Unreadable what) {
    return new RefusedException(
        reason,
        "'%s' is there, but it is blocked and cannot be read: %s."
            .formatted(what.instanceId(), what.block().words()));
  }

  private void retry(Input.Retry retry, Kept kept) {
    String id = kept.what().instanceId();
    context.changes().recordBlock(id, null);
    context.changes().reply(null, retry.asker(), Input.Delivered.ACCEPTED);
    // Any input for the instance makes the partition read it; this input does so in case no other
    // one comes.
    context.again(new Queued(new Input.HeldBack(nobody(id)), null));
    forget(kept);
  }

  /**
   * Makes an activity that belongs to no execution, so that an instance which receives it changes
   * nothing.
   */
  private static WorkItem.Activity nobody(String id) {
    dev.holdfast.protocol.ActivityRequest.Builder request =
        dev.holdfast.protocol.ActivityRequest.newBuilder().setTaskId(-1);
    request.getOrchestrationInstanceBuilder().setInstanceId(id);
    return new WorkItem.Activity(0, null, request.build());
  }

  /**
   * Forgets the unreadable execution; the messages that it has received go to the next instance
   * with the same id.
   */
  private void forget(Kept kept) {
    byId.remove(kept.what().instanceId());
    kept.messages().forEach(context::again);
  }

  private void purge(Input.Purge purge, Kept kept) {
    if (hasNoKey(kept)) {
      refuse(purge.asker(), kept.what());
      return;
    }
    remove(kept);
    watchers.purged(kept.what().instanceId(), context.changes());
    tellParent(kept.what(), "was purged while it was blocked");
    forget(kept);
    context.changes().reply(null, purge.asker(), true);
  }

  private static boolean hasNoKey(Kept kept) {
    return kept.what().key() == 0;
  }

  private void remove(Kept kept) {
    context.changes().remove(kept.what());
    memory.removed(kept.what().key());
  }

  private void tellParent(Unreadable what, String how) {
    if (!what.parentId().isEmpty() && !what.hasEnded()) {
      context.hand(
          new Input.ChildGone(
              what.parentId(),
              what.instanceId(),
              "Sub-orchestration '%s' %s.".formatted(what.instanceId(), how)));
    }
  }

  /** Replaces the rows by those of an execution that records only its termination. */
  private void terminate(Input.Terminate terminate, Kept kept) {
    Unreadable what = kept.what();
    boolean meant =
        terminate.onlyChildOf() == null
            || terminate
                .onlyChildOf()
                .getOrchestrationInstance()
                .getInstanceId()
                .equals(what.parentId());
    Asker<Input.Delivered> asker = terminate.asker();
    if (EntityIds.isEntity(what.instanceId()) || what.hasEnded()) {
      if (asker != null) {
        boolean entity = EntityIds.isEntity(what.instanceId());
        context
            .changes()
            .reply(
                null, asker, entity ? Input.Delivered.NO_SUCH_INSTANCE : Input.Delivered.TERMINAL);
      }
      return;
    }
    if (hasNoKey(kept) || !meant) {
      if (asker != null) {
        refuse(asker, what);
      }
      return;
    }
    remove(kept);
    Instance ended = successor(what);
    lifecycle.terminate(ended, turns, terminate.output(), false);
    tellParent(what, "was terminated while it was blocked");
    forget(kept);
    if (asker != null) {
      context.changes().reply(ended, asker, Input.Delivered.ACCEPTED);
    }
  }

  private Instance successor(Unreadable what) {
    Rows.Instance summary = what.summary();
    long createdAt = summary == null ? context.now() : summary.createdAt();
    OrchestrationState state =
        (summary == null
                ? OrchestrationState.newBuilder().setInstanceId(what.instanceId())
                : summary.state().toBuilder())
            .clearBlocked()
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
            .setExecutionId(StringValue.of(context.newGuid()))
            .setCreatedTimestamp(Times.timestamp(createdAt))
            .setLastUpdatedTimestamp(Times.timestamp(context.now()))
            .build();
    Instance instance = lifecycle.revive(state, createdAt);
    lifecycle.receive(instance, started(state), Message.Source.INSTANCE);
    return instance;
  }

  private HistoryEvent started(OrchestrationState state) {
    ExecutionStartedEvent.Builder started =
        ExecutionStartedEvent.newBuilder().setName(state.getName());
    started
        .getOrchestrationInstanceBuilder()
        .setInstanceId(state.getInstanceId())
        .setExecutionId(state.getExecutionId());
    if (state.hasVersion()) {
      started.setVersion(state.getVersion());
    }
    if (state.hasInput()) {
      started.setInput(state.getInput());
    }
    return Events.inbound(Times.timestamp(context.stamp())).setExecutionStarted(started).build();
  }

  /**
   * Refuses a rewind because of the problem.
   *
   * @return false when there is no problem or the input is not a rewind
   */
  boolean refusesRewind(@Nullable String problem, Queued queued) {
    if (problem == null || !(queued.input() instanceof Input.Rewind rewind)) {
      return false;
    }
    dropMail(queued);
    refuseRewind(rewind, problem);
    return true;
  }

  private void refuseRewind(Input.Rewind rewind, String problem) {
    Asker<Boolean> asker = rewind.asker();
    if (asker != null) {
      context
          .changes()
          .whenDurable(
              new Effect.Refuse(
                  asker,
                  new RefusedException(
                      RefusedException.Reason.FAILED_PRECONDITION,
                      "The history of '%s' cannot be read, so there is no way back: %s"
                          .formatted(rewind.instanceId(), problem))));
    } else if (rewind.restart() != null) {
      context.hand(new Input.StartChild(rewind.instanceId(), rewind.restart()));
    }
  }
}
