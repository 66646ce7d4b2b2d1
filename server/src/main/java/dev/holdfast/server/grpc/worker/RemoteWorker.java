package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.FailedAnswer;
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
 * Represents one stream of work items: an executor whose user code runs in another process.
 *
 * <p>Items are written by the thread of the transport, one after the other, and only while the
 * client reads; until then their bytes stay shared with the engine's memory. No lock is held while
 * writing.
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

  /**
   * Holds the items of this worker by task; each chain begins with the oldest hand-out. The field
   * is guarded by this object.
   */
  private final Map<Handout.Task, Handout> byTask = new LinkedHashMap<>();

  private volatile boolean tokens;
  private boolean closed;
  private long handedOut;
  private int givenUp;
  private volatile long lastAnswered;
  private volatile boolean stuck;

  private final ConcurrentLinkedQueue<ByteString> unwritten = new ConcurrentLinkedQueue<>();
  private final AtomicInteger writing = new AtomicInteger();

  /**
   * Says whether the engine was told that the worker has no places because items are still
   * unwritten.
   */
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

  /**
   * Returns whether the worker takes entities. The SDK for Java never lists its entities; for all
   * other SDKs, filters without entities mean that they take none.
   */
  static boolean takesEntities(Caller caller, GetWorkItemsRequest request) {
    boolean some = request.getMaxConcurrentEntityWorkItems() > 0;
    if (!request.hasWorkItemFilters()) {
      return some || caller.mayKnowEntities();
    }
    return request.getWorkItemFilters().getEntitiesCount() > 0 || (some && caller.isJava());
  }

  /**
   * Returns the requested number, or {@code unsaid} for zero, because zero means that the worker
   * has no preference.
   */
  private static int said(int wanted, int unsaid) {
    return wanted > 0 ? wanted : unsaid;
  }

  Caller caller() {
    return caller;
  }

  /** Returns whether the key with which the stream was opened is still valid. */
  boolean isAllowed() {
    return allowed.getAsBoolean();
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return filters.want(kind, name);
  }

  /**
   * Returns whether the worker takes the item. If the worker already holds the item and has not
   * finished it in time, it gets the item again only when no other worker takes it. A worker that
   * may answer without a token gets no item whose answer could be mistaken for the answer to
   * another item.
   */
  @Override
  public boolean takes(WorkItem item) {
    return filters.want(item)
        && !isMistakable(Handout.Task.of(item))
        && !(gaveUp(item) && workers.othersWant(item, this));
  }

  /**
   * Returns whether an answer for the task could be mistaken for another answer. A serial worker
   * answers in the order in which it was given its items, so its answers cannot be mistaken.
   */
  boolean isMistakable(Handout.Task task) {
    return mayMistake && !tokens && has(task);
  }

  private synchronized boolean has(Handout.Task task) {
    return byTask.containsKey(task);
  }

  /** Notes that the worker has answered with a token, which means that it always sends tokens. */
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

  /**
   * Returns whether items for the worker are still unwritten. If so, the engine is told when they
   * have been written.
   */
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
        answers.answer(new Answer.Lost(item, "its worker is gone, or has the same task already"));
      }
    }
    write();
  }

  private Answer tooLarge(WorkItem item, int bytes) {
    return FailedAnswer.of(
        item,
        "WorkItemTooLarge",
        "%s '%s' cannot be sent to a worker: with %s it takes %d bytes, and gRPC workers read messages of at most %d. %s"
            .formatted(
                FailedAnswer.what(item),
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

  /**
   * Returns the hand-out that an answer without a token belongs to, which is the oldest one of the
   * task.
   */
  synchronized @Nullable Handout oldest(Handout.Task task) {
    return byTask.get(task);
  }

  /** Returns the newest hand-out of the task. */
  synchronized @Nullable Handout newest(Handout.Task task) {
    Handout one = byTask.get(task);
    while (one != null && one.next != null) {
      one = one.next;
    }
    return one;
  }

  /**
   * Returns whether the worker runs one item after the other, in the order in which they were sent.
   */
  boolean isSerial() {
    return serial;
  }

  /**
   * Returns the time since which the worker has been running this item, provided that it is the
   * worker's first item.
   */
  long since(Handout handout) {
    return serial ? Math.max(handout.at, lastAnswered) : handout.at;
  }

  /** Returns all items of the worker, in the order in which they were handed out. */
  List<Handout> inOrder() {
    List<Handout> all = all();
    all.sort(Comparator.comparingLong(one -> one.number));
    return all;
  }

  /**
   * Stops waiting for the answer to an item. A serial worker gets no other item while it is still
   * running this one.
   *
   * @return false when the item was already given up
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

  /**
   * Frees the place of an item that is answered or taken back. The method must be called once for
   * each item.
   */
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
   * Marks the items whose results are no longer needed. Workers cannot be told to stop, so the
   * items keep their places until they are answered.
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
   * Stops taking items.
   *
   * @return the unanswered items; empty from the second call on
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

  /**
   * Stops giving items to this stream while a newer stream uses the same connection; see {@link
   * Workers}. Returns the items that this stream holds.
   */
  synchronized List<Handout> supersede() {
    superseded = true;
    return all();
  }

  void reinstate() {
    superseded = false;
  }

  /** Ends the stream after the message that is being written. */
  void end(Status status) {
    end = status;
    write();
  }

  /**
   * Tells another Holdfast host, by a health ping, that its work is served from now on. SDK workers
   * get no greeting, because they would not use it.
   */
  void greet() {
    if (caller.isHoldfast()) {
      unwritten.add(WorkItemBytes.PING);
      write();
    }
  }

  /** Sends a health ping if nothing else has been sent for {@code silentNanos}. */
  void ping(long now, long silentNanos) {
    if (now - lastWritten >= silentNanos && unwritten.isEmpty() && call.isReady()) {
      unwritten.add(WorkItemBytes.PING);
      write();
    }
  }

  /** Makes the transport write, unless it is already writing. Any thread may call this. */
  private void write() {
    if (writing.getAndIncrement() == 0) {
      try {
        transport.execute(this::writeAll);
      } catch (RejectedExecutionException e) {
        log.debug("The transport has ended before {} could be written to", caller);
      }
    }
  }

  /** Notes that the transport can take more messages. */
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
