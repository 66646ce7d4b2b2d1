package dev.holdfast.functions;

import dev.holdfast.functions.model.FunctionLog;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wraps a log, so that a failure of the log does not make the functions fail that write to it. */
record SafeLog(FunctionLog log) implements FunctionLog {

  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Functions");

  @Override
  public void say(Entry entry) {
    guarded(() -> log.say(entry));
  }

  @Override
  public boolean wantsInvocations() {
    return log.wantsInvocations();
  }

  @Override
  public void started(String functionName, String invocationId, @Nullable Work work) {
    guarded(() -> log.started(functionName, invocationId, work));
  }

  @Override
  public void finished(
      String functionName,
      String invocationId,
      @Nullable Work work,
      Duration took,
      @Nullable Throwable failure) {
    guarded(() -> log.finished(functionName, invocationId, work, took, failure));
  }

  private static void guarded(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      LOGGER.warn("The log of function invocations failed; this record is lost.", e);
    }
  }
}
