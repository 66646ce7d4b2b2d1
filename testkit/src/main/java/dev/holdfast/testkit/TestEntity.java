package dev.holdfast.testkit;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Represents one entity of a {@link TestHub}. */
public final class TestEntity {
  private final Machine machine;
  private final String id;
  private int signals;

  TestEntity(Machine machine, String name, String key) {
    this.machine = machine;
    this.id = "@" + name.toLowerCase(Locale.ROOT) + "@" + key;
  }

  /**
   * Signals an operation, which has no result for the caller, and does all work that is possible
   * now.
   *
   * @param input the input, which is converted to JSON as the client library converts it; null
   *     means no input
   */
  public void signal(String operation, @Nullable Object input) {
    SignalEntityRequest.Builder request =
        SignalEntityRequest.newBuilder()
            .setInstanceId(id)
            .setName(operation)
            .setRequestId("signal-" + ++signals);
    String json = ClientJson.write(input);
    if (json != null) {
      request.setInput(StringValue.of(json));
    }
    SignalEntityRequest built = request.build();
    machine.tell(hub -> hub.signalEntity(built));
  }

  /** Returns the state as JSON text; null when the entity has none. */
  public @Nullable String stateJson() {
    Optional<EntityMetadata> found = machine.ask(hub -> hub.getEntity(id, true));
    return found
        .filter(EntityMetadata::hasSerializedState)
        .map(it -> it.getSerializedState().getValue())
        .orElse(null);
  }

  /** Returns the state, converted as the client library converts it; null when there is none. */
  public <T> @Nullable T state(Class<T> type) {
    return ClientJson.read(stateJson(), type);
  }
}
