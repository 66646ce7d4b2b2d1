package dev.holdfast.server;

import com.google.protobuf.BoolValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Statuses;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstanceFilter;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A task hub that keeps instances but runs nothing: a test moves them by hand. What is asked of it
 * follows the contract of {@link TaskHub}.
 */
public final class FakeTaskHub extends EntityKeeper {
  private final Map<String, OrchestrationState> instances = new LinkedHashMap<>();
  private final Map<String, List<HistoryEvent>> histories = new HashMap<>();
  private final Map<String, Why> whys = new HashMap<>();
  private final Map<String, List<Waiter>> waiters = new HashMap<>();
  private final List<CreateInstanceRequest> starts = new ArrayList<>();
  private final List<Raised> raised = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private @Nullable RuntimeException failure;
  private @Nullable CompletableFuture<Optional<OrchestrationState>> preparedAnswer;
  private boolean askedToGet;

  /** A request that waits for an instance. */
  private record Waiter(
      Predicate<OrchestrationStatus> until,
      CompletableFuture<Optional<OrchestrationState>> answer) {}

  /** An event that was accepted. */
  public record Raised(String instanceId, String name, @Nullable String input) {}

  /** Puts an instance into a status, making it if need be. */
  public synchronized void put(String id, OrchestrationStatus status) {
    put(id, status, state -> state);
  }

  public synchronized void put(
      String id, OrchestrationStatus status, UnaryOperator<OrchestrationState.Builder> change) {
    OrchestrationState before = instances.get(id);
    OrchestrationState.Builder state =
        before == null
            ? OrchestrationState.newBuilder()
                .setInstanceId(id)
                .setName("Flow")
                .setCreatedTimestamp(at(1_772_359_200))
                .setLastUpdatedTimestamp(at(1_772_359_201))
            : before.toBuilder();
    instances.put(id, change.apply(state.setOrchestrationStatus(status)).build());
    for (Waiter waiter : waiters(id)) {
      if (waiter.until().test(status)) {
        waiter.answer().complete(Optional.of(instances.get(id)));
      }
    }
  }

  /** Puts an instance into a status, with this output unless it is null. */
  public void becomes(String id, OrchestrationStatus status, @Nullable String output) {
    put(id, status, state -> output == null ? state : state.setOutput(StringValue.of(output)));
  }

  /** Answers every later request for one instance with this future. */
  public synchronized void answerGetWith(CompletableFuture<Optional<OrchestrationState>> answer) {
    preparedAnswer = answer;
  }

  /** Tells whether somebody has got the answer that was prepared. */
  public synchronized boolean wasAskedToGet() {
    return askedToGet;
  }

  /** Returns in words what the hub was asked to do or to list, oldest first. */
  public synchronized List<String> heard() {
    return List.copyOf(heard);
  }

  public synchronized void putHistory(String id, List<HistoryEvent> events) {
    histories.put(id, events);
  }

  public synchronized void putWhy(Why why) {
    whys.put(why.instanceId(), why);
  }

  /** Every request fails so from now on; null ends it. */
  public synchronized void failWith(@Nullable RuntimeException why) {
    failure = why;
  }

  public synchronized List<CreateInstanceRequest> starts() {
    return List.copyOf(starts);
  }

  public synchronized List<Raised> raised() {
    return List.copyOf(raised);
  }

  /** How many requests wait for this instance. */
  public synchronized int waiting(String id) {
    return (int) waiters(id).stream().filter(waiter -> !waiter.answer().isDone()).count();
  }

  /** How many requests wait for any instance. */
  public synchronized int waiting() {
    return waiters.keySet().stream().mapToInt(this::waiting).sum();
  }

  private List<Waiter> waiters(String id) {
    return waiters.computeIfAbsent(id, key -> new ArrayList<>());
  }

  public synchronized @Nullable OrchestrationState state(String id) {
    return instances.get(id);
  }

  public static Timestamp at(long seconds) {
    return Timestamp.newBuilder().setSeconds(seconds).build();
  }

  @Override
  public synchronized CompletableFuture<String> start(CreateInstanceRequest request) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    String id =
        request.getInstanceId().isEmpty()
            ? UUID.randomUUID().toString().replace("-", "")
            : request.getInstanceId();
    OrchestrationState before = instances.get(id);
    boolean replaceable =
        before == null
            || (request.hasOrchestrationIdReusePolicy()
                ? request
                    .getOrchestrationIdReusePolicy()
                    .getReplaceableStatusList()
                    .contains(before.getOrchestrationStatus())
                : Statuses.isEnded(before.getOrchestrationStatus()));
    if (!replaceable) {
      return refused(Reason.ALREADY_EXISTS, "The instance '" + id + "' exists and has not ended.");
    }
    starts.add(request);
    instances.remove(id);
    put(
        id,
        OrchestrationStatus.ORCHESTRATION_STATUS_PENDING,
        state -> {
          state.setName(request.getName());
          if (request.hasInput()) {
            state.setInput(request.getInput());
          }
          if (request.hasVersion()) {
            state.setVersion(request.getVersion());
          }
          if (request.hasScheduledStartTimestamp()) {
            state.setScheduledStartTimestamp(request.getScheduledStartTimestamp());
          }
          return state;
        });
    return CompletableFuture.completedFuture(id);
  }

  @Override
  public synchronized CompletableFuture<Optional<OrchestrationState>> get(
      String instanceId, boolean payloads) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    if (preparedAnswer != null) {
      askedToGet = true;
      return preparedAnswer;
    }
    if (instanceId.indexOf('\0') >= 0) {
      return refused(Reason.INVALID_ARGUMENT, "The instance id contains U+0000.");
    }
    OrchestrationState state = instances.get(instanceId);
    if (state == null || payloads) {
      return CompletableFuture.completedFuture(Optional.ofNullable(state));
    }
    return CompletableFuture.completedFuture(
        Optional.of(
            state.toBuilder()
                .clearInput()
                .clearOutput()
                .clearCustomStatus()
                .clearFailureDetails()
                .build()));
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForStart(
      String instanceId, boolean payloads) {
    return wait(instanceId, status -> status != OrchestrationStatus.ORCHESTRATION_STATUS_PENDING);
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForCompletion(
      String instanceId, boolean payloads) {
    return wait(instanceId, Statuses::isEnded);
  }

  private synchronized CompletableFuture<Optional<OrchestrationState>> wait(
      String id, Predicate<OrchestrationStatus> until) {
    OrchestrationState state = instances.get(id);
    if (state != null && until.test(state.getOrchestrationStatus())) {
      return CompletableFuture.completedFuture(Optional.of(state));
    }
    Waiter waiter = new Waiter(until, new CompletableFuture<>());
    waiters(id).add(waiter);
    return waiter.answer();
  }

  @Override
  public synchronized CompletableFuture<Delivery> raiseEvent(
      String instanceId, String name, @Nullable String input) {
    heard.add(instanceId + ": " + "event " + name + " " + input);
    Delivery delivery = delivery(instanceId);
    if (delivery == Delivery.ACCEPTED) {
      raised.add(new Raised(instanceId, name, input));
    }
    return CompletableFuture.completedFuture(delivery);
  }

  @Override
  public synchronized CompletableFuture<Delivery> terminate(
      String instanceId, @Nullable String output, boolean recursive) {
    heard.add(instanceId + ": " + "terminate " + output + (recursive ? " recursive" : ""));
    Delivery delivery = delivery(instanceId);
    if (delivery == Delivery.ACCEPTED) {
      put(
          instanceId,
          OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED,
          state -> output == null ? state : state.setOutput(StringValue.of(output)));
    }
    return CompletableFuture.completedFuture(delivery);
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
  public synchronized CompletableFuture<Delivery> suspend(
      String instanceId, @Nullable String reason) {
    heard.add(instanceId + ": " + "suspend " + reason);
    Delivery delivery = delivery(instanceId);
    if (delivery == Delivery.ACCEPTED) {
      put(instanceId, OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED);
    }
    return CompletableFuture.completedFuture(delivery);
  }

  @Override
  public synchronized CompletableFuture<Delivery> resume(
      String instanceId, @Nullable String reason) {
    heard.add(instanceId + ": " + "resume " + reason);
    Delivery delivery = delivery(instanceId);
    if (delivery == Delivery.ACCEPTED) {
      put(instanceId, OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    }
    return CompletableFuture.completedFuture(delivery);
  }

  @Override
  public synchronized CompletableFuture<Delivery> retry(String instanceId) {
    heard.add(instanceId + ": " + "retry");
    Delivery delivery = delivery(instanceId);
    OrchestrationState state = instances.get(instanceId);
    if (delivery == Delivery.ACCEPTED && state != null) {
      if (!state.hasBlocked()) {
        return refused(Reason.FAILED_PRECONDITION, "'" + instanceId + "' is not blocked.");
      }
      instances.put(instanceId, state.toBuilder().clearBlocked().build());
    }
    return CompletableFuture.completedFuture(delivery);
  }

  @Override
  public synchronized CompletableFuture<Void> rewind(String instanceId, @Nullable String reason) {
    OrchestrationState state = instances.get(instanceId);
    if (state == null) {
      return refused(Reason.NOT_FOUND, "There is no instance '" + instanceId + "'.");
    }
    if (state.getOrchestrationStatus() != OrchestrationStatus.ORCHESTRATION_STATUS_FAILED) {
      return refused(Reason.FAILED_PRECONDITION, "Only failed instances can be rewound.");
    }
    heard.add(instanceId + ": rewind " + reason);
    put(instanceId, OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<String> restart(
      String instanceId, boolean withNewInstanceId) {
    OrchestrationState state = instances.get(instanceId);
    if (state == null) {
      return refused(Reason.NOT_FOUND, "There is no instance '" + instanceId + "'.");
    }
    if (!withNewInstanceId && !Statuses.isEnded(state.getOrchestrationStatus())) {
      return refused(Reason.FAILED_PRECONDITION, "The instance has not ended.");
    }
    CreateInstanceRequest.Builder again =
        CreateInstanceRequest.newBuilder().setName(state.getName());
    if (!withNewInstanceId) {
      again.setInstanceId(instanceId);
    }
    return start(again.build());
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
    List<String> doomed = new ArrayList<>();
    for (OrchestrationState state : instances.values()) {
      boolean meant =
          request.hasPurgeInstanceFilter()
              ? meets(request.getPurgeInstanceFilter(), state)
              : state.getInstanceId().equals(request.getInstanceId());
      boolean named = !request.hasPurgeInstanceFilter() && state.hasBlocked();
      if (meant && (Statuses.isEnded(state.getOrchestrationStatus()) || named)) {
        doomed.add(state.getInstanceId());
      }
    }
    doomed.forEach(instances::remove);
    return CompletableFuture.completedFuture(
        PurgeInstancesResponse.newBuilder()
            .setDeletedInstanceCount(doomed.size())
            .setIsComplete(BoolValue.of(true))
            .build());
  }

  private static boolean meets(PurgeInstanceFilter filter, OrchestrationState state) {
    long created = state.getCreatedTimestamp().getSeconds();
    return (filter.getRuntimeStatusCount() == 0
            || filter.getRuntimeStatusList().contains(state.getOrchestrationStatus()))
        && (!filter.hasCreatedTimeFrom() || created >= filter.getCreatedTimeFrom().getSeconds())
        && (!filter.hasCreatedTimeTo() || created <= filter.getCreatedTimeTo().getSeconds());
  }

  @Override
  public synchronized CompletableFuture<QueryInstancesResponse> query(InstanceQuery query) {
    heard.add("query of " + query.getMaxInstanceCount());
    int from =
        query.hasContinuationToken()
            ? Integer.parseInt(query.getContinuationToken().getValue())
            : 0;
    List<OrchestrationState> found =
        instances.values().stream()
            .filter(
                state ->
                    query.getRuntimeStatusCount() == 0
                        || query.getRuntimeStatusList().contains(state.getOrchestrationStatus()))
            .filter(
                state -> state.getInstanceId().startsWith(query.getInstanceIdPrefix().getValue()))
            .filter(
                state ->
                    !query.hasCreatedTimeFrom()
                        || state.getCreatedTimestamp().getSeconds()
                            >= query.getCreatedTimeFrom().getSeconds())
            .filter(
                state ->
                    !query.hasCreatedTimeTo()
                        || state.getCreatedTimestamp().getSeconds()
                            <= query.getCreatedTimeTo().getSeconds())
            .sorted(Comparator.comparingLong(state -> state.getCreatedTimestamp().getSeconds()))
            .toList();
    int to = Math.min(found.size(), from + query.getMaxInstanceCount());
    QueryInstancesResponse.Builder page =
        QueryInstancesResponse.newBuilder().addAllOrchestrationState(found.subList(from, to));
    if (to < found.size()) {
      page.setContinuationToken(StringValue.of(String.valueOf(to)));
    }
    return CompletableFuture.completedFuture(page.build());
  }

  @Override
  public synchronized CompletableFuture<ListInstanceIdsResponse> listInstanceIds(
      ListInstanceIdsRequest request) {
    return CompletableFuture.completedFuture(
        ListInstanceIdsResponse.newBuilder()
            .addAllInstanceIds(
                instances.values().stream()
                    .filter(it -> Statuses.isEnded(it.getOrchestrationStatus()))
                    .map(OrchestrationState::getInstanceId)
                    .toList())
            .build());
  }

  @Override
  public synchronized CompletableFuture<Void> signalEntity(SignalEntityRequest request) {
    heard.add("signal " + request.getName() + " to " + request.getInstanceId());
    return super.signalEntity(request);
  }

  @Override
  public synchronized CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId) {
    return CompletableFuture.completedFuture(
        instances.containsKey(instanceId) || histories.containsKey(instanceId)
            ? Optional.of(histories.getOrDefault(instanceId, List.of()))
            : Optional.empty());
  }

  @Override
  public synchronized CompletableFuture<Optional<Why>> why(String instanceId) {
    return CompletableFuture.completedFuture(Optional.ofNullable(whys.get(instanceId)));
  }

  private Delivery delivery(String instanceId) {
    OrchestrationState state = instances.get(instanceId);
    if (state == null) {
      return Delivery.NO_SUCH_INSTANCE;
    }
    return Statuses.isEnded(state.getOrchestrationStatus()) ? Delivery.TERMINAL : Delivery.ACCEPTED;
  }

  private static <T> CompletableFuture<T> refused(Reason reason, String message) {
    return CompletableFuture.failedFuture(new RefusedException(reason, message));
  }
}
