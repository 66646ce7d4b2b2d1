package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.Workforce;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The bookkeeping of remote workers, broken on purpose. */
final class WoundedWorkers extends Workers {

  /** In what way. */
  enum Wound {
    /** Without a token, the answer of any connection is taken for what any worker has. */
    CONNECTIONS_NOT_TOLD_APART,
    /** When a stream ends, one of its items is neither answered nor given to others. */
    ITEM_FORGOTTEN_AT_CLOSE,
    /** What is given back keeps its place. */
    PLACE_KEPT_BY_ABANDONED,
    /** The first half of one turn's answer is put together with the second half of the next. */
    HALVES_MIXED,
    /** What was given up frees its place twice when it is answered after all. */
    PLACE_FREED_TWICE,
    /** A stream that its worker has left gets work. */
    LEFT_STREAM_SERVED,
    /** What has gone to others goes to others again when its worker gives it back. */
    GIVEN_UP_GIVEN_AGAIN,
    /** A worker that fetches the history of its turn gets that which the first has, whoever. */
    HISTORY_OF_ANOTHER,
    /** Who answers without tokens gets a turn while it still has one of the same instance. */
    TWO_TURNS_WITHOUT_TOKENS,
    /** Nobody hears that a slow reader can read again. */
    READER_NOT_HEARD,
    /** The loop is not told that there are places again. */
    PLACES_NOT_TOLD
  }

  private final Wound wound;
  private final WorkerSettings settings;
  private final Map<String, OrchestratorResponse> firstHalves = new HashMap<>();

  WoundedWorkers(
      Wound wound,
      Workforce workforce,
      WorkerSettings settings,
      RandomGenerator dice,
      LongSupplier nanos,
      int longHistoryBytes) {
    super(
        wound == Wound.PLACES_NOT_TOLD ? new Deaf(workforce) : workforce,
        settings,
        dice,
        nanos,
        longHistoryBytes);
    this.wound = wound;
    this.settings = settings;
  }

  private record Deaf(Workforce workforce) implements Workforce {
    @Override
    public void join(Executor worker) {
      workforce.join(worker);
    }

    @Override
    public void leave(Executor worker) {
      workforce.leave(worker);
    }

    @Override
    public void placesChanged() {
      // Not told.
    }

    @Override
    public Executor.Answers answers() {
      return workforce.answers();
    }
  }

  @Override
  RemoteWorker worker(
      Caller caller,
      GetWorkItemsRequest request,
      ServerCallStreamObserver<ByteString> call,
      java.util.concurrent.Executor transport) {
    return new Wounded(caller, request, call, transport);
  }

  private final class Wounded extends RemoteWorker {
    private final Map<WorkItem.Kind, Integer> kept = new EnumMap<>(WorkItem.Kind.class);

    Wounded(
        Caller caller,
        GetWorkItemsRequest request,
        ServerCallStreamObserver<ByteString> call,
        java.util.concurrent.Executor transport) {
      super(WoundedWorkers.this, caller, request, call, transport, settings);
    }

    @Override
    List<Handout> close() {
      List<Handout> all = super.close();
      return wound == Wound.ITEM_FORGOTTEN_AT_CLOSE && !all.isEmpty()
          ? all.subList(0, all.size() - 1)
          : all;
    }

    @Override
    public int taken(WorkItem.Kind kind) {
      return super.taken(kind) + kept.getOrDefault(kind, 0);
    }

    @Override
    synchronized List<Handout> supersede() {
      List<Handout> all = super.supersede();
      if (wound == Wound.LEFT_STREAM_SERVED) {
        reinstate();
      }
      return all;
    }

    @Override
    synchronized boolean isMistakable(Handout.Task task) {
      return wound != Wound.TWO_TURNS_WITHOUT_TOKENS && super.isMistakable(task);
    }

    @Override
    void ready() {
      if (wound != Wound.READER_NOT_HEARD) {
        super.ready();
      }
    }
  }

  @Override
  @Nullable Handout find(String token, String instanceId, int taskId) {
    if (wound == Wound.CONNECTIONS_NOT_TOLD_APART && token.isEmpty()) {
      for (RemoteWorker worker : all()) {
        Handout found = worker.oldest(new Handout.Task(instanceId, taskId));
        if (found != null) {
          return found;
        }
      }
    }
    return super.find(token, instanceId, taskId);
  }

  @Override
  void answer(Handout handout, Answer answer) {
    boolean first = handout.worker.inOrder().contains(handout);
    super.answer(handout, answer);
    if (wound == Wound.PLACE_FREED_TWICE && first && handout.givenUp) {
      handout.worker.release(handout);
    }
    if (wound == Wound.GIVEN_UP_GIVEN_AGAIN
        && first
        && handout.givenUp
        && answer instanceof Answer.Lost) {
      handout.answers.answer(answer);
    }
    if (wound == Wound.PLACE_KEPT_BY_ABANDONED && answer instanceof Answer.Lost) {
      ((Wounded) handout.worker).kept.merge(handout.item.kind(), 1, Integer::sum);
    }
  }

  @Override
  @SuppressWarnings("deprecation") // The contract calls chunks old, but SDKs still send them.
  public void complete(OrchestratorResponse response) {
    if (wound != Wound.HALVES_MIXED || !Chunks.isChunk(response)) {
      super.complete(response);
      return;
    }
    OrchestratorResponse taken = response;
    if (response.getChunkIndex().getValue() == 0) {
      OrchestratorResponse older = firstHalves.putIfAbsent(response.getInstanceId(), response);
      if (older != null) {
        taken = response.toBuilder().clearActions().addAllActions(older.getActionsList()).build();
      }
    }
    if (!response.getIsPartial()) {
      firstHalves.remove(response.getInstanceId());
    }
    super.complete(taken);
  }

  @Override
  public Optional<List<HistoryEvent>> historyOf(String instanceId, String executionId) {
    if (wound == Wound.HISTORY_OF_ANOTHER) {
      for (RemoteWorker worker : all()) {
        Handout found = worker.newest(new Handout.Task(instanceId, Handout.Task.TURN));
        if (found != null && found.item instanceof WorkItem.Turn turn) {
          return Optional.of(WorkerHistories.parsed(turn).getPastEventsList());
        }
      }
    }
    return super.historyOf(instanceId, executionId);
  }
}
