package dev.holdfast.testkit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OperationResult;
import dev.holdfast.protocol.OperationResultFailure;
import dev.holdfast.protocol.OperationResultSuccess;
import dev.holdfast.protocol.OrchestratorRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Answers the calls of everything that a test has replaced by fakes. */
final class Fakes implements UserCode {
  private final Map<WorkItem.Kind, Map<String, Fake>> fakes = new EnumMap<>(WorkItem.Kind.class);
  private final Map<String, Map<String, Fake>> entities =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Later later;

  /** Receives answers that are given at a later virtual time. */
  interface Later {
    void answer(Duration after, Answer answer);
  }

  Fakes(Later later) {
    this.later = later;
    fakes.put(WorkItem.Kind.ACTIVITY, new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
    fakes.put(WorkItem.Kind.ORCHESTRATOR, new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
  }

  Fake of(WorkItem.Kind kind, String name) {
    return named(kind).computeIfAbsent(name, Fake::new);
  }

  Fake ofOperation(String entity, String operation) {
    return entities
        .computeIfAbsent(entity, it -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER))
        .computeIfAbsent(operation, Fake::new);
  }

  private Map<String, Fake> named(WorkItem.Kind kind) {
    return fakes.getOrDefault(kind, Map.of());
  }

  @Override
  public boolean serves(WorkItem item) {
    return item.kind() == WorkItem.Kind.ENTITY
        ? entities.containsKey(item.name())
        : named(item.kind()).containsKey(item.name());
  }

  @Override
  public Collection<String> names(WorkItem.Kind kind) {
    return kind == WorkItem.Kind.ENTITY ? entities.keySet() : named(kind).keySet();
  }

  @Override
  public @Nullable Answer run(WorkItem item) {
    if (item instanceof WorkItem.EntityBatch batch) {
      return batch(batch);
    }
    Fake fake = of(item.kind(), item.name());
    Fake.Numbered next = fake.next(key(item));
    Fake.Behaviour behaviour = next.behaviour();
    FakeFunction function = behaviour.function();
    if (function == null) {
      return null;
    }
    Answer answer;
    try {
      FakeCall call = new FakeCall(fake.name(), item.instanceId(), input(item), next.number());
      answer = succeeded(item, ClientJson.write(function.answer(call)));
    } catch (AssertionError e) {
      throw e;
    } catch (Throwable e) {
      answer = failed(item, e);
    }
    if (behaviour.takes().isZero()) {
      return answer;
    }
    later.answer(behaviour.takes(), answer);
    return null;
  }

  private static String key(WorkItem item) {
    String execution = item.instanceId() + " " + item.executionId();
    return item instanceof WorkItem.Activity activity
        ? execution + " " + activity.taskId()
        : execution;
  }

  private static Answer succeeded(WorkItem item, @Nullable String json) {
    return item instanceof WorkItem.Turn turn
        ? Answers.succeeded(turn, json)
        : Answers.succeeded((WorkItem.Activity) item, json);
  }

  private static Answer failed(WorkItem item, Throwable failure) {
    return item instanceof WorkItem.Turn turn
        ? Answers.failed(turn, failure)
        : Answers.failed((WorkItem.Activity) item, failure);
  }

  private static @Nullable String input(WorkItem item) {
    if (item instanceof WorkItem.Activity activity) {
      return activity.request().hasInput() ? activity.request().getInput().getValue() : null;
    }
    WorkItem.Turn turn = (WorkItem.Turn) item;
    try {
      OrchestratorRequest request = OrchestratorRequest.parseFrom(turn.request());
      List<HistoryEvent> events = new ArrayList<>(request.getPastEventsList());
      events.addAll(request.getNewEventsList());
      return events.stream()
          .filter(HistoryEvent::hasExecutionStarted)
          .map(HistoryEvent::getExecutionStarted)
          .filter(it -> it.hasInput())
          .map(it -> it.getInput().getValue())
          .findFirst()
          .orElse(null);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("expected a request, but it cannot be read", e);
    }
  }

  private Answer batch(WorkItem.EntityBatch batch) {
    Map<String, Fake> operations = entities.getOrDefault(batch.name(), Map.of());
    EntityBatchResult.Builder result = EntityBatchResult.newBuilder();
    if (batch.state() != null) {
      result.setEntityState(StringValue.of(batch.state()));
    }
    for (HistoryEvent event : batch.operations()) {
      result.addResults(operation(batch, event, operations));
    }
    return new Answer.EntityDone(batch, result.build());
  }

  private static OperationResult operation(
      WorkItem.EntityBatch batch, HistoryEvent event, Map<String, Fake> operations) {
    boolean called = event.hasEntityOperationCalled();
    String name =
        called
            ? event.getEntityOperationCalled().getOperation()
            : event.getEntityOperationSignaled().getOperation();
    StringValue given =
        called
            ? event.getEntityOperationCalled().getInput()
            : event.getEntityOperationSignaled().getInput();
    Fake fake = operations.get(name);
    if (fake == null) {
      throw new AssertionError(
          ("Operation '%s' of the fake entity %s is called, but not faked. Add"
                  + " hub.entityOperation(\"%s\", \"%s\").returns(…). Faked are: %s.")
              .formatted(
                  name,
                  batch.instanceId(),
                  batch.name(),
                  name,
                  String.join(", ", operations.keySet())));
    }
    String request =
        called
            ? event.getEntityOperationCalled().getRequestId()
            : event.getEntityOperationSignaled().getRequestId();
    Fake.Numbered next = fake.next(batch.instanceId() + " " + request);
    FakeFunction function = next.behaviour().function();
    if (function == null) {
      throw new AssertionError(
          "Operation '"
              + name
              + "' of a fake entity cannot stay without an answer; let it return or fail.");
    }
    String input = given.getValue().isEmpty() ? null : given.getValue();
    try {
      String json =
          ClientJson.write(
              function.answer(new FakeCall(name, batch.instanceId(), input, next.number())));
      OperationResultSuccess.Builder success = OperationResultSuccess.newBuilder();
      if (json != null) {
        success.setResult(StringValue.of(json));
      }
      return OperationResult.newBuilder().setSuccess(success).build();
    } catch (AssertionError e) {
      throw e;
    } catch (Throwable e) {
      return OperationResult.newBuilder()
          .setFailure(OperationResultFailure.newBuilder().setFailureDetails(Answers.details(e)))
          .build();
    }
  }
}
