package dev.holdfast.functions.invoking;

import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.FunctionLog.Severity;
import java.text.MessageFormat;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Passes the log records of one invocation to the host's log. It passes records of every level,
 * because the log decides which levels it keeps.
 */
final class InvocationLogger extends Logger {

  InvocationLogger(Invocation invocation, FunctionLog log) {
    super("Function." + invocation.getFunctionName() + ".User", null);
    setUseParentHandlers(false);
    setLevel(Level.ALL);
    addHandler(new ToLog(invocation, log));
  }

  private static final class ToLog extends Handler {
    private final Invocation invocation;
    private final FunctionLog log;

    ToLog(Invocation invocation, FunctionLog log) {
      this.invocation = invocation;
      this.log = log;
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord record) {
      if (invocation.isRehearsal()) {
        return;
      }
      log.say(
          new FunctionLog.Entry(
              record.getInstant(),
              severity(record.getLevel()),
              invocation.getFunctionName(),
              invocation.getInvocationId(),
              message(record),
              record.getThrown(),
              invocation.work()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static Severity severity(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return Severity.ERROR;
    }
    if (value >= Level.WARNING.intValue()) {
      return Severity.WARNING;
    }
    if (value >= Level.INFO.intValue()) {
      return Severity.INFORMATION;
    }
    return value >= Level.CONFIG.intValue() ? Severity.DEBUG : Severity.TRACE;
  }

  private static String message(LogRecord record) {
    String message = localized(record.getMessage(), record.getResourceBundle());
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

  private static String localized(@Nullable String message, @Nullable ResourceBundle bundle) {
    if (message == null) {
      return "";
    }
    try {
      return bundle == null ? message : bundle.getString(message);
    } catch (MissingResourceException e) {
      return message;
    }
  }
}
