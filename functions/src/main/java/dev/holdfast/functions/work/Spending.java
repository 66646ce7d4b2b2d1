package dev.holdfast.functions.work;

import java.lang.management.ManagementFactory;

/**
 * Measures how much of its time limit a thread has used whose code should only compute. While the
 * thread waits, the elapsed time counts. While it computes, only its CPU time counts, because the
 * code is not to blame when the machine is busy. At least a third of the elapsed time always
 * counts, because a thread that computes gets a core now and then.
 *
 * <p>Only one thread calls the methods, from time to time.
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

  /** Returns the used time in nanoseconds, which the caller compares with the limit. */
  long at(long now) {
    long passed = now - asked;
    asked = now;
    long before = cpu;
    cpu = cpuTime(thread);
    boolean computes = before >= 0 && cpu >= 0 && computes(thread);
    spent += computes ? Math.min(passed, cpu - before) : passed;
    return Math.max(spent, (now - begun) / PASSED_MOST);
  }

  /**
   * Returns whether the thread runs Java code. A thread in native code most likely reads from a
   * socket or a file.
   */
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
