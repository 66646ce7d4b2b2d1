package dev.holdfast.orchestrations.entities;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.interruption.OrchestratorBlockedException;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets an orchestrator call, signal and lock entities.
 *
 * <pre>{@code
 * Entities entities = Entities.of(ctx);
 * EntityId counter = new EntityId("Counter", "visits");
 * entities.signal(counter, "add", 1);
 * int visits = entities.call(counter, "get", Integer.class).await();
 * }</pre>
 *
 * <p>A proxy does the same with types. In this example, {@code VisitCounter} is an interface with
 * {@code void add(int n)}, which signals, and {@code Task<Integer> get()}, which calls:
 *
 * <pre>{@code
 * VisitCounter counter = entities.proxy(VisitCounter.class, new EntityId("Counter", "visits"));
 * counter.add(1);
 * int visits = counter.get().await();
 * }</pre>
 *
 * <p>All messages of an orchestrator to one entity arrive in the order in which they were sent,
 * except delayed signals.
 *
 * <p>Make one object of this class at the top of the orchestrator and pass it to the code that
 * needs it, because the object knows whether locks are held. Never keep the object in a field.
 */
public final class Entities {

  private final TaskOrchestrationContext ctx;
  private @Nullable SortedSet<EntityId> locked;

  private Entities(TaskOrchestrationContext ctx) {
    this.ctx = ctx;
  }

  public static Entities of(TaskOrchestrationContext ctx) {
    return new Entities(ctx);
  }

  /**
   * Calls an operation as {@link #call(EntityId, String, Object, Class)} does, but without input
   * and result.
   */
  public Task<Void> call(EntityId id, String operation) {
    return call(id, operation, null, Void.class);
  }

  /**
   * Calls an operation as {@link #call(EntityId, String, Object, Class)} does, but without result.
   */
  public Task<Void> call(EntityId id, String operation, @Nullable Object input) {
    return call(id, operation, input, Void.class);
  }

  /**
   * Calls an operation as {@link #call(EntityId, String, Object, Class)} does, but without input.
   */
  public <R> Task<R> call(EntityId id, String operation, Class<R> result) {
    return call(id, operation, null, result);
  }

  /**
   * Calls an operation and returns a task for its result. An entity that does not exist is created.
   *
   * @return a task that fails with {@code TaskFailedException} if the operation failed and so
   *     changed nothing; {@code getErrorDetails()} has the reason. The task can be used like any
   *     other task, for example in {@code anyOf}, {@code allOf}, {@link
   *     dev.holdfast.orchestrations.FanOut}
   * @throws IllegalStateException the orchestrator holds locks, and this entity is not among the
   *     locked ones, so that the orchestrator could wait for itself
   */
  @SuppressWarnings("unchecked") // Json has made the result a value of that type.
  public <R> Task<R> call(EntityId id, String operation, @Nullable Object input, Class<R> result) {
    return (Task<R>) call(id, operation, input, (Type) result);
  }

  private Task<?> call(EntityId id, String operation, @Nullable Object input, Type result) {
    if (locked != null && !locked.contains(id)) {
      throw new IllegalStateException(
          "Operation '%s' of %s cannot be called while %s are locked. Lock it with them, or call it after."
              .formatted(operation, id, locked));
    }
    String requestId = ctx.newUUID().toString();
    Task<JsonNode> reply = ctx.waitForExternalEvent(requestId, JsonNode.class);
    ctx.sendEvent(
        id.toString(),
        Messages.OPERATION,
        Messages.call(requestId, ctx.getInstanceId(), operation, input));
    return reply.thenApply(told -> Replies.result(told, result, id, operation));
  }

  /** Signals an operation as {@link #signal(EntityId, String, Object)} does, but without input. */
  public void signal(EntityId id, String operation) {
    signal(id, operation, null);
  }

  /**
   * Signals an operation and does not wait. The orchestrator does not learn whether it succeeds.
   *
   * @throws IllegalStateException this orchestrator has locked the entity: hosts differ in whether
   *     a signal would overtake the calls, so call the operation instead
   */
  public void signal(EntityId id, String operation, @Nullable Object input) {
    signal(null, id, operation, input);
  }

  /**
   * Signals an operation as {@link #signal(EntityId, String, Object)} does, but the operation runs
   * at {@code due}.
   */
  public void signalAt(Instant due, EntityId id, String operation, @Nullable Object input) {
    signal(due, id, operation, input);
  }

  private void signal(
      @Nullable Instant due, EntityId id, String operation, @Nullable Object input) {
    if (locked != null && locked.contains(id)) {
      throw new IllegalStateException(
          "Operation '%s' of %s cannot be signalled while this orchestrator has it locked. Call it, or signal it after."
              .formatted(operation, id));
    }
    ctx.sendEvent(
        id.toString(),
        Messages.signalName(due),
        Messages.signal(ctx.newUUID().toString(), due, operation, input));
  }

  /**
   * Returns the entity as an object. A method that returns a {@code Task} calls an operation, and a
   * {@code void} method signals it; the method's name is the operation's name, and its parameter,
   * if it has one, is the input.
   *
   * @throws IllegalArgumentException the type is not an interface, or a method has another form
   */
  public <T> T proxy(Class<T> type, EntityId id) {
    return Proxies.of(
        type,
        id,
        true,
        (operation, input, result) -> {
          if (result != null) {
            return call(id, operation, input, result);
          }
          signal(id, operation, input);
          return null;
        });
  }

  /**
   * Runs a body while only this orchestrator can use these entities, and returns the body's result.
   *
   * <pre>{@code
   * boolean paid = entities.locked(List.of(from, to), () -> {
   *   if (entities.call(from, "get", Integer.class).await() < amount) {
   *     return false;
   *   }
   *   entities.call(from, "add", -amount).await();
   *   entities.call(to, "add", amount).await();
   *   return true;
   * });
   * }</pre>
   *
   * <p>The call waits until all entities are locked: they are locked one after the other in the
   * order of their IDs, which is the same for all orchestrators, so that no deadlock arises. They
   * are released when the body has returned or thrown; an orchestrator that ends in any other way,
   * such as by termination, releases its locks too. The body may call only locked entities and
   * signal only others, and it should not await a sub-orchestration that might use one of the
   * locked entities.
   *
   * <p>This is a method with a body, and not an object to be closed, because of the way in which an
   * orchestrator waits: an exception unwinds it, and it later runs again. A {@code finally} or
   * {@code try}-with-resources would release the locks at the first {@code await()} inside.
   *
   * @param ids the IDs of at least one entity; repeated IDs count once
   * @throws IllegalStateException the call is made inside another body
   */
  public <R> R locked(Collection<EntityId> ids, Supplier<R> body) {
    SortedSet<EntityId> sorted = new TreeSet<>(ids);
    String section = lock(sorted);
    R result;
    try {
      result = body.get();
    } catch (OrchestratorBlockedException e) {
      throw e; // The orchestrator waits, and will run this code again in a later turn.
    } catch (Throwable e) {
      release(section, sorted);
      throw e;
    }
    release(section, sorted);
    return result;
  }

  /** Locks entities as {@link #locked(Collection, Supplier)} does, for a body without a result. */
  public void locked(Collection<EntityId> ids, Runnable body) {
    locked(
        ids,
        () -> {
          body.run();
          return Boolean.TRUE;
        });
  }

  private String lock(SortedSet<EntityId> sorted) {
    if (locked != null) {
      throw new IllegalStateException(
          "%s cannot be locked while %s are. Lock all of them at once.".formatted(sorted, locked));
    }
    if (sorted.isEmpty()) {
      throw new IllegalArgumentException("there is no entity to lock");
    }
    String section = ctx.newUUID().toString();
    Task<JsonNode> granted = ctx.waitForExternalEvent(section, JsonNode.class);
    ctx.sendEvent(
        sorted.first().toString(),
        Messages.OPERATION,
        Messages.lock(section, ctx.getInstanceId(), sorted));
    granted.await();
    locked = sorted;
    return section;
  }

  private void release(String section, SortedSet<EntityId> sorted) {
    locked = null;
    try {
      for (EntityId id : sorted) {
        ctx.sendEvent(
            id.toString(), Messages.RELEASE, Messages.release(section, ctx.getInstanceId()));
      }
    } catch (IllegalStateException e) {
      // The body has completed the orchestration, which releases its locks.
    }
  }
}
