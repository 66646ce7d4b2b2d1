package dev.holdfast.functions.invoking;

import java.lang.reflect.InvocationTargetException;

/**
 * What user code threw, wrapped exactly once.
 *
 * <p>The durable middleware looks at the cause of what the chain throws for its two control
 * signals, so the depth must not change. Its own stack says nothing and is left out: an
 * orchestrator throws one of these at every await.
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
