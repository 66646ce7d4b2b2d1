package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Dispatcher;
import dev.holdfast.protocol.GetWorkItemsRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of work items: an executor whose user code runs somewhere else.
 *
 * <p>Items are written by the thread of the transport, one after the other, and only while the
 * other side reads; until then they stay in the memory that they share with the engine. No lock is
 * held while writing.
 */
class RemoteWorker implements Executor {
  private static final Logger log = LoggerFactory.getLogger("Host.Workers");

  private final Workers workers;
  private final Caller caller;
  private final BooleanSupplier allowed;
  private final ServerCallStreamObserver<ByteString> call;
  private final java.util.concurrent.Executor transport;
  private final Filters filters;
  private final WorkerHistories histories;
  private final int turnsMax;
  private final int activitiesMax;
  private final int batchesMax;
  private final int itemBytesMax;
  private final boolean serial;
  private final boolean mayMistake;
  private final AtomicInteger turns = new AtomicInteger();
  private final AtomicInteger activities = new AtomicInteger();
  private final AtomicInteger batches = new AtomicInteger();

  /** What this worker has, oldest first of each task. Guarded by this. */
  private final Map<Handout.Task, Handout> byTask = new LinkedHashMap<>();

  private volatile boolean tokens;
  private boolean closed;
  private long handedOut;
  private int givenUp;
  private volatile long lastAnswered;
  private volatile boolean stuck;

  private final ConcurrentLinkedQueue<ByteString> unwritten = new ConcurrentLinkedQueue<>();
  private final AtomicInteger writing = new AtomicInteger();

  /** Somebody has been told that there are no places because something is unwritten. */
  private volatile boolean awaited;

  private volatile @Nullable Status end;
  private boolean ended;
  private volatile long lastWritten;
  private volatile boolean superseded;

  RemoteWorker(
      Workers workers,
      Caller caller,
      GetWorkItemsRequest request,
      ServerCallStreamObserver<ByteString> call,
      java.util.concurrent.Executor transport,
      WorkerSettings settings) {
    this.workers = workers;
    this.lastAnswered = workers.now();
    this.lastWritten = lastAnswered;
    this.caller = caller;
    this.allowed = Caller.currentAllowed();
    this.call = call;
    this.transport = transport;
    this.filters =
        request.hasWorkItemFilters()
            ? Filters.of(request.getWorkItemFilters(), takesEntities(caller, request))
            : Filters.everything(takesEntities(caller, request));
    this.histories = WorkerHistories.of(request);
    int unsaid = caller.isJava() ? settings.serialItemsMax() : settings.itemsMax();
    this.turnsMax = said(request.getMaxConcurrentOrchestrationWorkItems(), unsaid);
    this.activitiesMax = said(request.getMaxConcurrentActivityWorkItems(), unsaid);
    this.batchesMax = said(request.getMaxConcurrentEntityWorkItems(), unsaid);
    this.serial = caller.isJava() && request.getMaxConcurrentActivityWorkItems() <= 0;
    this.mayMistake = caller.mayOmitTokens() && !serial;
    this.itemBytesMax = caller.readsAnySize() ? Integer.MAX_VALUE : settings.itemBytesMax();
  }

  /** Java's SDK lists none of those that it has; for all others, filters without any mean none. */
  static boolean takesEntities(Caller caller, GetWorkItemsRequest request) {
    boolean some = request.getMaxConcurrentEntityWorkItems() > 0;
    if (!request.hasWorkItemFilters()) {
      return some || caller.mayKnowEntities();
    }
    return request.getWorkItemFilters().getEntitiesCount() > 0 || (some && caller.isJava());
  }

  /** Zero is no preference; it never means "none". */
  private static int said(int wanted, int unsaid) {
    return wanted > 0 ? wanted : unsaid;
  }

  Caller caller() {
    return caller;
  }

  /** Whether the key with which it came still opens. */
  boolean isAllowed() {
    return allowed.getAsBoolean();
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return filters.want(kind, name);
  }

  /**
   * What it has and could not do in time it gets again only when there is nobody else. Who may
   * answer without a token gets nothing that such an answer could be mistaken for.
   */
  @Override
  public boolean takes(WorkItem item) {
    return filters.want(item)
        && !isMistakable(Handout.Task.of(item))
        && !(gaveUp(item) && workers.othersWant(item, this));
  }

  /** Who runs one after the other answers in the order in which it was given its items. */
  boolean isMistakable(Handout.Task task) {
    return mayMistake && !tokens && has(task);
  }

  private synchronized boolean has(Handout.Task task) {
    return byTask.containsKey(task);
  }

  /** It has answered with a token, so it always does. */
  void knowsTokens() {
    tokens = true;
  }

  @Override
  public boolean names(WorkItem item) {
    return filters.lists(item.kind()) && !superseded && !stuck;
  }

  @Override
  public List<String> lists(WorkItem.Kind kind) {
    return filters.names(kind);
  }

  boolean wants(WorkItem item) {
    return filters.want(item);
  }

  private synchronized boolean gaveUp(WorkItem item) {
    if (givenUp == 0) {
      return false;
    }
    for (Handout one = byTask.get(Handout.Task.of(item)); one != null; one = one.next) {
      if (one.givenUp) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int places(WorkItem.Kind kind) {
    if (superseded || stuck || !call.isReady() || isBehind()) {
      return 0;
    }
    return most(kind) - taken(kind);
  }

  /** Whether it has not been written what it has got. Who asks is told when it has been. */
  private boolean isBehind() {
    if (unwritten.isEmpty()) {
      return false;
    }
    awaited = true;
    return !unwritten.isEmpty();
  }

  private int most(WorkItem.Kind kind) {
    return switch (kind) {
      case ORCHESTRATOR -> turnsMax;
      case ACTIVITY -> activitiesMax;
      case ENTITY -> batchesMax;
    };
  }

  @Override
  public int taken(WorkItem.Kind kind) {
    return counter(kind).get();
  }

  private AtomicInteger counter(WorkItem.Kind kind) {
    return switch (kind) {
      case ORCHESTRATOR -> turns;
      case ACTIVITY -> activities;
      case ENTITY -> batches;
    };
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    for (WorkItem item : items) {
      Handout handout = new Handout(this, item, workers.newToken(item), answers, workers.now());
      ByteString bytes = histories.bytes(item, handout.token, workers.longHistoryBytes());
      if (bytes.size() > itemBytesMax) {
        answers.answer(tooLarge(item, bytes.size()));
      } else if (take(handout)) {
        unwritten.add(bytes);
      } else {
        answers.answer(new Answer.Lost(item, "its worker had gone, or has another of its kind"));
      }
    }
    write();
  }

  private Answer tooLarge(WorkItem item, int bytes) {
    return Dispatcher.failed(
        item,
        "WorkItemTooLarge",
        "%s '%s' cannot be sent to a worker: with %s it takes %d bytes, and gRPC workers read messages of at most %d. %s"
            .formatted(
                Dispatcher.what(item),
                item.name(),
                switch (item.kind()) {
                  case ORCHESTRATOR -> "its history";
                  case ACTIVITY -> "its input";
                  case ENTITY -> "its state and what it is asked";
                },
                bytes,
                itemBytesMax,
                item.kind() == WorkItem.Kind.ORCHESTRATOR
                    ? "Continue as new before the history gets that long, and pass references to large data instead of the data."
                    : "Pass a reference to the data instead of the data."));
  }

  private boolean take(Handout handout) {
    synchronized (this) {
      if (closed || superseded || isMistakable(handout.task)) {
        return false;
      }
      handout.number = handedOut++;
      Handout last = byTask.putIfAbsent(handout.task, handout);
      while (last != null && last != handout) {
        if (last.next == null) {
          last.next = handout;
        }
        last = last.next;
      }
      workers.remember(handout);
    }
    counter(handout.item.kind()).incrementAndGet();
    return true;
  }

  /** What is answered by an answer without a token: of several, what this worker has longest. */
  synchronized @Nullable Handout oldest(Handout.Task task) {
    return byTask.get(task);
  }

  /** What this task was handed out with last. */
  synchronized @Nullable Handout newest(Handout.Task task) {
    Handout one = byTask.get(task);
    while (one != null && one.next != null) {
      one = one.next;
    }
    return one;
  }

  /** Whether it runs one item after the other, in the order in which they were sent. */
  boolean isSerial() {
    return serial;
  }

  /** Since when it has been at this item, were it the first of what it has. */
  long since(Handout handout) {
    return serial ? Math.max(handout.at, lastAnswered) : handout.at;
  }

  /** All it has, in the order in which it was handed out. */
  List<Handout> inOrder() {
    List<Handout> all = all();
    all.sort(Comparator.comparingLong(one -> one.number));
    return all;
  }

  /**
   * From now on nobody waits for this answer. A worker that runs one after the other gets nothing
   * more as long as it is at this.
   *
   * @return false when it was before
   */
  synchronized boolean giveUp(Handout handout, boolean first) {
    if (handout.givenUp) {
      return false;
    }
    handout.givenUp = true;
    givenUp++;
    stuck |= serial && first;
    return true;
  }

  /** The item is answered or taken back; its place is free. Once for each. */
  void release(Handout handout) {
    lastAnswered = workers.now();
    synchronized (this) {
      if (handout.givenUp) {
        givenUp--;
        stuck = false;
      }
      Handout first = byTask.get(handout.task);
      if (first == handout) {
        if (handout.next == null) {
          byTask.remove(handout.task);
        } else {
          byTask.put(handout.task, handout.next);
        }
      }
      for (Handout one = first; one != null; one = one.next) {
        if (one.next == handout) {
          one.next = handout.next;
        }
      }
    }
    counter(handout.item.kind()).decrementAndGet();
  }

  /**
   * Workers cannot be told to stop, so what they have keeps its place until it is answered; but
   * nobody waits for the answer.
   */
  @Override
  public void recall(Set<Long> tokens, boolean atOnce) {
    for (Handout one : atOnce ? all() : List.<Handout>of()) {
      one.recalled |= tokens.contains(one.item.token());
    }
  }

  @Override
  public @Nullable String progress(WorkItem.Kind kind, long token) {
    for (Handout one : all()) {
      if (one.item.token() == token && one.item.kind() == kind) {
        return "with worker %s for %d s"
            .formatted(caller, Math.max(0, workers.now() - one.at) / 1_000_000_000);
      }
    }
    return null;
  }

  private synchronized List<Handout> all() {
    List<Handout> all = new ArrayList<>();
    for (Handout first : byTask.values()) {
      for (Handout one = first; one != null; one = one.next) {
        all.add(one);
      }
    }
    return all;
  }

  int count() {
    return turns.get() + activities.get() + batches.get();
  }

  /**
   * No more items are taken.
   *
   * @return what was not answered; empty from the second time on
   */
  List<Handout> close() {
    synchronized (this) {
      if (closed) {
        return List.of();
      }
      closed = true;
    }
    return all();
  }

  /** While a newer stream uses the same connection this one gets nothing; see {@link Workers}. */
  synchronized List<Handout> supersede() {
    superseded = true;
    return all();
  }

  void reinstate() {
    superseded = false;
  }

  /** Ends the stream, after what is being written. */
  void end(Status status) {
    end = status;
    write();
  }

  /** Sends a health ping if nothing else has been sent for so long. */
  void ping(long now, long silentNanos) {
    if (now - lastWritten >= silentNanos && unwritten.isEmpty() && call.isReady()) {
      unwritten.add(WorkItemBytes.PING);
      write();
    }
  }

  /** Lets the transport write, unless it is at it. Callable from any thread. */
  private void write() {
    if (writing.getAndIncrement() == 0) {
      try {
        transport.execute(this::writeAll);
      } catch (RejectedExecutionException e) {
        log.debug("The transport has ended before {} could be written to", caller);
      }
    }
  }

  /** The transport can take more. */
  void ready() {
    write();
    workers.placesChanged();
  }

  private void writeAll() {
    int seen = 1;
    while (seen != 0) {
      writeWhileReady();
      seen = writing.addAndGet(-seen);
    }
  }

  private void writeWhileReady() {
    while (!ended) {
      Status status = end;
      if (status != null) {
        ended = true;
        call.onError(status.asRuntimeException());
        return;
      }
      if (!call.isReady()) {
        return;
      }
      ByteString next = unwritten.poll();
      if (next == null) {
        if (awaited) {
          awaited = false;
          workers.placesChanged();
        }
        return;
      }
      call.onNext(next);
      lastWritten = workers.now();
    }
  }

  @Override
  public String toString() {
    return "%s, at most %d turns, %d activities and %d entities at once, wants %s"
        .formatted(caller, turnsMax, activitiesMax, batchesMax, filters);
  }
}
