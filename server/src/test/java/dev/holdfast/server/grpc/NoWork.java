package dev.holdfast.server.grpc;

import dev.holdfast.core.Executor;
import dev.holdfast.engine.dispatch.Workforce;

/** Takes workers and has nothing for them to do. */
final class NoWork implements Workforce {
  @Override
  public void join(Executor worker) {}

  @Override
  public void leave(Executor worker) {}

  @Override
  public void placesChanged() {}

  @Override
  public Executor.Answers answers() {
    return answer -> {};
  }
}
