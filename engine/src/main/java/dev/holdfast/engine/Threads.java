package dev.holdfast.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only threads of the engine: each runs one {@link Agent}, and parks while it has nothing to
 * do.
 */
final class Threads {
  private static final Logger log = LoggerFactory.getLogger(Threads.class);
  private static final long PARK_MAX_NANOS = Duration.ofMillis(500).toNanos();
  private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(2).toNanos();

  private final HubClock clock;
  private final List<Runner> runners = new ArrayList<>();

  private final Consumer<String> broken;

  /**
   * @param broken told when a step has thrown, which is a bug of ours; the agent does not go on
   */
  Threads(HubClock clock, Consumer<String> broken) {
    this.clock = clock;
    this.broken = broken;
  }

  /**
   * @return wakes the agent
   */
  Runner add(String name, Agent agent) {
    Runner runner = new Runner(name, agent);
    runners.add(runner);
    return runner;
  }

  void start() {
    runners.forEach(runner -> runner.thread.start());
  }

  /** Lets each finish the step it is in, then ends it. */
  void stop() {
    runners.forEach(Runner::stop);
    for (Runner runner : runners) {
      try {
        runner.thread.join(Duration.ofSeconds(10).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Holds the calling thread until the condition is met; false when that took longer. */
  static boolean await(BooleanSupplier condition, Duration atMost) throws InterruptedException {
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
    private volatile boolean idle;
    private volatile boolean stopped;

    private Runner(String name, Agent agent) {
      this.agent = agent;
      this.thread = new Thread(this, "holdfast-" + name);
      this.thread.setDaemon(true);
    }

    /** Safe from any thread, and cheap while the agent is busy. */
    void wake() {
      if (idle) {
        LockSupport.unpark(thread);
      }
    }

    private void stop() {
      stopped = true;
      LockSupport.unpark(thread);
    }

    @Override
    public void run() {
      while (!stopped) {
        try {
          if (agent.work() == 0) {
            park();
          }
        } catch (RuntimeException e) {
          // Going on with half a step done could write wrong things down.
          log.error("{} has failed in a step and stops", thread.getName(), e);
          broken.accept(thread.getName() + " failed in a step: " + e);
          return;
        }
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
