package dev.holdfast.orchestrations.entities;

import com.microsoft.durabletask.DurableTaskClient;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lets a client signal entities.
 *
 * <pre>{@code
 * EntityClient.of(durableContext.getClient()).signal(new EntityId("Counter", "visits"), "add", 1);
 * }</pre>
 *
 * <p>To read an entity's state, send an HTTP request ({@code GET
 * /runtime/webhooks/durabletask/entities/NAME/KEY}), or start an orchestrator that calls the
 * entity: the released client library cannot read the state.
 */
public final class EntityClient {

  private final DurableTaskClient client;

  private EntityClient(DurableTaskClient client) {
    this.client = client;
  }

  public static EntityClient of(DurableTaskClient client) {
    return new EntityClient(client);
  }

  /** Signals an operation as {@link #signal(EntityId, String, Object)} does, but without input. */
  public void signal(EntityId id, String operation) {
    signal(null, id, operation, null);
  }

  /**
   * Signals an operation. When this method has returned, the signal survives a crash; the caller
   * does not learn whether the operation succeeds. An entity that does not exist is created.
   *
   * <p>Each call is a signal of its own: a call that is repeated after an error may send the signal
   * twice.
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
    client.raiseEvent(
        id.toString(),
        Messages.signalName(due),
        Messages.signal(UUID.randomUUID().toString(), due, operation, input));
  }

  /**
   * Returns the entity as an object: each method signals the operation of its name, with its
   * parameter, if it has one, as the input.
   *
   * @throws IllegalArgumentException the type is not an interface, or a method returns something or
   *     has several parameters
   */
  public <T> T proxy(Class<T> type, EntityId id) {
    return Proxies.of(
        type,
        id,
        false,
        (operation, input, result) -> {
          signal(id, operation, input);
          return null;
        });
  }
}
