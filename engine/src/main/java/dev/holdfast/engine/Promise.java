package dev.holdfast.engine;

import dev.holdfast.core.Asker;
import dev.holdfast.core.RefusedException;
import java.util.concurrent.CompletableFuture;

/** Completes with the answer or the refusal that its asker receives. */
final class Promise<T> extends CompletableFuture<T> implements Asker<T> {
  @Override
  public void answered(T value) {
    complete(value);
  }

  @Override
  public void refused(RefusedException why) {
    completeExceptionally(why);
  }
}
