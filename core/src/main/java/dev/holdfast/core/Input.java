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
   * An input of this kind is addressed to one instance; it waits in order while the instance is
   * being read from the store.
   */
  sealed interface ToInstance extends Input {
    String instanceId();

    /** Returns the asker that waits for an answer; null when there is none. */
    default @Nullable Asker<?> asker() {
      return null;
    }
  }

  /** Says what became of a message to an instance. */
  enum Delivered {
    ACCEPTED,
    NO_SUCH_INSTANCE,
    TERMINAL
  }

  /**
   * A client starts an instance.
   *
   * @param request the request, with an instance id in it
   * @param freshId true when the id was generated here, so that no instance can have it and the
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
   * an entity. {@code started} is complete and names the parent where there is one.
   */
  record StartChild(String instanceId, HistoryEvent started) implements ToInstance {}

  record Get(String instanceId, boolean payloads, Asker<Optional<OrchestrationState>> asker)
      implements ToInstance {}

  /**
   * Waits until the instance leaves PENDING or ends.
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
   * @param instanceId the entity's id, as {@link EntityIds#normal} spells it
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
   * @param instanceId the entity's id, as for {@link Signal}
   */
  record Operate(String instanceId, HistoryEvent message) implements ToInstance {}

  /**
   * An entity answers the execution that has called or locked it.
   *
   * @param executionId the execution that asked; null when it has not said which it is
   * @param requestId the id of the operation, or of the critical section
   * @param lockSet for a granted lock, all entities that are locked by now; else empty
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
   * Takes an entity's lock from a holder that no longer exists; answers whether that holder had it.
   */
  record Unlock(String instanceId, String holder, Asker<Boolean> asker) implements ToInstance {}

  /** A client raises an event. */
  record Raise(String instanceId, String name, @Nullable String input, Asker<Delivered> asker)
      implements ToInstance {}

  /** An orchestrator sends an event; it is dropped when the target does not exist or has ended. */
  record Send(String instanceId, String name, @Nullable String input) implements ToInstance {}

  /**
   * Brings the outcome of a child to its parent.
   *
   * @param parent the parent's task that waits; the outcome is dropped unless that execution still
   *     has that task open
   * @param outcome SubOrchestrationInstanceCompleted or …Failed
   */
  record Resolve(ParentInstanceInfo parent, HistoryEvent outcome) implements ToInstance {
    @Override
    public String instanceId() {
      return parent.getOrchestrationInstance().getInstanceId();
    }
  }

  /**
   * A child is gone, and it is no longer known which task of its parent started it; the parent
   * finds out whether it still waits for a child of this id.
   *
   * @param instanceId the parent's id
   */
  record ChildGone(String instanceId, String childId, String reason) implements ToInstance {}

  /**
   * Terminates an instance.
   *
   * @param onlyChildOf terminates the instance only while it is the child of that execution,
   *     because another instance may have taken the id; null terminates any
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
   * Terminates an instance as {@link Terminate} does, unless it is inside a critical section or
   * waits to enter one; answers whether it was terminated.
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
   * @param asker null when a parent that is rewound asks for its failed child
   * @param restart the child's ExecutionStarted with the parent's new execution in it, which starts
   *     the child again when it cannot be rewound; null when a client asks
   */
  record Rewind(
      String instanceId,
      @Nullable String reason,
      @Nullable HistoryEvent restart,
      @Nullable Asker<Boolean> asker)
      implements ToInstance {}

  /**
   * Sets an instance or entity aside, whatever it does at the moment. The input does nothing when
   * the target does not exist, has ended or is blocked already.
   *
   * @param executionId blocks the target only while this is its execution; null for any
   */
  record Block(String instanceId, @Nullable String executionId, Blocked block)
      implements ToInstance {}

  /** Answers {@link Effect.HoldBack}: no executor has this activity any more. */
  record HeldBack(WorkItem.Activity item) implements ToInstance {
    @Override
    public String instanceId() {
      return item.instanceId();
    }
  }

  /** Lets a blocked instance or entity go on; refused when it is not blocked. */
  record Retry(String instanceId, Asker<Delivered> asker) implements ToInstance {}

  /** Removes an ended or blocked instance, or an entity; answers whether one was removed. */
  record Purge(String instanceId, Asker<Boolean> asker) implements ToInstance {}

  /** Asks what the instance waits for; the answer is empty when it does not exist. */
  record Explain(String instanceId, Asker<Optional<Explanation>> asker) implements ToInstance {}

  /** An executor has answered. */
  record Answered(Answer answer) implements ToInstance {
    @Override
    public String instanceId() {
      return answer.item().instanceId();
    }
  }

  /**
   * Delivers a message between instances that the store had kept when the hub was opened.
   *
   * @param name the name of its keyed record in {@link Mailbag#NAMESPACE}
   */
  record Redelivered(String name, ToInstance input) implements Input {}

  /**
   * The store has answered an {@link Effect.Load}.
   *
   * @param ids the ids that were asked for; an id that is in neither list does not exist
   * @param keys the keys that were asked for
   * @param unreadable executions that are there and cannot be read
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
   * @param stored null when the instance does not exist or cannot be read
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
   * @param lastKey the scan has seen every ready execution up to this key
   * @param complete true when there were none above {@code lastKey}
   * @param unreadable executions that were to be found and cannot be read
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
