package dev.holdfast.host;

import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.host.log.Said;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs the invocations of functions, in the wording of the Functions host. */
final class InvocationLog implements FunctionLog {
  private static final String UNKNOWN = "(null)";

  private final Map<String, Function> functions = new ConcurrentHashMap<>();
  private volatile boolean anyWants = LoggerFactory.getLogger("Function").isDebugEnabled();

  /**
   * Learns the triggers of these functions, so that the log says from now on why each of them runs.
   */
  void learn(List<FunctionDefinition> definitions) {
    definitions.forEach(it -> functions.put(it.name(), make(it.name(), reason(it))));
    anyWants = functions.values().stream().anyMatch(it -> it.itself().isDebugEnabled());
  }

  private static String reason(FunctionDefinition function) {
    return function.start().isByHttp()
        ? "This function was programmatically called via the host APIs."
        : UNKNOWN;
  }

  private record Function(Logger itself, Logger user, String reason) {}

  @Override
  public void say(Entry entry) {
    Logger logger = function(entry.functionName()).user();
    Level level = level(entry.severity());
    if (Said.isTold(logger, level, entry.work())) {
      LoggingEventBuilder line =
          Said.about(logger.atLevel(level), entry.functionName(), entry.work());
      line.setCause(entry.thrown()).log(entry.message());
    }
  }

  private static Level level(Severity severity) {
    return switch (severity) {
      case TRACE -> Level.TRACE;
      case DEBUG -> Level.DEBUG;
      case INFORMATION -> Level.INFO;
      case WARNING -> Level.WARN;
      case ERROR -> Level.ERROR;
    };
  }

  /**
   * Returns whether any function logs its invocations. An invocation is logged with two lines at
   * Debug, for people who search for a fault.
   */
  @Override
  public boolean wantsInvocations() {
    return anyWants;
  }

  @Override
  public void started(String functionName, String invocationId, @Nullable Work work) {
    Function function = function(functionName);
    if (function.itself().isDebugEnabled()) {
      LoggingEventBuilder line = Said.about(function.itself().atDebug(), functionName, work);
      line.log(
          "Executing 'Functions.{}' (Reason='{}', Id={})",
          functionName,
          function.reason(),
          invocationId);
    }
  }

  @Override
  public void finished(
      String functionName,
      String invocationId,
      @Nullable Work work,
      Duration took,
      @Nullable Throwable failure) {
    Logger logger = function(functionName).itself();
    Level level = failure == null ? Level.DEBUG : Level.ERROR;
    if (logger.isEnabledForLevel(level)) {
      LoggingEventBuilder line = Said.about(logger.atLevel(level), functionName, work);
      line.setCause(failure)
          .log(
              "Executed 'Functions.{}' ({}, Id={}, Duration={}ms)",
              functionName,
              failure == null ? "Succeeded" : "Failed",
              invocationId,
              took.toMillis());
    }
  }

  private Function function(String name) {
    Function known = functions.get(name);
    return known != null ? known : functions.computeIfAbsent(name, it -> make(it, UNKNOWN));
  }

  private static Function make(String name, String reason) {
    String category = "Function." + name;
    return new Function(
        LoggerFactory.getLogger(category), LoggerFactory.getLogger(category + ".User"), reason);
  }
}
