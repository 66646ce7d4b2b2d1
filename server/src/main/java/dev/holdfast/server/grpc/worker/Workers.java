package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.FailedAnswer;
import dev.holdfast.engine.dispatch.Workforce;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceBlock;
import dev.holdfast.protocol.OrchestratorResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages all remote workers: this class opens and closes their streams, and finds the item to
 * which each answer belongs.
 *
 * <p>An answer that matches no item (because it is late, repeated or unknown) is counted and
 * otherwise ignored: an error would make SDKs give up a healthy stream. All methods are safe from
 * any thread; only {@link #awaitAnswers} blocks.
 */
public class Workers {
  private static final Logger log = LoggerFactory.getLogger("Host.Workers");

  private final Workforce workforce;
  private final WorkerSettings settings;
  private final RandomGenerator dice;
  private final LongSupplier nanos;
  private final int longHistoryBytes;
  private final Map<String, Handout> byToken = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<RemoteWorker> open = new CopyOnWriteArrayList<>();
  private final Orphans orphans = new Orphans();
  private final AtomicLong ignored = new AtomicLong();
  private final Overtime overtime;
  private volatile boolean stopping;
  private volatile boolean awaited;
  private volatile @Nullable String refusal;

  /**
   * Creates an object without workers.
   *
   * @param dice the random source of completion tokens; it must be cryptographically strong in
   *     production
   */
  public Workers(Workforce workforce, WorkerSettings settings, RandomGenerator dice) {
    this(workforce, settings, dice, System::nanoTime, WorkerHistories.LONG_BYTES);
  }

  /**
   * Creates an object with its own clock and size limit, for tests.
   *
   * @param nanos a clock that only measures elapsed time, like {@link System#nanoTime}
   * @param longHistoryBytes the size above which a turn is sent without its history to a worker
   *     that can fetch the history itself
   */
  Workers(
      Workforce workforce,
      WorkerSettings settings,
      RandomGenerator dice,
      LongSupplier nanos,
      int longHistoryBytes) {
    this.workforce = workforce;
    this.settings = settings;
    this.dice = dice;
    this.nanos = nanos;
    this.longHistoryBytes = longHistoryBytes;
    this.overtime = new Overtime(settings, this::othersHaveRoom);
  }

  public WorkerSettings settings() {
    return settings;
  }

  /**
   * Refuses workers from now on, and tells each of them the reason and where to connect instead.
   */
  public void refuse(String why) {
    refusal = why;
  }

  /** Returns how many workers are connected. */
  public int connected() {
    return open.size();
  }

  /** Returns how many items workers hold. */
  public int outstanding() {
    return byToken.size();
  }

  /** Returns how many answers were ignored because they matched no item. */
  public long ignored() {
    return ignored.get();
  }

  /**
   * Opens the stream of a worker that has just connected. The method must be called while the call
   * is being opened.
   */
  void open(
      GetWorkItemsRequest request,
      ServerCallStreamObserver<ByteString> call,
      java.util.concurrent.Executor transport) {
    if (stopping) {
      call.onError(stoppingStatus().asRuntimeException());
      return;
    }
    String why = refusal;
    if (why != null) {
      call.onError(Status.FAILED_PRECONDITION.withDescription(why).asRuntimeException());
      return;
    }
    Caller caller = Caller.current();
    RemoteWorker worker = worker(caller, request, call, transport);
    call.setOnCancelHandler(() -> close(worker, "the connection to its worker was lost"));
    call.setOnReadyHandler(worker::ready);
    supersedeOlder(caller);
    open.add(worker);
    workforce.join(worker);
    worker.greet();
    log.info("A worker has connected: {}.", worker);
  }

  RemoteWorker worker(
      Caller caller,
      GetWorkItemsRequest request,
      ServerCallStreamObserver<ByteString> call,
      java.util.concurrent.Executor transport) {
    return new RemoteWorker(this, caller, request, call, transport, settings);
  }

  /** Returns the workers whose streams are open. */
  List<RemoteWorker> all() {
    return open;
  }

  /** Returns the elapsed time in nanoseconds; see {@link System#nanoTime}. */
  long now() {
    return nanos.getAsLong();
  }

  int longHistoryBytes() {
    return longHistoryBytes;
  }

  /**
   * Retires older streams on the same connection. A Java worker that could not deliver an answer
   * abandons its stream silently and opens another one on the same connection; items sent to the
   * old stream would never be read.
   */
  private void supersedeOlder(Caller caller) {
    if (!caller.isJava()) {
      return;
    }
    for (RemoteWorker older : open) {
      if (older.caller().sharesConnection(caller)) {
        for (Handout left : older.supersede()) {
          boolean mine = end(left);
          if (mine) {
            orphans.add(left.item);
          }
          if (mine && !left.givenUp) {
            left.answers.answer(
                new Answer.Abandoned(
                    left.item,
                    "its worker opened another stream without having answered; perhaps the answer was too large to be sent"));
          }
        }
      }
    }
  }

  private void close(RemoteWorker worker, String reason) {
    if (!open.remove(worker)) {
      return;
    }
    workforce.leave(worker);
    int count = 0;
    for (Handout left : worker.close()) {
      boolean mine = end(left);
      if (mine) {
        orphans.add(left.item);
      }
      if (mine && !left.givenUp) {
        count++;
        left.answers.answer(new Answer.Lost(left.item, reason));
      }
    }
    reinstateNewest(worker.caller());
    // Items that waited for this worker because it had listed their names may go to other workers
    // now.
    workforce.placesChanged();
    log.info("A worker has gone: {}. {} of its items go to others.", worker.caller(), count);
  }

  private void reinstateNewest(Caller caller) {
    RemoteWorker newest = null;
    for (RemoteWorker one : open) {
      newest = one.caller().sharesConnection(caller) ? one : newest;
    }
    if (newest != null) {
      newest.reinstate();
    }
  }

  void placesChanged() {
    workforce.placesChanged();
  }

  /**
   * Returns a new token that cannot be guessed. The token of an activity also names its execution,
   * so that its answer can still be used when the hand-out is no longer in memory.
   */
  String newToken(WorkItem item) {
    String token = "%016x%016x".formatted(dice.nextLong(), dice.nextLong());
    return item.kind() == WorkItem.Kind.ACTIVITY ? token + ":" + item.executionId() : token;
  }

  void remember(Handout handout) {
    byToken.put(handout.token, handout);
  }

  /**
   * Ends a hand-out. Only the first call returns true, and only its caller may answer for the
   * hand-out.
   */
  private boolean end(Handout handout) {
    if (!byToken.remove(handout.token, handout)) {
      return false;
    }
    handout.worker.release(handout);
    if (awaited) {
      synchronized (this) {
        notifyAll();
      }
    }
    return true;
  }

  /** Returns whether all items are answered, not counting those that were given up or recalled. */
  private boolean allAnswered() {
    for (Handout handout : byToken.values()) {
      if (!handout.givenUp && !handout.recalled) {
        return false;
      }
    }
    return true;
  }

  /**
   * Waits until workers have answered all their items; returns false when this takes longer than
   * {@code atMost}.
   */
  public synchronized boolean awaitAnswers(Duration atMost) throws InterruptedException {
    awaited = true;
    long until = now() + atMost.toNanos();
    while (!allAnswered()) {
      long left = (until - now()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Takes the answer to a turn, or a part of it. */
  public void complete(OrchestratorResponse response) {
    Handout handout =
        find(response.getCompletionToken(), response.getInstanceId(), Handout.Task.TURN);
    if (handout == null || !(handout.item instanceof WorkItem.Turn turn)) {
      ignore("turn", response.getInstanceId());
      return;
    }
    OrchestratorResponse whole = response;
    if (Chunks.isChunk(response)) {
      Chunks chunks = handout.chunks();
      whole = chunks.add(response);
      if (chunks.bytes() > settings.responseBytesMax()) {
        answer(handout, tooLarge(turn, chunks.bytes()));
        return;
      }
      if (whole == null) {
        return;
      }
    }
    if (response.getRequiresHistory()) {
      answer(handout, new Answer.Abandoned(turn, "its worker asks for the history it was sent"));
    } else {
      answer(handout, new Answer.TurnDone(turn, whole));
    }
  }

  private Answer tooLarge(WorkItem.Turn turn, long bytes) {
    return FailedAnswer.of(
        turn,
        "ResponseTooLarge",
        "One turn of orchestrator '%s' answered with more than %d bytes; at most %d are taken. Schedule fewer tasks at once, or pass references to large data instead of the data."
            .formatted(turn.name(), bytes, settings.responseBytesMax()));
  }

  /** Takes the result or failure of an activity. */
  public void complete(ActivityResponse response) {
    String token = response.getCompletionToken();
    Handout handout = find(token, response.getInstanceId(), response.getTaskId());
    if (handout != null && handout.item instanceof WorkItem.Activity activity) {
      answer(handout, new Answer.ActivityDone(activity, response));
      return;
    }
    WorkItem.Activity late =
        token.isEmpty()
            ? orphans.find(Handout.Task.of(response))
            : Orphans.fromToken(token, response);
    if (late == null) {
      ignore("activity", response.getInstanceId());
    } else {
      workforce.answers().answer(new Answer.ActivityDone(late, response));
    }
  }

  /** Takes the results of a batch of an entity. */
  public void complete(EntityBatchResult result) {
    Handout handout = find(result);
    if (handout == null || !(handout.item instanceof WorkItem.EntityBatch batch)) {
      ignore("entity", "an entity");
    } else if (result.getRequiresState()) {
      answer(handout, new Answer.Abandoned(batch, "its worker asks for the state it was sent"));
    } else if (handout.givenUp && result.getResultsCount() == 0) {
      answer(handout, new Answer.Abandoned(batch, "its worker answered late and without results"));
    } else {
      answer(handout, new Answer.EntityDone(batch, result));
    }
  }

  /**
   * Finds the hand-out of a batch result. The result does not name its entity, so without a token
   * the hand-out is known only when the connection has a single batch.
   */
  private @Nullable Handout find(EntityBatchResult result) {
    if (!result.getCompletionToken().isEmpty()) {
      return byToken.get(result.getCompletionToken());
    }
    Caller caller = Caller.current();
    Handout only = null;
    for (Handout one : byToken.values()) {
      if (one.item instanceof WorkItem.EntityBatch
          && one.worker.caller().sharesConnection(caller)) {
        if (only != null) {
          return null;
        }
        only = one;
      }
    }
    return only;
  }

  /**
   * Passes an answer on. If the hand-out was given up, its item was handed out again or reported as
   * failed, so only a result is still useful.
   */
  void answer(Handout handout, Answer answer) {
    if (end(handout)) {
      if (!handout.givenUp || isResult(answer)) {
        handout.answers.answer(answer);
      } else {
        ignore("item", handout.item.instanceId());
        workforce.placesChanged();
      }
    } else {
      ignore("item", handout.item.instanceId());
    }
  }

  private static boolean isResult(Answer answer) {
    return !(answer instanceof Answer.Lost || answer instanceof Answer.Abandoned);
  }

  /**
   * Finds the hand-out to which an answer belongs. Without a token only the connection identifies
   * the hand-out, because an old answer for an instance must not be taken for the answer to a newer
   * turn that another worker runs.
   */
  @Nullable Handout find(String token, String instanceId, int taskId) {
    if (!token.isEmpty()) {
      Handout handout = byToken.get(token);
      if (handout == null || !handout.task.equals(new Handout.Task(instanceId, taskId))) {
        return null;
      }
      handout.worker.knowsTokens();
      return handout;
    }
    Caller caller = Caller.current();
    Handout.Task task = new Handout.Task(instanceId, taskId);
    for (RemoteWorker worker : open) {
      if (worker.caller().sharesConnection(caller)) {
        Handout handout = worker.oldest(task);
        if (handout != null) {
          return handout;
        }
      }
    }
    return null;
  }

  private void ignore(String what, String instanceId) {
    ignored.incrementAndGet();
    log.debug(
        "An answer of a worker was ignored: no answer is awaited for {} of {}", what, instanceId);
  }

  /**
   * Takes back the item that was handed out with this token. Workers give back items in versions
   * that they do not run, so the item has not failed, no matter how often this happens.
   *
   * @param block why the item's instance or entity must be set aside; null when it need not be set
   *     aside
   */
  public void abandon(String token, @Nullable InstanceBlock block) {
    Handout handout = byToken.get(token);
    if (handout == null) {
      ignore("item", "an unknown instance");
    } else {
      answer(
          handout,
          block == null
              ? new Answer.Lost(handout.item, "its worker gave it back")
              : new Answer.Blocked(handout.item, Blocked.of(block)));
    }
  }

  /**
   * Returns the history of a turn that a worker holds, preferably of a turn that the calling worker
   * holds. Another worker may hold the same turn, or even the next one, after the calling worker
   * took too long.
   *
   * @param executionId the execution of the turn, or "" for any
   */
  public Optional<List<HistoryEvent>> historyOf(String instanceId, String executionId) {
    Handout.Task task = new Handout.Task(instanceId, Handout.Task.TURN);
    Caller caller = Caller.current();
    WorkItem.Turn found = null;
    for (RemoteWorker worker : open) {
      Handout handout = worker.newest(task);
      if (handout != null
          && handout.item instanceof WorkItem.Turn turn
          && (executionId.isEmpty() || executionId.equals(turn.executionId()))) {
        if (worker.caller().sharesConnection(caller)) {
          return Optional.of(WorkerHistories.parsed(turn).getPastEventsList());
        }
        found = handout.givenUp && found != null ? found : turn;
      }
    }
    return Optional.ofNullable(found).map(turn -> WorkerHistories.parsed(turn).getPastEventsList());
  }

  /**
   * Sends a health ping to every worker that has been sent nothing for a while, and closes the
   * streams whose key is no longer valid. The method must be called regularly.
   */
  public void ping() {
    long now = now();
    for (RemoteWorker worker : open) {
      if (!worker.isAllowed()) {
        close(worker, "its key opens nothing any more");
        worker.end(
            Status.UNAUTHENTICATED.withDescription(
                "The key with which this worker connected opens nothing any more. Connect with another."));
        continue;
      }
      worker.ping(now, settings.pingEvery().toNanos());
    }
  }

  /**
   * Gives up items that take too long. The method must be called every {@link
   * WorkerSettings#lookEvery}.
   */
  public void look() {
    long now = now();
    for (RemoteWorker worker : open) {
      overtime.look(worker, now);
    }
  }

  private boolean othersHaveRoom(WorkItem item, RemoteWorker than) {
    for (RemoteWorker one : open) {
      if (one != than && one.takes(item) && one.places(item.kind()) > 0) {
        return true;
      }
    }
    return false;
  }

  boolean othersWant(WorkItem item, RemoteWorker than) {
    for (RemoteWorker one : open) {
      if (one != than && one.wants(item)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Ends all streams with UNAVAILABLE, including streams that are opened later; unanswered items
   * are given back.
   */
  public void stop() {
    stopping = true;
    for (RemoteWorker worker : open) {
      close(worker, "the host stops");
      worker.end(stoppingStatus());
    }
  }

  private static Status stoppingStatus() {
    return Status.UNAVAILABLE.withDescription(
        "The host is stopping; connect again when it is back.");
  }
}
