package dev.holdfast.functions.work;

import dev.holdfast.functions.model.FunctionLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the runs of functions: it interrupts runs that exceed their limit or whose results are no
 * longer needed, and gives up runs that ignore the interrupt.
 *
 * <p>A run that exceeds its limit is interrupted, and counts as failed no matter what it does then.
 * A run that has not ended some time after the interrupt is given up: its failure is reported, and
 * its thread no longer counts in its pool, so that another can take its place. The number of such
 * lost threads is limited; beyond the limit, a run that is given up keeps its place. Limits are
 * long, so an inspection of all runs once in a while is cheaper than a timer for each run.
 */
public final class TimeLimit implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Functions");
  private static final Duration GRACE_MOST = Duration.ofSeconds(10);
  private static final long LOOK_EVERY_MOST = Duration.ofSeconds(1).toNanos();
  private static final long LOOK_EVERY_LEAST = Duration.ofMillis(5).toNanos();
  private static final int LOOKS_PER_STEP = 4;

  private final RunLimits limits;
  private final int lostMost;
  private final FunctionLog log;
  private final LongSupplier nanoTime;

  /**
   * Holds the tolerance in nanoseconds that is added to every limit; the tolerance covers the time
   * between two inspections, and is 0 when the caller inspects the runs itself.
   */
  private final long late;

  private final Set<Run> running = ConcurrentHashMap.newKeySet();
  private final Set<Run> lost = ConcurrentHashMap.newKeySet();
  private final Set<String> deaf = ConcurrentHashMap.newKeySet();
  private final List<Runnable> lookers = new CopyOnWriteArrayList<>();
  private @Nullable ScheduledExecutorService watch;

  /** Is notified, on another thread, about a run that does not end. */
  public interface Listener {

    /**
     * Reports that the run has not ended although it was interrupted: the run has failed with this
     * exception, and its later result is dropped. The method is called at most once.
     */
    void givenUp(Exception failure);

    /**
     * Reports that the run's thread has left the pool, so that its place is free. The method is
     * called at most once, before {@link #givenUp}.
     */
    default void replaced() {}
  }

  /**
   * Returns a time limit that inspects the runs from now on, on a thread of its own.
   *
   * @param lostMost the number of threads that may be lost to runs that do not end
   * @param log receives reports of functions that do not end although they are interrupted
   */
  public static TimeLimit watching(RunLimits limits, int lostMost, FunctionLog log) {
    Duration shortest = limits.shortest();
    long every =
        shortest == null
            ? LOOK_EVERY_MOST
            : Math.max(LOOK_EVERY_LEAST, Math.min(LOOK_EVERY_MOST, shortest.toNanos() / 10));
    WatchClock clock = new WatchClock(System::nanoTime, LOOKS_PER_STEP * every);
    TimeLimit limit = new TimeLimit(limits, lostMost, log, clock, every);
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(TimeLimit::daemon);
    limit.watch = watch;
    var unused =
        watch.scheduleWithFixedDelay(
            () ->
                guarded(
                    () -> {
                      clock.tick();
                      limit.look();
                    }),
            every,
            every,
            TimeUnit.NANOSECONDS);
    return limit;
  }

  /** Creates a time limit that inspects the runs only when {@link #look} is called. */
  TimeLimit(RunLimits limits, int lostMost, FunctionLog log, LongSupplier nanoTime) {
    this(limits, lostMost, log, nanoTime, 0);
  }

  private TimeLimit(
      RunLimits limits, int lostMost, FunctionLog log, LongSupplier nanoTime, long late) {
    this.limits = limits;
    this.lostMost = lostMost;
    this.log = log;
    this.nanoTime = nanoTime;
    this.late = late;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "function-timeout");
    thread.setDaemon(true);
    return thread;
  }

  /** Adds a callback that each inspection calls. */
  public void alsoLook(Runnable looker) {
    lookers.add(looker);
  }

  /** Begins a run on the calling thread, which must be a thread of this pool. */
  public Run begin(RunLimits.Kind kind, String function, WorkPool pool, Listener listener) {
    Run run = new Run(kind, function, limits.of(kind, function), pool, listener);
    running.add(run);
    return run;
  }

  /**
   * Describes the thread of a run that was given up and has not ended.
   *
   * @param since how long ago the thread was interrupted
   * @param at the position of the thread, e.g. {@code at app.Pay.wait(Pay.java:12)}
   */
  public record Lost(String function, String thread, Duration since, String at) {
    @Override
    public String toString() {
      return "'%s' on thread %s, interrupted %s ago, %s"
          .formatted(function, thread, Stacks.words(since), at);
    }
  }

  /** Returns the lost threads, beginning with the oldest. */
  public List<Lost> lost() {
    long now = nanoTime.getAsLong();
    List<Run> runs = new ArrayList<>(lost);
    runs.sort(Comparator.comparingLong(run -> run.interruptedAt));
    return runs.stream().map(run -> run.told(now)).toList();
  }

  /** Returns the number of lost threads. */
  public int lostCount() {
    return lost.size();
  }

  /** Returns the number of threads that may be lost. */
  public int lostMost() {
    return lostMost;
  }

  /** Interrupts runs that exceed their limit, and gives up runs that ignore the interrupt. */
  public void look() {
    long now = nanoTime.getAsLong();
    for (Run run : running) {
      guarded(() -> run.look(now));
    }
    lookers.forEach(TimeLimit::guarded);
  }

  /**
   * Runs one inspection; an exception is logged and not thrown, because further inspections must
   * follow.
   */
  private static void guarded(Runnable look) {
    try {
      look.run();
    } catch (Throwable e) {
      tell(e);
    }
  }

  private static void tell(Throwable failure) {
    try {
      LOGGER.warn("A look at the functions that run has failed; the next one comes soon.", failure);
    } catch (Throwable e) {
      // There is not enough memory to log the failure; if the failure persists, the next inspection
      // logs it.
      failure.addSuppressed(e);
    }
  }

  /** Stops the inspections. */
  @Override
  public void close() {
    if (watch != null) {
      watch.shutdownNow();
    }
  }

  private static Duration graceAfter(@Nullable Duration limit) {
    return limit != null && limit.compareTo(GRACE_MOST) < 0 ? limit : GRACE_MOST;
  }

  private static String words(Duration time) {
    long seconds = time.toSeconds();
    if (seconds == 0 || time.toMillis() % 1_000 != 0) {
      return time.toMillis() + " ms";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  private void warnOnce(String function) {
    if (deaf.add(function)) {
      log.say(
          new FunctionLog.Entry(
              Instant.now(),
              FunctionLog.Severity.WARNING,
              function,
              "",
              "The function '"
                  + function
                  + "' keeps running although it was interrupted. It has failed and others take its"
                  + " place, but its thread is lost until it ends (at most "
                  + lostMost
                  + " may be lost: lostThreads in host.json). Let it end when its thread is"
                  + " interrupted.",
              null));
    }
  }

  /**
   * Represents one run of a function. The thread of the run calls its methods, except those for
   * inspecting and cancelling.
   */
  public final class Run implements AutoCloseable {
    private final RunLimits.Kind kind;
    private final String function;
    private final @Nullable Duration limit;
    private final WorkPool pool;
    private final Listener listener;
    private final Thread thread = Thread.currentThread();
    private final long begun = nanoTime.getAsLong();
    private final int hash = (int) (begun ^ thread.getId() * 31);
    private @Nullable Spending spending;
    private volatile long interruptedAt;
    private @Nullable Exception stopped;
    private boolean told;
    private boolean replaced;
    private boolean ended;

    /**
     * Runs are kept in sets, and the default hash code of a new object costs a call into the JVM.
     */
    @Override
    public int hashCode() {
      return hash;
    }

    /** A run is equal only to itself. */
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    private Run(
        RunLimits.Kind kind,
        String function,
        @Nullable Duration limit,
        WorkPool pool,
        Listener listener) {
      this.kind = kind;
      this.function = function;
      this.limit = limit;
      this.pool = pool;
      this.listener = listener;
    }

    /**
     * Marks that the function has returned.
     *
     * @throws TimeoutException the run was interrupted before, so that its result may be incomplete
     * @throws CancellationException the run was cancelled before
     */
    public void end() throws Exception {
      Exception late = ended();
      if (late != null) {
        throw late;
      }
    }

    /**
     * Marks that the function has failed, and returns the failure to report for the exception that
     * it threw.
     */
    public Throwable failure(Throwable thrown) {
      Exception late = ended();
      return late == null ? thrown : late;
    }

    /**
     * Returns whether the failure has already been reported, because the run did not end in time.
     */
    public synchronized boolean isGivenUp() {
      return told;
    }

    /** Describes for people the thread of the run and its position in the code. */
    public String whereabouts() {
      return "thread " + thread.getName() + " " + Stacks.top(thread);
    }

    /** Returns why the run was interrupted; null when it was not. */
    public synchronized @Nullable Exception stopped() {
      return stopped;
    }

    /**
     * Interrupts the run because its result is no longer needed, unless it has ended or was
     * interrupted before. Any thread may call this.
     */
    public void cancel(String why) {
      synchronized (this) {
        if (!ended && stopped == null) {
          stop(new CancellationException(why), nanoTime.getAsLong());
        }
      }
    }

    /** Marks that the function has ended, with or without success. */
    @Override
    public void close() {
      var unused = ended();
    }

    private @Nullable Exception ended() {
      running.remove(this);
      // The lock prevents a later interrupt, which would hit other work on this thread.
      synchronized (this) {
        ended = true;
        lost.remove(this);
        return stopped;
      }
    }

    private void stop(Exception because, long now) {
      because.setStackTrace(thread.getStackTrace());
      interruptedAt = now;
      stopped = because;
      thread.interrupt();
    }

    private void look(long now) {
      Exception tells = null;
      boolean leaves = false;
      synchronized (this) {
        if (ended || replaced) {
          return;
        }
        if (stopped == null) {
          if (limit != null && spent(now) > limit.toNanos() + late) {
            stop(timeout(limit), now);
          }
        } else if (now - interruptedAt >= graceAfter(limit).toNanos()) {
          tells = told ? null : stopped;
          told = true;
          leaves = lost.size() < lostMost;
          if (leaves) {
            replaced = true;
            lost.add(this);
            pool.disown(thread);
          }
        }
      }
      if (leaves) {
        running.remove(this);
        listener.replaced();
      }
      if (tells != null) {
        warnOnce(function);
        listener.givenUp(tells);
      }
    }

    private long spent(long now) {
      if (kind != RunLimits.Kind.TURN) {
        return now - begun;
      }
      if (spending == null) {
        spending = new Spending(thread, begun);
      }
      return spending.at(now);
    }

    private Lost told(long now) {
      return new Lost(
          function,
          thread.getName(),
          Duration.ofNanos(Math.max(0, now - interruptedAt)),
          Stacks.top(thread));
    }

    /**
     * Returns the exception for a run that exceeds its limit. The exception has the stack trace of
     * the function's thread, which shows where the function was.
     */
    private TimeoutException timeout(Duration limit) {
      return new TimeoutException(
          "The %s '%s' ran longer than %s and was interrupted %s. Raise %s, or %s."
              .formatted(
                  kind == RunLimits.Kind.TURN ? "turn of orchestrator" : kind.word(),
                  function,
                  words(limit),
                  Stacks.top(thread),
                  limits.setting(kind, function),
                  kind == RunLimits.Kind.TURN
                      ? "let the orchestrator await durable timers and tasks instead of waiting or looping itself"
                      : "do the work in smaller parts"));
    }
  }
}
