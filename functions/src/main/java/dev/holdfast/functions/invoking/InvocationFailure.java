package dev.holdfast.functions.invoking;

import java.lang.reflect.InvocationTargetException;

/**
 * Wraps an exception of user code exactly once.
 *
 * <p>The durable middleware looks for its two control signals in the cause of the exception that
 * the chain throws, so the depth must not change. The wrapper has no stack trace of its own,
 * because the trace would tell nothing new, and an orchestrator throws a wrapper at every await.
 */
final class InvocationFailure extends InvocationTargetException {

  private static final long serialVersionUID = 1;

  InvocationFailure(Throwable thrown) {
    super(thrown);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
