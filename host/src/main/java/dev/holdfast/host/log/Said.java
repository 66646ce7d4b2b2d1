package dev.holdfast.host.log;

import dev.holdfast.functions.model.FunctionLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Adds to the log lines of functions the work to which they belong. */
public final class Said {
  private Said() {}

  /**
   * Returns whether a line is logged. The lines of a replaying orchestrator were logged before, so
   * they are logged again only when the level of the category is Debug.
   */
  public static boolean isTold(Logger logger, Level level, FunctionLog.@Nullable Work work) {
    return logger.isEnabledForLevel(level)
        && (work == null || !work.replaying() || logger.isDebugEnabled());
  }

  /** Returns the line with the function and, if there is one, the instance and its task. */
  public static LoggingEventBuilder about(
      LoggingEventBuilder line, String functionName, FunctionLog.@Nullable Work work) {
    if (work == null) {
      return line.addKeyValue(LogLine.NAME, functionName);
    }
    LoggingEventBuilder named =
        line.addKeyValue(LogLine.INSTANCE, work.instanceId())
            .addKeyValue(LogLine.NAME, functionName);
    LoggingEventBuilder withTask =
        work.taskId() < 0
            ? named
            : named
                .addKeyValue(LogLine.TASK, work.taskId())
                .addKeyValue(LogLine.ATTEMPT, work.attempt());
    return withTask.addKeyValue(LogLine.REPLAY, work.replaying());
  }
}
