package dev.holdfast.engine;

import com.google.protobuf.BoolValue;
import dev.holdfast.core.Asker;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Input;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.Limits;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.partition.Views;
import dev.holdfast.engine.clock.HubClock;
import dev.holdfast.engine.dispatch.Dispatcher;
import dev.holdfast.engine.dispatch.Missing;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Implements the task hub of one engine: it checks requests, turns them into inputs, and turns
 * answers into futures.
 */
final class Hub implements TaskHub, AutoCloseable {
  /**
   * When more inputs than this wait for the loop, starts and events are refused, because the loop
   * cannot keep up.
   */
  private static final int BACKLOG_MAX = 100_000;

  /** Instances that were running when the hub was cleared end with this output, as JSON. */
  private static final String CLEARED = "\"The task hub was cleared.\"";

  private static final int CHILDREN_DEEP = 3;
  private static final int CHILDREN_TOLD = 5;

  private final Engine engine;
  private final HubClock clock;
  private final RandomGenerator dice;
  private final RequestRules requests;
  private final Listings listings;
  private final Missing missing;
  private final BlockedOnes blocked;
  private final Purges purges;
  private final EntityCalls entities;
  private final Clearing clearing;
  private final Store store;
  private final Jobs jobs;
  private volatile boolean draining;

  Hub(Engine engine, Store store, HubClock clock, Limits limits, RandomGenerator dice, Jobs jobs) {
    this.engine = engine;
    this.jobs = jobs;
    this.store = store;
    this.clock = clock;
    this.dice = dice;
    this.requests = new RequestRules(limits);
    this.missing = new Missing(engine.dispatcher());
    this.listings = new Listings(store, missing);
    this.blocked = new BlockedOnes(store);
    this.purges = new Purges(store, clock, this::job, this::purgeOne);
    this.entities = new EntityCalls(store, this::job, id -> get(id, false), engine::submit);
    this.clearing =
        new Clearing(store, clock, this::job, id -> terminate(id, CLEARED, false), this::purgeOne);
  }

  void drain() {
    draining = true;
  }

  @Override
  public void close() {
    draining = true;
    jobs.close();
  }

  private static <T> CompletableFuture<T> checked(Supplier<CompletableFuture<T>> request) {
    try {
      return request.get();
    } catch (RefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Refuses a request that starts new work when the store has too little room. */
  private void refuseWhenFull() {
    refuseWhenStopped();
    refuseWhenStuck();
    String shortage = store.shortage();
    if (shortage != null) {
      throw new RefusedException(
          Reason.STORE_FULL, "Nothing new is begun for lack of room: " + shortage + ".");
    }
    if (engine.loop().backlog() > BACKLOG_MAX) {
      throw new RefusedException(
          Reason.OVERLOADED, "More comes in than can be written. Try again in a second.");
    }
  }

  private void refuseWhenStopped() {
    String brokenBecause = engine.brokenBecause();
    if (brokenBecause != null) {
      throw new RefusedException(
          Reason.UNAVAILABLE,
          "The task hub has stopped and must be restarted; nothing acknowledged is lost. Cause: "
              + brokenBecause);
    }
    if (draining) {
      throw new RefusedException(
          Reason.UNAVAILABLE, "This host is stopping. Try again when it is back.");
    }
  }

  /**
   * Refuses a start whose orchestrator is missing: running instances wait for a missing worker, but
   * a start needs an orchestrator that is served.
   */
  private void refuseWhenMissing(String orchestrator) {
    Dispatcher dispatcher = engine.dispatcher();
    if (dispatcher.isMissing(WorkItem.Kind.ORCHESTRATOR, orchestrator)) {
      throw new RefusedException(
          Reason.UNAVAILABLE,
          ("Nobody who is connected serves orchestrator '%s' now%s. Start the app or the worker"
                  + " that has it, and try again.")
              .formatted(
                  orchestrator,
                  UnservedWork.until(
                      dispatcher.servedUntil(WorkItem.Kind.ORCHESTRATOR, orchestrator),
                      "; it was served until ")));
    }
  }

  /** Refuses a request whose answer needs a commit while the store cannot write. */
  private void refuseWhenStuck() {
    String stuckBecause = engine.loop().stuckBecause();
    if (stuckBecause != null) {
      throw new RefusedException(
          Reason.STORE_FULL,
          "Nothing can be written now: " + stuckBecause + ". It goes on by itself once it can.");
    }
  }

  @Override
  public CompletableFuture<String> start(CreateInstanceRequest request) {
    return checked(
        () -> {
          requests.start(request);
          refuseWhenFull();
          refuseWhenMissing(request.getName());
          Promise<String> promise = new Promise<>();
          boolean fresh = request.getInstanceId().isEmpty();
          CreateInstanceRequest named =
              fresh
                  ? request.toBuilder()
                      .setInstanceId(InstanceIds.generated(clock.now(), dice))
                      .build()
                  : request;
          engine.submit(new Input.Start(named, fresh, promise));
          return promise;
        });
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> get(String instanceId, boolean payloads) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          if (engine.loop().stuckBecause() != null) {
            // The loop answers only when its decisions are durable; this job reads what is already
            // durable.
            return job(() -> stored(id, payloads));
          }
          Promise<Optional<OrchestrationState>> promise = new Promise<>();
          engine.submit(new Input.Get(id, payloads, promise));
          return promise.thenApply(found -> found.map(missing::told));
        });
  }

  private Optional<OrchestrationState> stored(String instanceId, boolean payloads) {
    return store.load(List.of(instanceId), Store.Detail.OPEN).stream()
        .findFirst()
        .map(found -> Views.state(found, payloads));
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForStart(
      String instanceId, boolean payloads) {
    return await(instanceId, payloads, false);
  }

  @Override
  public CompletableFuture<Optional<OrchestrationState>> waitForCompletion(
      String instanceId, boolean payloads) {
    return await(instanceId, payloads, true);
  }

  private CompletableFuture<Optional<OrchestrationState>> await(
      String instanceId, boolean payloads, boolean end) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          Promise<Optional<OrchestrationState>> promise = new Promise<>();
          engine.submit(new Input.Wait(id, payloads, end, promise));
          // The wait was cancelled or timed out, so the partition need not remember the asker.
          var unused =
              promise.whenComplete(
                  (state, failure) -> {
                    if (failure != null && !(failure instanceof RefusedException)) {
                      engine.submit(id, new Input.Unwait(id, promise));
                    }
                  });
          return promise;
        });
  }

  private CompletableFuture<Delivery> message(
      Function<Asker<Input.Delivered>, Input.ToInstance> input) {
    refuseWhenStopped();
    refuseWhenStuck();
    Promise<Input.Delivered> promise = new Promise<>();
    engine.submit(input.apply(promise));
    return promise.thenApply(
        delivered ->
            switch (delivered) {
              case ACCEPTED -> Delivery.ACCEPTED;
              case NO_SUCH_INSTANCE -> Delivery.NO_SUCH_INSTANCE;
              case TERMINAL -> Delivery.TERMINAL;
            });
  }

  @Override
  public CompletableFuture<Delivery> raiseEvent(
      String instanceId, String name, @Nullable String input) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          requests.event(name, input);
          refuseWhenFull();
          return message(asker -> new Input.Raise(id, name, input, asker));
        });
  }

  @Override
  public CompletableFuture<Delivery> terminate(
      String instanceId, @Nullable String output, boolean recursive) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          requests.text("output", output);
          return message(asker -> new Input.Terminate(id, output, recursive, null, asker));
        });
  }

  @Override
  public CompletableFuture<List<String>> terminateUnlessLocking(
      List<String> instanceIds, @Nullable String output) {
    return checked(
        () -> {
          refuseWhenStopped();
          refuseWhenStuck();
          List<String> ids = instanceIds.stream().map(requests::id).toList();
          requests.text("output", output);
          CompletableFuture<List<String>> left = CompletableFuture.completedFuture(List.of());
          for (int i = 0; i < ids.size(); i++) {
            Promise<Boolean> done = new Promise<>();
            engine.submit(new Input.TerminateUnlessLocking(ids.get(i), output, done));
            String asked = instanceIds.get(i);
            left = left.thenCombine(done, (before, ended) -> ended ? before : plus(before, asked));
          }
          return left;
        });
  }

  private static List<String> plus(List<String> before, String one) {
    List<String> more = new ArrayList<>(before);
    more.add(one);
    return more;
  }

  @Override
  public CompletableFuture<Delivery> suspend(String instanceId, @Nullable String reason) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          requests.text("reason", reason);
          return message(asker -> new Input.Suspend(id, reason, asker));
        });
  }

  @Override
  public CompletableFuture<Delivery> resume(String instanceId, @Nullable String reason) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          requests.text("reason", reason);
          return message(asker -> new Input.Resume(id, reason, asker));
        });
  }

  @Override
  public CompletableFuture<Delivery> retry(String instanceId) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          return message(asker -> new Input.Retry(id, asker));
        });
  }

  @Override
  public CompletableFuture<Void> rewind(String instanceId, @Nullable String reason) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          requests.text("reason", reason);
          refuseWhenFull();
          Promise<Boolean> promise = new Promise<>();
          engine.submit(new Input.Rewind(id, reason, null, promise));
          return promise.thenAccept(done -> {});
        });
  }

  @Override
  public CompletableFuture<String> restart(String instanceId, boolean withNewInstanceId) {
    return get(instanceId, true)
        .thenCompose(
            found -> {
              OrchestrationState state =
                  found.orElseThrow(
                      () ->
                          new RefusedException(
                              Reason.NOT_FOUND,
                              "No orchestration instance with ID '%s' was found."
                                  .formatted(instanceId)));
              if (!withNewInstanceId && !Statuses.isEnded(state.getOrchestrationStatus())) {
                throw new RefusedException(
                    Reason.FAILED_PRECONDITION,
                    "A non-terminal instance with this instance ID already exists. Terminate it"
                        + " first, or restart with a new id.");
              }
              return start(again(state, withNewInstanceId));
            });
  }

  private static CreateInstanceRequest again(OrchestrationState state, boolean withNewInstanceId) {
    CreateInstanceRequest.Builder request =
        CreateInstanceRequest.newBuilder().setName(state.getName()).putAllTags(state.getTagsMap());
    if (!withNewInstanceId) {
      request.setInstanceId(state.getInstanceId());
    }
    if (state.hasInput()) {
      request.setInput(state.getInput());
    }
    if (state.hasVersion()) {
      request.setVersion(state.getVersion());
    }
    return request.build();
  }

  CompletableFuture<Boolean> purgeOne(String instanceId) {
    return checked(
        () -> {
          refuseWhenStuck();
          Promise<Boolean> promise = new Promise<>();
          engine.submit(new Input.Purge(EntityIds.normal(instanceId), promise));
          return promise;
        });
  }

  @Override
  public CompletableFuture<PurgeInstancesResponse> purge(PurgeInstancesRequest request) {
    return checked(() -> purges.purge(request))
        .thenApply(
            done ->
                PurgeInstancesResponse.newBuilder()
                    .setDeletedInstanceCount(done.count())
                    .setIsComplete(BoolValue.of(done.complete()))
                    .build());
  }

  @Override
  public CompletableFuture<Integer> clear() {
    return checked(
        () -> {
          refuseWhenStopped();
          return clearing.clear();
        });
  }

  @Override
  public CompletableFuture<QueryInstancesResponse> query(InstanceQuery query) {
    return job(() -> listings.query(query, false));
  }

  @Override
  public CompletableFuture<List<VersionCount>> countVersions(boolean ended) {
    return job(() -> listings.versions(ended));
  }

  @Override
  public CompletableFuture<QueryInstancesResponse> queryWithEntities(InstanceQuery query) {
    return job(() -> listings.query(query, true));
  }

  @Override
  public CompletableFuture<QueryInstancesResponse> queryBlocked(InstanceQuery query) {
    return job(() -> blocked.query(query));
  }

  @Override
  public CompletableFuture<Void> signalEntity(SignalEntityRequest request) {
    return checked(
        () -> {
          String id = requests.entityId(request.getInstanceId());
          requests.signal(request);
          refuseWhenFull();
          return message(asker -> signal(id, request, asker)).thenAccept(delivered -> {});
        });
  }

  private Input.Signal signal(
      String id, SignalEntityRequest request, Asker<Input.Delivered> asker) {
    return new Input.Signal(
        id,
        request.getRequestId().isEmpty()
            ? InstanceIds.generated(clock.now(), dice)
            : request.getRequestId(),
        request.getName(),
        request.hasInput() ? request.getInput().getValue() : null,
        request.hasScheduledTime() ? Times.microsUp(request.getScheduledTime()) : 0,
        asker);
  }

  @Override
  public CompletableFuture<Optional<EntityMetadata>> getEntity(
      String instanceId, boolean withState) {
    return checked(
        () -> {
          String id = requests.entityId(instanceId);
          refuseWhenStuck();
          Promise<Optional<EntityMetadata>> promise = new Promise<>();
          engine.submit(new Input.GetEntity(id, withState, promise));
          return promise;
        });
  }

  @Override
  public CompletableFuture<QueryEntitiesResponse> queryEntities(EntityQuery query) {
    return checked(() -> entities.query(query));
  }

  @Override
  public CompletableFuture<CleanEntityStorageResponse> cleanEntityStorage(
      CleanEntityStorageRequest request) {
    return checked(
        () -> {
          refuseWhenStopped();
          return entities.clean(request);
        });
  }

  @Override
  public CompletableFuture<ListInstanceIdsResponse> listInstanceIds(
      ListInstanceIdsRequest request) {
    return job(() -> listings.ids(request));
  }

  @Override
  public CompletableFuture<Optional<List<HistoryEvent>>> history(String instanceId) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          return job(
              () -> {
                List<Store.Stored> found = store.load(List.of(id), Store.Detail.ALL);
                if (found.isEmpty()) {
                  return Optional.<List<HistoryEvent>>empty();
                }
                List<HistoryEvent> events = new ArrayList<>();
                found
                    .get(0)
                    .history()
                    .forEach(chunk -> events.addAll(HistoryBytes.forClients(chunk.bytes())));
                return Optional.of(List.copyOf(events));
              });
        });
  }

  @Override
  public CompletableFuture<Optional<Why>> why(String instanceId) {
    return why(instanceId, CHILDREN_DEEP);
  }

  /**
   * Explains what the instance waits for.
   *
   * @param deep the number of generations of sub-orchestrations that the answer explains too
   */
  private CompletableFuture<Optional<Why>> why(String instanceId, int deep) {
    return checked(
        () -> {
          String id = requests.id(instanceId);
          refuseWhenStuck();
          Promise<Optional<Explanation>> promise = new Promise<>();
          engine.submit(new Input.Explain(id, promise));
          return promise
              .thenCompose(found -> withFailure(id, found))
              .thenApply(
                  found ->
                      found.map(
                          it ->
                              Why.of(it, engine.dispatcher()::standing, clock.now())
                                  .withClock(clock.state().alarm())))
              .thenCompose(
                  found ->
                      found.isEmpty() || deep == 0
                          ? CompletableFuture.completedFuture(found)
                          : withChildren(found.get(), deep).thenApply(Optional::of));
        });
  }

  /** Adds to the answer what the first sub-orchestrations wait for themselves. */
  private CompletableFuture<Why> withChildren(Why why, int deep) {
    CompletableFuture<Why> told = CompletableFuture.completedFuture(why);
    int children = 0;
    for (int i = 0; i < why.waitingFor().size() && children < CHILDREN_TOLD; i++) {
      Why.Waiting waiting = why.waitingFor().get(i);
      if (waiting.kind().equals("sub-orchestration")) {
        children++;
        int index = i;
        told =
            told.thenCombine(
                why(waiting.what(), deep - 1).exceptionally(refused -> Optional.empty()),
                (sofar, child) ->
                    child.map(it -> sofar.withDetail(index, it.inOneLine())).orElse(sofar));
      }
    }
    return told;
  }

  /**
   * Reads the history of an ended instance, when its state does not say what happened; the history
   * of an ended instance is not in memory.
   */
  private CompletableFuture<Optional<Explanation>> withFailure(
      String instanceId, Optional<Explanation> found) {
    if (found.filter(Views::historyTellsMore).isEmpty()) {
      return CompletableFuture.completedFuture(found);
    }
    return history(instanceId)
        .thenApply(
            events -> found.map(it -> Views.withNewestFailure(it, events.orElse(List.of()))));
  }

  /** Runs long reads of the store apart from the loop. */
  private <T> CompletableFuture<T> job(Supplier<T> work) {
    return jobs.run(
        () -> {
          try {
            return work.get();
          } catch (StoreException e) {
            if (e.damage() != null) {
              throw new RefusedException(
                  Reason.FAILED_PRECONDITION, "This cannot be read: " + e.getMessage());
            }
            throw new RefusedException(
                Reason.UNAVAILABLE, "The store cannot be read right now: " + e.getMessage());
          }
        });
  }
}
