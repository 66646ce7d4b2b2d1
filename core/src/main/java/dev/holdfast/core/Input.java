package dev.holdfast.core;

import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.ParentInstanceInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything that can happen to a partition. */
public sealed interface Input {

  /**
   * What is addressed to one instance; it waits in order while the instance is being read from the
   * store.
   */
  sealed interface ToInstance extends Input {
    String instanceId();

    /** Who waits for an answer; null when nobody does. */
    default @Nullable Asker<?> asker() {
      return null;
    }
  }

  /** What became of a message to an instance. */
  enum Delivered {
    ACCEPTED,
    NO_SUCH_INSTANCE,
    TERMINAL
  }

  /**
   * A client starts an instance.
   *
   * @param request with an instance id in it
   * @param freshId the id was generated here, so no instance can have it and the store need not be
   *     asked
   */
  record Start(CreateInstanceRequest request, boolean freshId, Asker<String> asker)
      implements ToInstance {
    @Override
    public String instanceId() {
      return request.getInstanceId();
    }
  }

  /**
   * An orchestrator starts a child, or an entity an orchestration that is nobody's child: {@code
   * started} is complete, parent included where there is one.
   */
  record StartChild(String instanceId, HistoryEvent started) implements ToInstance {}

  record Get(String instanceId, boolean payloads, Asker<Optional<OrchestrationState>> asker)
      implements ToInstance {}

  /**
   * Wait for the instance to leave PENDING or to end.
   *
   * @param end true waits for the end
   */
  record Wait(
      String instanceId, boolean payloads, boolean end, Asker<Optional<OrchestrationState>> asker)
      implements ToInstance {}

  /** The asker of a {@link Wait} has gone away. */
  record Unwait(String instanceId, Asker<Optional<OrchestrationState>> asker) implements Input {}

  /**
   * A client signals an entity.
   *
   * @param instanceId the entity's, as {@link EntityIds#normal} spells it
   * @param dueAt microseconds since the epoch; 0 for at once
   */
  record Signal(
      String instanceId,
      String requestId,
      String operation,
      @Nullable String input,
      long dueAt,
      Asker<Delivered> asker)
      implements ToInstance {}

  /**
   * Another instance asks something of an entity, in either generation.
   *
   * @param instanceId as for {@link Signal}
   */
  record Operate(String instanceId, HistoryEvent message) implements ToInstance {}

  /**
   * An entity answers the execution that has called or locked it.
   *
   * @param executionId which execution; null when it has not said
   * @param requestId of the operation, or the id of the critical section
   * @param lockSet of a lock that is granted, all that is locked by now; else empty
   */
  record EntityAnswered(
      String instanceId,
      @Nullable String executionId,
      String requestId,
      HistoryEvent outcome,
      List<String> lockSet)
      implements ToInstance {}

  record GetEntity(String instanceId, boolean withState, Asker<Optional<EntityMetadata>> asker)
      implements ToInstance {}

  /** Takes an entity's lock from a holder that is no more; answers whether it held it. */
  record Unlock(String instanceId, String holder, Asker<Boolean> asker) implements ToInstance {}

  /** A client raises an event. */
  record Raise(String instanceId, String name, @Nullable String input, Asker<Delivered> asker)
      implements ToInstance {}

  /** An orchestrator sends an event; dropped when there is no live instance. */
  record Send(String instanceId, String name, @Nullable String input) implements ToInstance {}

  /**
   * The outcome of a child for its parent.
   *
   * @param parent who waits: dropped unless that execution still has that task open
   * @param outcome SubOrchestrationInstanceCompleted or …Failed
   */
  record Resolve(ParentInstanceInfo parent, HistoryEvent outcome) implements ToInstance {
    @Override
    public String instanceId() {
      return parent.getOrchestrationInstance().getInstanceId();
    }
  }

  /**
   * A child is gone, and nobody knows any more which task of its parent has started it: the parent
   * does, if it still waits for one of this id.
   *
   * @param instanceId the parent's
   */
  record ChildGone(String instanceId, String childId, String reason) implements ToInstance {}

  /**
   * @param onlyChildOf null for any; else only while it is the child of that execution, for the id
   *     may belong to somebody else
   * @param asker null when another instance asks
   */
  record Terminate(
      String instanceId,
      @Nullable String output,
      boolean recursive,
      @Nullable ParentInstanceInfo onlyChildOf,
      @Nullable Asker<Delivered> asker)
      implements ToInstance {}

  /**
   * As {@link Terminate}, but not while it is inside a critical section or on its way into one;
   * answers whether it was terminated.
   */
  record TerminateUnlessLocking(String instanceId, @Nullable String output, Asker<Boolean> asker)
      implements ToInstance {}

  record Suspend(String instanceId, @Nullable String reason, Asker<Delivered> asker)
      implements ToInstance {}

  record Resume(String instanceId, @Nullable String reason, Asker<Delivered> asker)
      implements ToInstance {}

  /**
   * @param asker null when a parent that is rewound asks for its failed child
   * @param restart the child's ExecutionStarted with the parent's new execution in it, to start it
   *     again should it not be there to be rewound; null when a client asks
   */
  record Rewind(
      String instanceId,
      @Nullable String reason,
      @Nullable HistoryEvent restart,
      @Nullable Asker<Boolean> asker)
      implements ToInstance {}

  /**
   * Sets an instance or entity aside, whatever it does at the moment; nothing when there is none,
   * when it has ended, or when it is blocked already.
   *
   * @param executionId only while this is its execution; null for any
   */
  record Block(String instanceId, @Nullable String executionId, Blocked block)
      implements ToInstance {}

  /** As {@link Effect.HoldBack} asks: nobody has this activity any more. */
  record HeldBack(WorkItem.Activity item) implements ToInstance {
    @Override
    public String instanceId() {
      return item.instanceId();
    }
  }

  /** Lets an instance or entity that is blocked go on; refused when it is not. */
  record Retry(String instanceId, Asker<Delivered> asker) implements ToInstance {}

  /** Removes an ended instance, or an entity; answers whether there was one to remove. */
  record Purge(String instanceId, Asker<Boolean> asker) implements ToInstance {}

  /** What the instance waits for; empty when there is none. */
  record Explain(String instanceId, Asker<Optional<Explanation>> asker) implements ToInstance {}

  /** An executor has answered. */
  record Answered(Answer answer) implements ToInstance {
    @Override
    public String instanceId() {
      return answer.item().instanceId();
    }
  }

  /**
   * A message between instances that the store had kept when the hub was opened.
   *
   * @param name of its keyed record in {@link Mailbag#NAMESPACE}
   */
  record Redelivered(String name, ToInstance input) implements Input {}

  /**
   * The store has answered an {@link Effect.Load}.
   *
   * @param ids those asked for by id; the ones in neither list do not exist
   * @param keys those asked for by key
   * @param unreadable those that are there and cannot be read
   */
  record Loaded(
      long read,
      List<String> ids,
      List<Long> keys,
      List<Store.Stored> found,
      List<Unreadable> unreadable)
      implements Input {}

  /**
   * The store has answered an {@link Effect.LoadHistory}.
   *
   * @param stored null when there is no such instance, or it cannot be read
   * @param problem why it cannot be read; null when it can
   */
  record HistoryLoaded(
      long read, String instanceId, Store.@Nullable Stored stored, @Nullable String problem)
      implements Input {}

  /**
   * The store has answered an {@link Effect.LoadTimers}.
   *
   * @param complete all timers of the range are there (else the list was cut at the limit)
   * @param unreadable whose timers cannot be read
   */
  record TimersLoaded(
      long from, long to, List<Rows.Timer> timers, boolean complete, List<Unreadable> unreadable)
      implements Input {}

  /**
   * The store has answered an {@link Effect.Admit}.
   *
   * @param found those that are served
   * @param lastKey the scan has seen every ready execution up to this key
   * @param complete there were none above {@code lastKey}
   * @param unreadable those that were to be found and cannot be read
   */
  record Admitted(
      long read,
      List<Store.Stored> found,
      long lastKey,
      boolean complete,
      List<Unreadable> unreadable)
      implements Input {}

  /** Names that are served now have changed: what waited for them may be admitted. */
  record ServedChanged() implements Input {}
}
