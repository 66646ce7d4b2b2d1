package dev.holdfast.host;

import dev.holdfast.functions.FunctionDefinition;
import dev.holdfast.functions.FunctionLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells on the console what functions do, in the words of the Functions host. */
final class InvocationLog implements FunctionLog {
  private static final String UNKNOWN = "(null)";

  private final Logger all = LoggerFactory.getLogger("Function");
  private final Map<String, Function> functions = new ConcurrentHashMap<>();

  /** Tells from now on why each of these runs. */
  void learn(List<FunctionDefinition> definitions) {
    definitions.forEach(it -> functions.put(it.name(), make(it.name(), reason(it))));
  }

  private static String reason(FunctionDefinition function) {
    return function.trigger().is("httpTrigger")
        ? "This function was programmatically called via the host APIs."
        : UNKNOWN;
  }

  private record Function(Logger itself, Logger user, String reason) {}

  @Override
  public void say(Entry entry) {
    Logger logger = function(entry.functionName()).user();
    String message = entry.message();
    Throwable thrown = entry.thrown();
    switch (entry.severity()) {
      case TRACE -> logger.trace(message, thrown);
      case DEBUG -> logger.debug(message, thrown);
      case INFORMATION -> logger.info(message, thrown);
      case WARNING -> logger.warn(message, thrown);
      case ERROR -> logger.error(message, thrown);
    }
  }

  @Override
  public boolean wantsInvocations() {
    return all.isInfoEnabled();
  }

  @Override
  public void started(String functionName, String invocationId) {
    Function function = function(functionName);
    function
        .itself()
        .info(
            "Executing 'Functions.{}' (Reason='{}', Id={})",
            functionName,
            function.reason(),
            invocationId);
  }

  @Override
  public void finished(
      String functionName, String invocationId, Duration took, @Nullable Throwable failure) {
    Logger logger = function(functionName).itself();
    if (failure == null) {
      logger.info(
          "Executed 'Functions.{}' (Succeeded, Id={}, Duration={}ms)",
          functionName,
          invocationId,
          took.toMillis());
    } else {
      logger.error(
          "Executed 'Functions.{}' (Failed, Id={}, Duration={}ms)",
          functionName,
          invocationId,
          took.toMillis(),
          failure);
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
