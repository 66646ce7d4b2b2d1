package dev.holdfast.orchestrations.entities;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.OperationAction;
import dev.holdfast.protocol.OperationRequest;
import dev.holdfast.protocol.SendSignalAction;
import dev.holdfast.protocol.StartNewOrchestrationAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds the state and the messages of one operation while it runs; they take effect if the
 * operation succeeds.
 */
final class RunningOperation implements EntityOperation {

  private final EntityId id;
  private final OperationRequest request;
  private final List<OperationAction> actions = new ArrayList<>();
  private @Nullable String state;
  private boolean deleted;

  RunningOperation(EntityId id, OperationRequest request, @Nullable String state) {
    this.id = id;
    this.request = request;
    this.state = state;
  }

  /** Returns the state as JSON text; null if there is none. */
  @Nullable String state() {
    return state;
  }

  void replaceState(@Nullable String text) {
    state = text;
  }

  boolean isDeleted() {
    return deleted;
  }

  @Nullable String input() {
    return request.hasInput() ? request.getInput().getValue() : null;
  }

  /** Returns the actions of the operation, which have no ids yet. */
  List<OperationAction> actions() {
    return actions;
  }

  @Override
  public EntityId id() {
    return id;
  }

  @Override
  public String operation() {
    return request.getOperation();
  }

  @Override
  @SuppressWarnings(
      "unchecked") // The class Json has made the input a value of that type; a cast would fail for
  // int.class.
  public <T> @Nullable T input(Class<T> type) {
    return (T) Json.read(input(), type);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T state(Class<T> type) {
    return (T) Json.read(state, type);
  }

  @Override
  public void setState(@Nullable Object value) {
    state = Json.text(value);
    deleted = value == null;
  }

  @Override
  public void signal(EntityId to, String operation, @Nullable Object input) {
    signal(null, to, operation, input);
  }

  @Override
  public void signalAt(Instant due, EntityId to, String operation, @Nullable Object input) {
    signal(due, to, operation, input);
  }

  private void signal(
      @Nullable Instant due, EntityId to, String operation, @Nullable Object input) {
    SendSignalAction.Builder signal =
        SendSignalAction.newBuilder().setInstanceId(to.toString()).setName(operation);
    String text = Json.text(input);
    if (text != null) {
      signal.setInput(StringValue.of(text));
    }
    if (due != null) {
      signal.setScheduledTime(
          Timestamp.newBuilder().setSeconds(due.getEpochSecond()).setNanos(due.getNano()));
    }
    actions.add(OperationAction.newBuilder().setSendSignal(signal).build());
  }

  @Override
  public <T> T proxy(Class<T> type, EntityId to) {
    return Proxies.of(
        type,
        to,
        false,
        (operation, input, result) -> {
          signal(to, operation, input);
          return null;
        });
  }

  @Override
  public String start(String orchestrator, @Nullable Object input) {
    String instanceId = UUID.randomUUID().toString();
    start(orchestrator, input, instanceId);
    return instanceId;
  }

  @Override
  public void start(String orchestrator, @Nullable Object input, String instanceId) {
    StartNewOrchestrationAction.Builder start =
        StartNewOrchestrationAction.newBuilder().setInstanceId(instanceId).setName(orchestrator);
    String text = Json.text(input);
    if (text != null) {
      start.setInput(StringValue.of(text));
    }
    actions.add(OperationAction.newBuilder().setStartNewOrchestration(start).build());
  }
}
