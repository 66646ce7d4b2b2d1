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
 * Entities as an orchestrator sees them: to be called, signalled and locked.
 *
 * <pre>{@code
 * Entities entities = Entities.of(ctx);
 * EntityId counter = new EntityId("Counter", "visits");
 * entities.signal(counter, "add", 1);
 * int visits = entities.call(counter, "get", Integer.class).await();
 * }</pre>
 *
 * <p>The same with types, where {@code VisitCounter} is an interface with {@code void add(int n)},
 * which signals, and {@code Task<Integer> get()}, which calls:
 *
 * <pre>{@code
 * VisitCounter counter = entities.proxy(VisitCounter.class, new EntityId("Counter", "visits"));
 * counter.add(1);
 * int visits = counter.get().await();
 * }</pre>
 *
 * <p>Everything an orchestrator says to one entity arrives in the order in which it was said.
 * Delayed signals are not part of that order.
 *
 * <p>Make one at the top of the orchestrator and hand it to whoever needs it: it knows whether
 * locks are held. Never keep it in a field.
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

  /** As {@link #call(EntityId, String, Object, Class)}, without input and result. */
  public Task<Void> call(EntityId id, String operation) {
    return call(id, operation, null, Void.class);
  }

  /** As {@link #call(EntityId, String, Object, Class)}, without result. */
  public Task<Void> call(EntityId id, String operation, @Nullable Object input) {
    return call(id, operation, input, Void.class);
  }

  /** As {@link #call(EntityId, String, Object, Class)}, without input. */
  public <R> Task<R> call(EntityId id, String operation, Class<R> result) {
    return call(id, operation, null, result);
  }

  /**
   * Runs an operation and brings back its result. An entity that does not exist begins to.
   *
   * @return fails with {@code TaskFailedException} if the operation failed, which then has changed
   *     nothing; {@code getErrorDetails()} tells why. Goes wherever tasks go: {@code anyOf}, {@code
   *     allOf}, {@link dev.holdfast.orchestrations.FanOut}
   * @throws IllegalStateException locks are held, and this entity is not among the locked ones:
   *     waiting for it could be waiting for ourselves
   */
  @SuppressWarnings("unchecked") // Json made it a value of that type.
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

  /** As {@link #signal(EntityId, String, Object)}, without input. */
  public void signal(EntityId id, String operation) {
    signal(id, operation, null);
  }

  /**
   * Asks for an operation and does not wait. Nobody is told whether it succeeds.
   *
   * @throws IllegalStateException the entity is locked by this orchestrator: hosts differ in
   *     whether a signal would overtake the calls, so call it instead
   */
  public void signal(EntityId id, String operation, @Nullable Object input) {
    signal(null, id, operation, input);
  }

  /** As {@link #signal(EntityId, String, Object)}, but the operation runs at {@code due}. */
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
   * The entity as an object. Methods that return a {@code Task} call, {@code void} methods signal;
   * the method's name is the operation's, its one parameter, if it has one, the input.
   *
   * @throws IllegalArgumentException it is no interface, or a method is of another form
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
   * Does something while nobody else can use these entities, and returns its result.
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
   * <p>Waits until all are locked: one after the other in the order of their ids, which is the same
   * for everybody, so nobody waits in a circle. They are released when the body has returned or
   * thrown; an orchestrator that ends in any other way, by termination say, gives its locks back,
   * too. Inside, only locked entities may be called and only others signalled, and no
   * sub-orchestration should be awaited that might want one of them.
   *
   * <p>It is a method with a body, and not a lock to be closed, because of how an orchestrator
   * waits: it is unwound by an exception and later run again. A {@code finally} or {@code
   * try}-with-resources would release the locks at the first {@code await()} inside.
   *
   * @param ids at least one; a second mention of the same does not count
   * @throws IllegalStateException called inside of another body
   */
  public <R> R locked(Collection<EntityId> ids, Supplier<R> body) {
    SortedSet<EntityId> sorted = new TreeSet<>(ids);
    String section = lock(sorted);
    R result;
    try {
      result = body.get();
    } catch (OrchestratorBlockedException e) {
      throw e; // It waits, and will come past here again.
    } catch (Throwable e) {
      release(section, sorted);
      throw e;
    }
    release(section, sorted);
    return result;
  }

  /** As {@link #locked(Collection, Supplier)}, for what has no result. */
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
      // The body has completed the orchestration, which releases what it holds.
    }
  }
}
