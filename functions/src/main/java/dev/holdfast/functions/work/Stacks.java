package dev.holdfast.functions.work;

import java.time.Duration;

/** Describes positions of threads, and durations, in words. */
public final class Stacks {

  private Stacks() {}

  /**
   * Returns the position of a thread, in the code of the app if possible, such as {@code at
   * a.B.c(B.java:3)}.
   */
  public static String top(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    for (StackTraceElement frame : stack) {
      if (!isMachinery(frame.getClassName())) {
        return "at " + frame;
      }
    }
    return stack.length == 0 ? "not running" : "at " + stack[0];
  }

  private static boolean isMachinery(String className) {
    return className.startsWith("java.")
        || className.startsWith("jdk.")
        || className.startsWith("sun.")
        || className.startsWith("dev.holdfast.functions.invoking.")
        || className.startsWith("dev.holdfast.functions.durable.")
        || className.startsWith("dev.holdfast.functions.work.Work");
  }

  /** Describes a duration, rounded down, such as 40 ms, 12 s, 5 min or 3 h. */
  public static String words(Duration time) {
    long seconds = time.toSeconds();
    if (seconds == 0) {
      return time.toMillis() + " ms";
    }
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }
}
