package dev.holdfast.orchestrations.entities;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Lets an operation act beyond its entity's state: it can signal entities, start orchestrators and
 * delete the state.
 *
 * <p>These actions happen once the operation has succeeded and its batch is durable; none of them
 * happens if the operation fails. A batch that a crash interrupts runs again, so effects that an
 * operation has without this context may happen twice.
 */
public interface EntityContext {

  /** Returns the ID of the entity whose operation is running. */
  EntityId id();

  /** Returns the operation's name as the caller spelled it. */
  String operation();

  /**
   * Removes the state if the operation succeeds; the next operation then begins without a state.
   */
  void deleteState();

  /** Signals an entity, which may be this one, without input. */
  default void signal(EntityId to, String operation) {
    signal(to, operation, null);
  }

  /**
   * Signals an entity, which may be this one. Signals to one entity arrive in the order in which
   * they were sent.
   */
  void signal(EntityId to, String operation, @Nullable Object input);

  /** Signals an entity, which may be this one; the operation runs at {@code due}. */
  void signalAt(Instant due, EntityId to, String operation, @Nullable Object input);

  /**
   * Returns an entity as an object: each method signals the operation of its name.
   *
   * @throws IllegalArgumentException the type is not an interface, or a method returns something or
   *     has several parameters
   */
  <T> T proxy(Class<T> type, EntityId id);

  /**
   * Starts an orchestration that has no parent.
   *
   * @return the instance ID of the new orchestration
   */
  String start(String orchestrator, @Nullable Object input);

  /**
   * Starts an orchestration with this instance ID; nothing happens while an instance with that ID
   * runs.
   */
  void start(String orchestrator, @Nullable Object input, String instanceId);
}
