package dev.holdfast.core;

import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.ParentInstanceInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Represents something that can happen to a partition. */
public sealed interface Input {

  /**
   * Represents an input for one instance or entity. Inputs wait in order while their target is
   * being read from the store.
   */
  sealed interface ToInstance extends Input {
    String instanceId();

    /** Returns the asker that waits for an answer to this input; null when there is none. */
    default @Nullable Asker<?> asker() {
      return null;
    }
  }

  /** Says what happened to a message to an instance. */
  enum Delivered {
    ACCEPTED,
    NO_SUCH_INSTANCE,
    TERMINAL
  }

  /**
   * A client starts an instance.
   *
   * @param request the request, which contains an instance id
   * @param freshId true when the hub generated the id, so that no instance can have it and the
   *     store need not be asked
   */
  record Start(CreateInstanceRequest request, boolean freshId, Asker<String> asker)
      implements ToInstance {
    @Override
    public String instanceId() {
      return request.getInstanceId();
    }
  }

  /**
   * Starts a child on behalf of an orchestrator, or an orchestration without a parent on behalf of
   * an entity. The event {@code started} is complete and names the parent if there is one.
   */
  record StartChild(String instanceId, HistoryEvent started) implements ToInstance {}

  record Get(String instanceId, boolean payloads, Asker<Optional<OrchestrationState>> asker)
      implements ToInstance {}

  /**
   * Asks for an answer once the instance leaves PENDING or ends.
   *
   * @param end whether to wait for the end
   */
  record Wait(
      String instanceId, boolean payloads, boolean end, Asker<Optional<OrchestrationState>> asker)
      implements ToInstance {}

  /** Ends a {@link Wait} whose asker no longer waits. */
  record Unwait(String instanceId, Asker<Optional<OrchestrationState>> asker) implements Input {}

  /**
   * A client signals an entity.
   *
   * @param instanceId the entity's id, as {@link EntityIds#normal} spells it
   * @param dueAt the time at which the signal is due, in microseconds since the epoch; 0 means at
   *     once
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
   * Brings an operation or a lock request of another instance to an entity, in either generation of
   * entity messages.
   *
   * @param instanceId the entity's id, as for {@link Signal}
   */
  record Operate(String instanceId, HistoryEvent message) implements ToInstance {}

  /**
   * Brings the answer of an entity to the execution that has called or locked it.
   *
   * @param executionId the execution that asked; null when the request did not name it
   * @param requestId the id of the operation, or of the critical section
   * @param lockSet for a granted lock, all entities of the set; otherwise empty
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

  /**
   * Releases the lock of an entity whose holder no longer exists; the answer says whether that
   * holder had the lock.
   */
  record Unlock(String instanceId, String holder, Asker<Boolean> asker) implements ToInstance {}

  /** A client raises an event. */
  record Raise(String instanceId, String name, @Nullable String input, Asker<Delivered> asker)
      implements ToInstance {}

  /**
   * An orchestrator sends an event; the event is dropped when the target does not exist or has
   * ended.
   */
  record Send(String instanceId, String name, @Nullable String input) implements ToInstance {}

  /**
   * Brings the outcome of a child to its parent.
   *
   * @param parent the task of the parent that waits for the child; the outcome is dropped unless
   *     this task is still open
   * @param outcome SubOrchestrationInstanceCompleted or …Failed
   */
  record Resolve(ParentInstanceInfo parent, HistoryEvent outcome) implements ToInstance {
    @Override
    public String instanceId() {
      return parent.getOrchestrationInstance().getInstanceId();
    }
  }

  /**
   * Tells a parent that a child is gone when it is unknown which of its tasks started the child;
   * the parent finds out whether it still waits for a child with this id.
   *
   * @param instanceId the parent's id
   */
  record ChildGone(String instanceId, String childId, String reason) implements ToInstance {}

  /**
   * Terminates an instance.
   *
   * @param onlyChildOf terminates the instance only while it is the child of that execution,
   *     because another instance may have taken the id; null means that the parent does not matter
   * @param asker the asker; null when another instance sends the request
   */
  record Terminate(
      String instanceId,
      @Nullable String output,
      boolean recursive,
      @Nullable ParentInstanceInfo onlyChildOf,
      @Nullable Asker<Delivered> asker)
      implements ToInstance {}

  /**
   * Terminates an instance as {@link Terminate} does, unless it is inside a critical section or
   * waits to enter one; the answer says whether it was terminated.
   */
  record TerminateUnlessLocking(String instanceId, @Nullable String output, Asker<Boolean> asker)
      implements ToInstance {}

  record Suspend(String instanceId, @Nullable String reason, Asker<Delivered> asker)
      implements ToInstance {}

  record Resume(String instanceId, @Nullable String reason, Asker<Delivered> asker)
      implements ToInstance {}

  /**
   * Rewinds a failed instance.
   *
   * @param asker the asker; null when a parent that is rewound asks for its failed child
   * @param restart the child's ExecutionStarted with the parent's new execution in it, which starts
   *     the child again when it cannot be rewound; null when a client sends the request
   */
  record Rewind(
      String instanceId,
      @Nullable String reason,
      @Nullable HistoryEvent restart,
      @Nullable Asker<Boolean> asker)
      implements ToInstance {}

  /**
   * Sets an instance or entity aside, no matter what it is doing. The input does nothing when the
   * target does not exist, has ended or is blocked already.
   *
   * @param executionId the input blocks only this execution; null means any execution
   */
  record Block(String instanceId, @Nullable String executionId, Blocked block)
      implements ToInstance {}

  /** Answers {@link Effect.HoldBack}: no executor has this activity, so it may be set aside. */
  record HeldBack(WorkItem.Activity item) implements ToInstance {
    @Override
    public String instanceId() {
      return item.instanceId();
    }
  }

  /**
   * Lets a blocked instance or entity continue; the request is refused when its target is not
   * blocked.
   */
  record Retry(String instanceId, Asker<Delivered> asker) implements ToInstance {}

  /**
   * Removes an ended or blocked instance, or an entity; the answer says whether one was removed.
   */
  record Purge(String instanceId, Asker<Boolean> asker) implements ToInstance {}

  /** Asks what the instance waits for; the answer is empty when the instance does not exist. */
  record Explain(String instanceId, Asker<Optional<Explanation>> asker) implements ToInstance {}

  /** Brings the answer of an executor. */
  record Answered(Answer answer) implements ToInstance {
    @Override
    public String instanceId() {
      return answer.item().instanceId();
    }
  }

  /**
   * Delivers a message between instances that the store had kept since before the hub was opened.
   *
   * @param name the name of its keyed record in {@link Mailbag#NAMESPACE}
   */
  record Redelivered(String name, ToInstance input) implements Input {}

  /**
   * The store has answered an {@link Effect.Load}.
   *
   * @param ids the requested ids; an instance exists only if it is in one of the two lists of
   *     results
   * @param keys the requested keys
   * @param unreadable executions whose rows exist but cannot be read
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
   * @param stored the stored instance; null when it does not exist or cannot be read
   * @param problem why it cannot be read; null when it can
   */
  record HistoryLoaded(
      long read, String instanceId, Store.@Nullable Stored stored, @Nullable String problem)
      implements Input {}

  /**
   * The store has answered an {@link Effect.LoadTimers}.
   *
   * @param complete true when all timers of the range are there, false when the list was cut at the
   *     limit
   * @param unreadable executions whose timers cannot be read
   */
  record TimersLoaded(
      long from, long to, List<Rows.Timer> timers, boolean complete, List<Unreadable> unreadable)
      implements Input {}

  /**
   * The store has answered an {@link Effect.Admit}.
   *
   * @param found executions whose orchestrators are served
   * @param lastKey the highest key up to which the scan has seen every ready execution
   * @param complete true when no ready executions were above {@code lastKey}
   * @param unreadable ready executions that cannot be read
   */
  record Admitted(
      long read,
      List<Store.Stored> found,
      long lastKey,
      boolean complete,
      List<Unreadable> unreadable)
      implements Input {}

  /** The names that are served have changed, so executions that waited for them may be admitted. */
  record ServedChanged() implements Input {}
}
