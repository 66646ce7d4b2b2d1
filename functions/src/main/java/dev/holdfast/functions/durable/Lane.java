package dev.holdfast.functions.durable;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.work.LargeWork;
import dev.holdfast.functions.work.PlaceLimits;
import dev.holdfast.functions.work.Stacks;
import dev.holdfast.functions.work.WorkPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns the threads and places of one kind of work, and observes whether that work progresses. */
final class Lane {
  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Functions");
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final int NAMED_MOST = 3;

  private final WorkItem.Kind kind;
  private final String plural;
  private final PlaceLimits limits;
  private final HandOver places;
  private final WorkPool pool;
  private final LargeWork large = LargeWork.ofHeap();
  private final LongSupplier nanoTime;
  private final LongAdder ended = new LongAdder();
  private volatile Executor.@Nullable Answers answers;
  private volatile boolean interrupting;

  /** Says that the engine was told that no place is free for its item. */
  private volatile boolean refused;

  /**
   * Holds the time, by {@link System#nanoTime}, since which no item has ended although work waits;
   * 0 while items end or no work waits.
   */
  private volatile long stalledSince;

  private long endedAtLastLook;
  private boolean told;

  /**
   * Creates the lane of a kind of work.
   *
   * @param plural the word for several items of this kind, e.g. "activities"; the names of the
   *     threads contain it
   */
  Lane(WorkItem.Kind kind, String plural, PlaceLimits limits) {
    this(kind, plural, limits, System::nanoTime);
  }

  Lane(WorkItem.Kind kind, String plural, PlaceLimits limits, LongSupplier nanoTime) {
    int cores = Runtime.getRuntime().availableProcessors();
    this.kind = kind;
    this.plural = plural;
    this.limits = limits;
    this.places = new HandOver(limits.most(), cores);
    this.pool = new WorkPool(plural, cores, limits, IDLE);
    this.nanoTime = nanoTime;
  }

  HandOver places() {
    return places;
  }

  WorkPool pool() {
    return pool;
  }

  LargeWork large() {
    return large;
  }

  boolean isInterrupting() {
    return interrupting;
  }

  /** Counts one more item as answered. */
  void ended() {
    ended.increment();
  }

  /** Returns how many more items of this name may be handed over although no place is free. */
  int extra(String name) {
    int extra = pool.extra(name);
    if (extra == 0) {
      refused = true;
    }
    return extra;
  }

  /** Sets the receiver of the notice that places have become free. */
  void answersTo(Executor.Answers to) {
    answers = to;
  }

  /**
   * Recalls the items with these tokens, whose results are no longer needed.
   *
   * @param atOnce true: waiting items are given back and running ones are stopped; false: running
   *     ones are stopped only when they hold places that others need
   */
  void recall(Set<Long> tokens, boolean atOnce) {
    if (atOnce) {
      pool.take(task -> isOneOf(task, tokens))
          .forEach(task -> task.abandon("its result is not needed any more"));
    }
    for (WorkPool.Running one : pool.running()) {
      if (one.task().inner() instanceof ItemTask task && tokens.contains(task.item().token())) {
        if (atOnce) {
          task.recall();
        } else {
          task.isUnneeded();
        }
      }
    }
  }

  /**
   * Looks for functions that hold their places for long, and logs a warning if other work waits for
   * these places. The method must be called at intervals.
   */
  void look() {
    boolean waits = refused || pool.queued() > 0;
    refused = false;
    pool.look();
    int held = pool.held();
    Executor.Answers to = answers;
    if (held > 0 && to != null && places.free() == 0) {
      stopUnneeded();
      to.placesChanged();
    }
    if (held > 0 && waits && !told) {
      LOGGER.warn(
          "{} wait because places are held: {}. Other functions get up to {} more places"
              + " (extraPlaces); terminate the instances of those that hang, or raise {}.",
          capital(plural),
          holders(),
          limits.extra(),
          setting());
      told = true;
    } else if (held == 0) {
      told = false;
    }
    lookForStall(waits);
  }

  private void lookForStall(boolean waits) {
    long now = ended.sum();
    if (!waits || now != endedAtLastLook) {
      stalledSince = 0;
    } else if (stalledSince == 0) {
      stalledSince = nanoTime.getAsLong();
    }
    endedAtLastLook = now;
  }

  private void stopUnneeded() {
    for (WorkPool.Running one : pool.running()) {
      boolean held = one.nanos() > limits.heldAfter().toNanos();
      if (held && one.task().inner() instanceof ItemTask task && task.mayBeStopped()) {
        task.recall();
      }
    }
  }

  /** Returns for how long no item has ended although work waits. */
  Duration stalled() {
    long since = stalledSince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - since);
  }

  /** Returns a sentence about a stall of at least this length; null when there is none. */
  @Nullable String trouble(Duration atLeast) {
    Duration stalled = stalled();
    return stalled.isZero() || stalled.compareTo(atLeast) < 0
        ? null
        : "No %s has ended for %s although some wait; places are held by %s."
            .formatted(one(), Stacks.words(stalled), holdersOrNobody());
  }

  private String holdersOrNobody() {
    String holders = holders();
    return holders.isEmpty() ? "no function" : holders;
  }

  private String one() {
    return kind == WorkItem.Kind.ORCHESTRATOR ? "turn of an orchestrator" : kind.word();
  }

  private String setting() {
    return switch (kind) {
      case ORCHESTRATOR -> "maxConcurrentOrchestratorFunctions";
      case ACTIVITY -> "maxConcurrentActivityFunctions";
      case ENTITY -> "maxConcurrentEntityFunctions";
    };
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /** Describes the progress of the item with this token; null when the item is not in this lane. */
  @Nullable String progress(long token) {
    for (WorkPool.Running one : pool.running()) {
      if (isIt(one.task(), token)) {
        return "runs for %s on thread %s, %s"
            .formatted(
                Stacks.words(Duration.ofNanos(one.nanos())),
                one.thread().getName(),
                Stacks.top(one.thread()));
      }
    }
    int behind = pool.running().size();
    for (WorkPool.Task one : pool.waiting()) {
      if (isIt(one, token)) {
        return "queued behind %d, places held by %s".formatted(behind, holdersOrNobody());
      }
      behind++;
    }
    return null;
  }

  private static boolean isOneOf(WorkPool.Task task, Set<Long> tokens) {
    return task.inner() instanceof ItemTask it && tokens.contains(it.item().token());
  }

  static boolean isIt(WorkPool.Task task, long token) {
    return task.inner() instanceof ItemTask it && it.item().token() == token;
  }

  private static final class Holder {
    private int count;
    private WorkPool.@Nullable Running longest;

    void add(WorkPool.Running one) {
      count++;
      longest = longest == null || one.nanos() > longest.nanos() ? one : longest;
    }

    long nanos() {
      return longest == null ? 0 : longest.nanos();
    }
  }

  /**
   * Lists in words the functions that hold places, the longest running first; "" when no function
   * does.
   */
  String holders() {
    Map<String, Holder> byName = new TreeMap<>();
    for (WorkPool.Running one : pool.running()) {
      byName.computeIfAbsent(one.task().name(), name -> new Holder()).add(one);
    }
    List<Map.Entry<String, Holder>> holders = new ArrayList<>(byName.entrySet());
    holders.sort(Comparator.comparingLong(holder -> -holder.getValue().nanos()));
    List<String> words = new ArrayList<>();
    for (Map.Entry<String, Holder> holder :
        holders.subList(0, Math.min(NAMED_MOST, holders.size()))) {
      WorkPool.Running longest = holder.getValue().longest;
      words.add(
          "'%s' (%d%s)"
              .formatted(
                  holder.getKey(),
                  holder.getValue().count,
                  longest == null
                      ? ""
                      : ", the longest for %s on thread %s %s"
                          .formatted(
                              Stacks.words(Duration.ofNanos(longest.nanos())),
                              longest.thread().getName(),
                              Stacks.top(longest.thread()))));
    }
    if (holders.size() > NAMED_MOST) {
      words.add("and %d other names".formatted(holders.size() - NAMED_MOST));
    }
    return String.join(", ", words);
  }

  /** Stops taking work, gives back items that have not begun, and waits for running items. */
  void drain(Duration patience) {
    pool.drain(patience);
  }

  /** Interrupts running items; they are answered as abandoned, no matter how they end. */
  void close() {
    interrupting = true;
    pool.close();
  }
}
