package dev.holdfast.functions;

import dev.holdfast.functions.invoking.Invocation;
import dev.holdfast.functions.model.FunctionLog;
import org.jspecify.annotations.Nullable;

/**
 * Names the function that runs on a thread, for log lines that the thread writes without the
 * function's own logger.
 *
 * @param work the instance for which the function runs; null when it runs for no instance
 * @param counts false while a turn is repeated only to find out what it waits for, so that its
 *     lines are not logged twice
 */
public record Speaker(String functionName, FunctionLog.@Nullable Work work, boolean counts) {

  /** Returns the function that runs on the calling thread; null when the thread runs none. */
  public static @Nullable Speaker current() {
    Invocation invocation = Invocation.current();
    return invocation == null
        ? null
        : new Speaker(invocation.getFunctionName(), invocation.work(), !invocation.isRehearsal());
  }
}
