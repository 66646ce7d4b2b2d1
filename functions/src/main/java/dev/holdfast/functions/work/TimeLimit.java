package dev.holdfast.functions.work;

import dev.holdfast.functions.FunctionLog;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The longest that one run of a function may take: {@code functionTimeout} of host.json.
 *
 * <p>A run over the limit is interrupted, and has failed whatever it does then. One that has not
 * ended a while after that is given up: its failure is told, and its thread no longer counts in its
 * pool, so that another can take its place. All limits are equal and long, so looking at those who
 * run once in a while is cheaper than an alarm for each.
 */
public final class TimeLimit implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(TimeLimit.class);
  private static final Duration GRACE_MOST = Duration.ofSeconds(10);
  private static final long LOOK_EVERY_MOST = Duration.ofSeconds(1).toNanos();
  private static final long LOOK_EVERY_LEAST = Duration.ofMillis(5).toNanos();

  private final @Nullable Duration limit;
  private final Map<String, Duration> byName;
  private final FunctionLog log;
  private final LongSupplier nanoTime;
  private final Set<Run> running = ConcurrentHashMap.newKeySet();
  private final Set<String> deaf = ConcurrentHashMap.newKeySet();
  private @Nullable ScheduledExecutorService watch;

  /**
   * Begins to look at once, on a thread of its own.
   *
   * @param limit null for none
   * @param byName limits of single functions, instead of that; no case in names
   * @param log hears of functions that do not end although they are interrupted
   */
  public TimeLimit(@Nullable Duration limit, Map<String, Duration> byName, FunctionLog log) {
    this(limit, byName, log, System::nanoTime);
    Duration shortest = limit;
    for (Duration one : byName.values()) {
      shortest = shortest == null || one.compareTo(shortest) < 0 ? one : shortest;
    }
    if (shortest != null) {
      watch = Executors.newSingleThreadScheduledExecutor(TimeLimit::daemon);
      long every = Math.max(LOOK_EVERY_LEAST, Math.min(LOOK_EVERY_MOST, shortest.toNanos() / 10));
      var unused = watch.scheduleWithFixedDelay(this::look, every, every, TimeUnit.NANOSECONDS);
    }
  }

  /** Looks only when it is told to. */
  TimeLimit(@Nullable Duration limit, FunctionLog log, LongSupplier nanoTime) {
    this(limit, Map.of(), log, nanoTime);
  }

  private TimeLimit(
      @Nullable Duration limit,
      Map<String, Duration> byName,
      FunctionLog log,
      LongSupplier nanoTime) {
    this.limit = limit;
    Map<String, Duration> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(byName);
    this.byName = anyCase;
    this.log = log;
    this.nanoTime = nanoTime;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "function-timeout");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * The calling thread of this pool begins to run a function.
   *
   * @param givenUp told, from another thread and at most once, if the run does not end although it
   *     was interrupted; what the run brings afterwards is of no interest any more
   */
  public Run begin(String function, WorkPool pool, Consumer<TimeoutException> givenUp) {
    Duration own = byName.getOrDefault(function, limit);
    Run run = new Run(function, own, pool, givenUp);
    if (own != null) {
      running.add(run);
    }
    return run;
  }

  /** Interrupts those over the limit, and gives up those that do not care. */
  void look() {
    long now = nanoTime.getAsLong();
    for (Run run : running) {
      try {
        run.look(now);
      } catch (RuntimeException e) {
        LOGGER.warn("A function over its time could not be ended: {}", run.function, e);
      }
    }
  }

  /** Looks no more. */
  @Override
  public void close() {
    if (watch != null) {
      watch.shutdownNow();
    }
  }

  /** What an operator has to change. */
  private String setting(String function) {
    return byName.containsKey(function)
        ? "activityTimeouts." + function + " in host.json"
        : "functionTimeout in host.json (\"-1\" for no limit)";
  }

  private static Duration graceAfter(Duration limit) {
    return limit.compareTo(GRACE_MOST) < 0 ? limit : GRACE_MOST;
  }

  private static String words(Duration time) {
    long seconds = time.toSeconds();
    if (seconds == 0 || time.toMillis() % 1_000 != 0) {
      return time.toMillis() + " ms";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  private void warnOnce(String function, Duration limit) {
    if (deaf.add(function)) {
      log.say(
          new FunctionLog.Entry(
              Instant.now(),
              FunctionLog.Severity.WARNING,
              function,
              "",
              "The function '"
                  + function
                  + "' ran longer than "
                  + setting(function)
                  + " ("
                  + words(limit)
                  + ") and goes on although it was interrupted. It has failed and others take its"
                  + " place, but its thread is lost until it ends. Let it end when its thread is"
                  + " interrupted.",
              null));
    }
  }

  /** One run of a function; all but looking from the thread that runs it. */
  public final class Run implements AutoCloseable {
    private final String function;
    private final @Nullable Duration limit;
    private final WorkPool pool;
    private final Consumer<TimeoutException> givenUp;
    private final Thread thread = Thread.currentThread();
    private final long begun = nanoTime.getAsLong();
    private @Nullable TimeoutException overdue;
    private boolean abandoned;
    private boolean ended;

    private Run(
        String function,
        @Nullable Duration limit,
        WorkPool pool,
        Consumer<TimeoutException> givenUp) {
      this.function = function;
      this.limit = limit;
      this.pool = pool;
      this.givenUp = givenUp;
    }

    /**
     * The function has returned.
     *
     * @throws TimeoutException it was interrupted before, so that what it returned may be half done
     */
    public void end() throws TimeoutException {
      TimeoutException late = ended();
      if (late != null) {
        throw late;
      }
    }

    /** What the function has failed with, given what it threw. */
    public Throwable failure(Throwable thrown) {
      TimeoutException late = ended();
      return late == null ? thrown : late;
    }

    /** Whether its failure was told already, because it did not end in time. */
    public synchronized boolean isGivenUp() {
      return abandoned;
    }

    /** The function does not run any more, however it ended. */
    @Override
    public void close() {
      var unused = ended();
    }

    private @Nullable TimeoutException ended() {
      running.remove(this);
      // With the lock: an interrupt after this would meet whatever the thread runs next.
      synchronized (this) {
        ended = true;
        return overdue;
      }
    }

    private void look(long now) {
      if (limit == null) {
        return;
      }
      long over = now - begun - limit.toNanos();
      TimeoutException told = null;
      synchronized (this) {
        if (ended || abandoned || over <= 0) {
          return;
        }
        if (overdue == null) {
          overdue = timeout(limit);
          thread.interrupt();
        } else if (over > graceAfter(limit).toNanos()) {
          abandoned = true;
          pool.disown(thread);
          told = overdue;
        }
      }
      if (told != null) {
        running.remove(this);
        warnOnce(function, limit);
        givenUp.accept(told);
      }
    }

    /** Its stack is where the function was, which is what people want to know. */
    private TimeoutException timeout(Duration limit) {
      TimeoutException timeout =
          new TimeoutException(
              "The function '"
                  + function
                  + "' ran longer than "
                  + words(limit)
                  + " and was interrupted. Raise "
                  + setting(function)
                  + ", or do the work in smaller parts.");
      timeout.setStackTrace(thread.getStackTrace());
      return timeout;
    }
  }
}
