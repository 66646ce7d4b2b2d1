package dev.holdfast.engine.agent;

import dev.holdfast.engine.clock.HubClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all threads of the engine. Each thread runs one {@link Agent}, and parks while the agent has
 * nothing to do.
 */
public final class Threads {
  private static final long PARK_MAX_NANOS = Duration.ofMillis(500).toNanos();
  private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(2).toNanos();

  /**
   * A step that takes longer than this delays the other agents too much; the slowest sync of a disk
   * takes about a second.
   */
  private static final Duration STEP_MAX = Duration.ofSeconds(10);

  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger("Host.Engine");

  private final HubClock clock;
  private final LongSupplier nanoTime;
  private final List<Runner> runners = new ArrayList<>();

  private final BiConsumer<String, Throwable> died;

  /**
   * Creates an object without threads.
   *
   * @param nanoTime supplies the elapsed time, as {@link System#nanoTime} does
   * @param died takes the thread's name and the cause when a step has thrown because of a bug in
   *     the engine or lack of memory; the agent then takes no more steps
   */
  public Threads(HubClock clock, LongSupplier nanoTime, BiConsumer<String, Throwable> died) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.died = died;
  }

  /**
   * Adds a thread for an agent.
   *
   * @param vital true when all other work depends on the agent, so that a step must not take long
   * @return wakes the agent
   */
  public Runnable add(String name, Agent agent, boolean vital) {
    Runner runner = new Runner(name, agent, vital);
    runners.add(runner);
    return runner::wake;
  }

  public void start() {
    runners.forEach(runner -> runner.thread.start());
  }

  public static void tell(String thread, Throwable cause) {
    log.error("{} has failed in a step and stops", thread, cause);
  }

  /** Returns one heartbeat for each thread, in the order in which the threads were added. */
  public List<Heartbeat> heartbeats() {
    long now = nanoTime.getAsLong();
    return runners.stream().map(runner -> runner.heartbeat(now)).toList();
  }

  /**
   * Lets each thread finish its step, and then ends the thread. The method does not wait longer for
   * a thread that does not end in time.
   */
  public void stop() {
    runners.forEach(Runner::stop);
    long until = System.nanoTime() + STOP_WITHIN.toNanos();
    for (Runner runner : runners) {
      try {
        Heartbeat last = runner.heartbeat(nanoTime.getAsLong());
        long left = (until - System.nanoTime()) / 1_000_000;
        // A thread that has been in one step for too long will not end in time either.
        runner.thread.join(last.late() ? 1 : Math.max(1, left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /**
   * Blocks the calling thread until the condition is met; returns false when the time has run out
   * before.
   */
  public static boolean await(BooleanSupplier condition, Duration atMost)
      throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > atMost.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(condition, LOOK_AGAIN_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return true;
  }

  final class Runner implements Runnable {
    private final Agent agent;
    private final Thread thread;
    private final boolean vital;
    private volatile boolean idle;
    private volatile boolean stopped;

    /** Holds the time at which the last step began. */
    private volatile long beat = nanoTime.getAsLong();

    private Runner(String name, Agent agent, boolean vital) {
      this.agent = agent;
      this.vital = vital;
      this.thread = new Thread(this, "holdfast-" + name);
      this.thread.setDaemon(true);
    }

    /** Wakes the agent. The call is safe from any thread, and cheap while the agent is busy. */
    void wake() {
      if (idle) {
        LockSupport.unpark(thread);
      }
    }

    private void stop() {
      stopped = true;
      LockSupport.unpark(thread);
    }

    private Heartbeat heartbeat(long now) {
      Duration age = Duration.ofNanos(Math.max(0, now - beat));
      return new Heartbeat(
          thread.getName(),
          age,
          thread.isAlive(),
          vital && !stopped && age.compareTo(STEP_MAX) > 0);
    }

    /**
     * Runs steps until the thread is stopped. Anything that a step throws ends the thread, because
     * a thread that continued after half a step could write wrong data.
     */
    @Override
    public void run() {
      try {
        while (!stopped) {
          beat = nanoTime.getAsLong();
          if (agent.work() == 0) {
            park();
          }
        }
      } catch (Throwable e) {
        died.accept(thread.getName(), e);
      }
    }

    private void park() {
      idle = true;
      if (!agent.hasWork() && !stopped) {
        long wake = agent.nextWake();
        long nanos = PARK_MAX_NANOS;
        if (wake != Long.MAX_VALUE) {
          long micros = wake - clock.now();
          nanos = micros <= 0 ? 0 : Math.min(PARK_MAX_NANOS, micros * 1_000);
        }
        if (nanos > 0) {
          LockSupport.parkNanos(this, nanos);
        }
      }
      idle = false;
    }
  }
}
