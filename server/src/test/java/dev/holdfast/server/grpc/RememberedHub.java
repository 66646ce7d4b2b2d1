package dev.holdfast.server.grpc;

import com.google.protobuf.BoolValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.server.EntityKeeper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A task hub that runs nothing: tests say what becomes of its instances. */
final class RememberedHub extends EntityKeeper {
  private final Map<String, OrchestrationState> instances = new LinkedHashMap<>();
  private final Map<String, List<HistoryEvent>> histories = new ConcurrentHashMap<>();
  private final Set<Wait> waits = ConcurrentHashMap.newKeySet();

  /** What the hub was asked, newest last. */
  final List<String> heard = new ArrayList<>();

  /** Set to answer everything with this. */
  volatile @Nullable RuntimeException broken;

  private volatile @Nullable CompletableFuture<Optional<OrchestrationState>> preparedAnswer;
  private volatile boolean askedToGet;

  private record Wait(
      String id,
      Predicate<OrchestrationStatus> until,
      CompletableFuture<Optional<OrchestrationState>> answer) {}

  synchronized void becomes(String id, OrchestrationStatus status, @Nullable String output) {
    OrchestrationState.Builder state = instances.get(id).toBuilder().setOrchestrationStatus(status);
    if (output != null) {
      state.setOutput(StringValue.of(output));
    }
    instances.put(id, state.build());
    for (Wait wait : waits) {
      if (wait.id().equals(id) && wait.until().test(status)) {
        wait.answer().complete(Optional.of(state.build()));
      }
    }
  }

  void answerGetWith(CompletableFuture<Optional<OrchestrationState>> answer) {
    preparedAnswer = answer;
  }

  boolean wasAskedToGet() {
    return askedToGet;
  }

  synchronized OrchestrationState state(String id) {
    return instances.get(id);
  }

  synchronized List<String> heardSoFar() {
    return List.copyOf(heard);
  }

  int waiting() {
    return waits.size();
  }

  void history(String id, List<HistoryEvent> events) {
    histories.put(id, events);
  }

  @Override
  public synchronized CompletableFuture<String> start(CreateInstanceRequest request) {
    if (broken != null) {
      return CompletableFuture.failedFuture(broken);
    }
    String id = request.getInstanceId().isEmpty() ? "made-up" : request.getInstanceId();
    if (instances.containsKey(id) && !ended(instances.get(id).getOrchestrationStatus())) {
      return refused(Reason.ALREADY_EXISTS, "An instance with ID '" + id + "' already exists.");
    }
    OrchestrationState.Builder state =
        OrchestrationState.newBuilder()
            .setInstanceId(id)
            .setName(request.getName())
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_PENDING)
            .setCreatedTimestamp(Timestamp.newBuilder().setSeconds(1_000 + instances.size()))
            .setLastUpdatedTimestamp(Timestamp.newBuilder().setSeconds(2_000));
    if (request.hasVersion()) {
      state.setVersion(request.getVersion());
    }
    if (request.hasInput()) {
      state.setInput(request.getInput());
    }
    if (request.hasScheduledStartTimestamp()) {
      state.setScheduledStartTimestamp(request.getScheduledStartTimestamp());
    }
    instances.put(id, state.build());
    return CompletableFuture.completedFuture(id);
  }

  @Override
  public synchronized CompletableFuture<Optional<OrchestrationState>> get(
      String instanceId, boolean payloads) {
    if (broken != null) {
      return CompletableFuture.failedFuture(broken);
    }
    CompletableFuture<Optional<OrchestrationState>> prepared = preparedAnswer;
    if (prepared != null) {
      askedToGet = true;
      return prepared;
    }
    return CompletableFuture.completedFuture(
        Optional.ofNullable(instances.get(instanceId)).map(it -> payloads ? it : bare(it)));
  }

  private static OrchestrationState bare(OrchestrationState state) {
    return state.toBuilder().clearInput().clearOutput().clearCustomStatus().build();
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForStart(
      String instanceId, boolean payloads) {
    return wait(instanceId, it -> it != OrchestrationStatus.ORCHESTRATION_STATUS_PENDING);
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForCompletion(
      String instanceId, boolean payloads) {
    return wait(instanceId, RememberedHub::ended);
  }

  private synchronized CompletableFuture<Optional<OrchestrationState>> wait(
      String id, Predicate<OrchestrationStatus> until) {
    CompletableFuture<Optional<OrchestrationState>> answer = new CompletableFuture<>();
    OrchestrationState state = instances.get(id);
    if (state != null && until.test(state.getOrchestrationStatus())) {
      answer.complete(Optional.of(state));
      return answer;
    }
    Wait wait = new Wait(id, until, answer);
    waits.add(wait);
    var unused = answer.whenComplete((found, thrown) -> waits.remove(wait));
    return answer;
  }

  @Override
  public CompletableFuture<Delivery> raiseEvent(
      String instanceId, String name, @Nullable String input) {
    return message(instanceId, "event " + name + " " + input);
  }

  @Override
  public CompletableFuture<Delivery> terminate(
      String instanceId, @Nullable String output, boolean recursive) {
    return message(instanceId, "terminate " + output + (recursive ? " recursive" : ""));
  }

  @Override
  public CompletableFuture<List<String>> terminateUnlessLocking(
      List<String> instanceIds, @Nullable String output) {
    return CompletableFuture.completedFuture(
        instanceIds.stream()
            .filter(id -> terminate(id, output, false).join() != Delivery.ACCEPTED)
            .toList());
  }

  @Override
  public CompletableFuture<Delivery> suspend(String instanceId, @Nullable String reason) {
    return message(instanceId, "suspend " + reason);
  }

  @Override
  public CompletableFuture<Delivery> resume(String instanceId, @Nullable String reason) {
    return message(instanceId, "resume " + reason);
  }

  private synchronized CompletableFuture<Delivery> message(String id, String text) {
    heard.add(id + ": " + text);
    OrchestrationState state = instances.get(id);
    if (state == null) {
      return CompletableFuture.completedFuture(Delivery.NO_SUCH_INSTANCE);
    }
    return CompletableFuture.completedFuture(
        ended(state.getOrchestrationStatus()) ? Delivery.TERMINAL : Delivery.ACCEPTED);
  }

  @Override
  public CompletableFuture<Delivery> retry(String instanceId) {
    return message(instanceId, "retry");
  }

  @Override
  public synchronized CompletableFuture<Void> rewind(String instanceId, @Nullable String reason) {
    OrchestrationState state = instances.get(instanceId);
    if (state == null) {
      return refused(Reason.NOT_FOUND, "No orchestration instance with ID '" + instanceId + "'.");
    }
    if (state.getOrchestrationStatus() != OrchestrationStatus.ORCHESTRATION_STATUS_FAILED) {
      return refused(Reason.FAILED_PRECONDITION, "It is not in a failed state.");
    }
    heard.add(instanceId + ": rewind " + reason);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<String> restart(
      String instanceId, boolean withNewInstanceId) {
    return instances.containsKey(instanceId)
        ? CompletableFuture.completedFuture(withNewInstanceId ? instanceId + "-2" : instanceId)
        : refused(Reason.NOT_FOUND, "No orchestration instance with ID '" + instanceId + "'.");
  }

  @Override
  public synchronized CompletableFuture<Integer> clear() {
    heard.add("clear");
    int count = instances.size();
    instances.clear();
    return CompletableFuture.completedFuture(count);
  }

  @Override
  public synchronized CompletableFuture<PurgeInstancesResponse> purge(
      PurgeInstancesRequest request) {
    heard.add("purge " + request.getRequestCase());
    int before = instances.size();
    instances
        .values()
        .removeIf(
            it ->
                ended(it.getOrchestrationStatus())
                    && (!request.hasInstanceId()
                        || request.getInstanceId().equals(it.getInstanceId())));
    return CompletableFuture.completedFuture(
        PurgeInstancesResponse.newBuilder()
            .setDeletedInstanceCount(before - instances.size())
            .setIsComplete(BoolValue.of(true))
            .build());
  }

  @Override
  public synchronized CompletableFuture<QueryInstancesResponse> query(InstanceQuery query) {
    heard.add("query of " + query.getMaxInstanceCount());
    QueryInstancesResponse.Builder page = QueryInstancesResponse.newBuilder();
    int from = query.hasContinuationToken() ? number(query.getContinuationToken().getValue()) : 0;
    List<OrchestrationState> all = List.copyOf(instances.values());
    int to = Math.min(all.size(), from + query.getMaxInstanceCount());
    all.subList(from, to).stream()
        .filter(it -> it.getInstanceId().startsWith(query.getInstanceIdPrefix().getValue()))
        .forEach(page::addOrchestrationState);
    if (to < all.size()) {
      page.setContinuationToken(StringValue.of(Integer.toString(to)));
    }
    return CompletableFuture.completedFuture(page.build());
  }

  private static int number(String token) {
    return token.isEmpty() ? 0 : Integer.parseInt(token);
  }

  @Override
  public synchronized CompletableFuture<ListInstanceIdsResponse> listInstanceIds(
      ListInstanceIdsRequest request) {
    return CompletableFuture.completedFuture(
        ListInstanceIdsResponse.newBuilder()
            .addAllInstanceIds(
                instances.values().stream()
                    .filter(it -> ended(it.getOrchestrationStatus()))
                    .map(OrchestrationState::getInstanceId)
                    .toList())
            .build());
  }

  @Override
  public CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId) {
    return CompletableFuture.completedFuture(Optional.ofNullable(histories.get(instanceId)));
  }

  @Override
  public CompletableFuture<Optional<Why>> why(String instanceId) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  private static boolean ended(OrchestrationStatus status) {
    return status == OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED
        || status == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED
        || status == OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED
        || status == OrchestrationStatus.ORCHESTRATION_STATUS_CANCELED;
  }

  private static <T> CompletableFuture<T> refused(Reason reason, String message) {
    return CompletableFuture.failedFuture(new RefusedException(reason, message));
  }

  @Override
  public synchronized CompletableFuture<Void> signalEntity(SignalEntityRequest request) {
    heard.add("signal " + request.getName() + " to " + request.getInstanceId());
    return super.signalEntity(request);
  }
}
