package dev.holdfast.functions.work;

import java.lang.management.ManagementFactory;

/**
 * How much of its limit a thread has spent that should only think. While it waits for something,
 * that is the time that passes; while it computes, the time that it got a core for: a long replay
 * on a busy machine is not its fault. But a thread that computes has a core now and then, so more
 * than some times its limit cannot pass without fault.
 *
 * <p>One thread asks, from time to time.
 */
final class Spending {
  private static final int PASSED_MOST = 3;

  private final Thread thread;
  private final long begun;
  private long asked;
  private long cpu = -1;
  private long spent;

  Spending(Thread thread, long begun) {
    this.thread = thread;
    this.begun = begun;
    this.asked = begun;
  }

  /** Nanoseconds, comparable with the limit. */
  long at(long now) {
    long passed = now - asked;
    asked = now;
    long before = cpu;
    cpu = cpuTime(thread);
    boolean computes = before >= 0 && cpu >= 0 && computes(thread);
    spent += computes ? Math.min(passed, cpu - before) : passed;
    return Math.max(spent, (now - begun) / PASSED_MOST);
  }

  /** A thread in native code is most likely one that reads from a socket or a file. */
  private static boolean computes(Thread thread) {
    if (thread.getState() != Thread.State.RUNNABLE) {
      return false;
    }
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 0 && !stack[0].isNativeMethod();
  }

  private static long cpuTime(Thread thread) {
    try {
      return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
    } catch (UnsupportedOperationException e) {
      return -1;
    }
  }
}
