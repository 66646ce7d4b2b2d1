package dev.holdfast.orchestrations.entities;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an operation may do besides changing its entity's state.
 *
 * <p>Nothing of it happens before the operation has succeeded and the batch it belongs to is
 * durable; nothing of it happens if the operation fails. A batch that is cut short by a crash runs
 * again, so what an operation does past this context may happen twice.
 */
public interface EntityContext {

  /** The entity that this is. */
  EntityId id();

  /** The operation's name as the caller spelled it. */
  String operation();

  /** Removes the state when the operation has succeeded; the next one begins without any. */
  void deleteState();

  /** Signals an entity, this one too. */
  default void signal(EntityId to, String operation) {
    signal(to, operation, null);
  }

  /** Signals an entity, this one too. Signals to one entity arrive in their order. */
  void signal(EntityId to, String operation, @Nullable Object input);

  /** Signals an entity, this one too; its operation runs at {@code due}. */
  void signalAt(Instant due, EntityId to, String operation, @Nullable Object input);

  /**
   * An entity as an object: each method signals the operation of its name.
   *
   * @throws IllegalArgumentException it is no interface, or a method returns something or has
   *     several parameters
   */
  <T> T proxy(Class<T> type, EntityId id);

  /**
   * Starts an orchestrator, which is nobody's child.
   *
   * @return the id that it will have
   */
  String start(String orchestrator, @Nullable Object input);

  /** Starts an orchestrator under this id; nothing happens while an instance of that id runs. */
  void start(String orchestrator, @Nullable Object input, String instanceId);
}
