package dev.holdfast.functions;

import dev.holdfast.functions.invoking.Invocation;
import org.jspecify.annotations.Nullable;

/**
 * The function that runs on a thread, for whoever hears what is logged there past its own logger.
 *
 * @param work the instance that asked for it; null for none
 * @param counts false while a turn is run once more only to see what it waits for: what it says was
 *     said before
 */
public record Speaker(String functionName, FunctionLog.@Nullable Work work, boolean counts) {

  /** That of the calling thread; null when it runs no function. */
  public static @Nullable Speaker current() {
    Invocation invocation = Invocation.current();
    return invocation == null
        ? null
        : new Speaker(invocation.getFunctionName(), invocation.work(), !invocation.isRehearsal());
  }
}
