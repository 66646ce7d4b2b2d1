package dev.holdfast.functions.durable;

import dev.holdfast.functions.invoking.Invocation;
import dev.holdfast.functions.model.FunctionLog;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reports the start and the end of one invocation to the log, if the log wants these reports. */
public final class Narration {

  private final FunctionLog log;
  private final Invocation invocation;
  private final boolean wanted;
  private final long begun;

  private Narration(FunctionLog log, Invocation invocation, boolean wanted) {
    this.log = log;
    this.invocation = invocation;
    this.wanted = wanted;
    this.begun = System.nanoTime();
  }

  public static Narration begin(FunctionLog log, Invocation invocation) {
    boolean wanted = log.wantsInvocations();
    if (wanted) {
      log.started(invocation.getFunctionName(), invocation.getInvocationId(), invocation.work());
    }
    return new Narration(log, invocation, wanted);
  }

  /** Reports the end of the invocation. A failure is always reported. */
  public void end(@Nullable Throwable failure) {
    if (wanted || failure != null) {
      log.finished(
          invocation.getFunctionName(),
          invocation.getInvocationId(),
          invocation.work(),
          Duration.ofNanos(System.nanoTime() - begun),
          failure);
    }
  }
}
