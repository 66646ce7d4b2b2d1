package dev.holdfast.host.log;

import dev.holdfast.functions.Speaker;
import dev.holdfast.functions.model.FunctionLog;
import java.text.MessageFormat;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Takes over {@code java.util.logging} of the whole process, so that the records of apps and
 * libraries go into the log of the host, together with the instance that they belong to.
 *
 * <p>Loggers of the app get the category prefix {@code App}, for example {@code
 * App.com.acme.Orders}.
 */
final class JavaLogging extends Handler {
  private static final String APP = "App.";

  /** Loggers with these prefixes belong to the libraries of this host and not to the app. */
  private static final String[] OF_THE_HOST = {
    "io.grpc.", "io.opentelemetry.", "io.github.classgraph", "java.", "javax.", "jdk.", "sun."
  };

  private static final String LIBRARY_OF_TURNS =
      "com.microsoft.durabletask.TaskOrchestrationExecutor";
  private static final String UNHANDLED = "The orchestrator failed with an unhandled exception";

  private final Handler[] before;

  private JavaLogging(Handler[] before) {
    this.before = before;
    setLevel(java.util.logging.Level.ALL);
  }

  /** Takes over java.util.logging until {@link #close} restores it. */
  static JavaLogging open() {
    Logger root = LogManager.getLogManager().getLogger("");
    JavaLogging taken = new JavaLogging(root.getHandlers());
    for (Handler handler : taken.before) {
      root.removeHandler(handler);
    }
    root.addHandler(taken);
    return taken;
  }

  @Override
  public void close() {
    Logger root = LogManager.getLogManager().getLogger("");
    root.removeHandler(this);
    for (Handler handler : before) {
      root.addHandler(handler);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void publish(LogRecord record) {
    Speaker speaker = Speaker.current();
    if (speaker != null && (!speaker.counts() || isToldByUs(record))) {
      return;
    }
    org.slf4j.Logger logger = LoggerFactory.getLogger(category(record.getLoggerName()));
    Level level = level(record.getLevel().intValue());
    FunctionLog.Work work = speaker == null ? null : speaker.work();
    if (!Said.isTold(logger, level, work)) {
      return;
    }
    LoggingEventBuilder line = logger.atLevel(level);
    LoggingEventBuilder whole =
        speaker == null ? line : Said.about(line, speaker.functionName(), work);
    whole.setCause(record.getThrown()).log(message(record));
  }

  /**
   * Returns whether the record is the client library's report of a failed orchestrator. This report
   * is dropped, because the host logs the failure itself with the reason, and because an
   * orchestrator that the host has interrupted has not failed.
   */
  static boolean isToldByUs(LogRecord record) {
    return LIBRARY_OF_TURNS.equals(record.getLoggerName())
        && String.valueOf(record.getMessage()).startsWith(UNHANDLED);
  }

  private static String category(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return "App";
    }
    for (String prefix : OF_THE_HOST) {
      if (name.startsWith(prefix)) {
        return name;
      }
    }
    return APP + name;
  }

  private static Level level(int value) {
    if (value >= java.util.logging.Level.SEVERE.intValue()) {
      return Level.ERROR;
    }
    if (value >= java.util.logging.Level.WARNING.intValue()) {
      return Level.WARN;
    }
    if (value >= java.util.logging.Level.INFO.intValue()) {
      return Level.INFO;
    }
    return value >= java.util.logging.Level.FINE.intValue() ? Level.DEBUG : Level.TRACE;
  }

  private static String message(LogRecord record) {
    String message = String.valueOf(record.getMessage());
    Object @Nullable [] parameters = record.getParameters();
    if (parameters == null || parameters.length == 0 || message.indexOf('{') < 0) {
      return message;
    }
    try {
      return MessageFormat.format(message, parameters);
    } catch (IllegalArgumentException e) {
      return message; // The message is not a pattern, so it is logged unchanged.
    }
  }
}
