package dev.holdfast.engine.dispatch;

import dev.holdfast.core.Executor;

/** Lets remote workers come and go while a hub runs. All methods are safe from any thread. */
public interface Workforce {

  /** Adds a worker. From now on it gets work that the executors of this process do not serve. */
  void join(Executor worker);

  /**
   * Removes a worker, which gets no more work. The items that it holds must still be answered, with
   * {@link dev.holdfast.core.Answer.Lost} if need be.
   */
  void leave(Executor worker);

  /** Notes that a worker has free places again although it has answered nothing. */
  void placesChanged();

  /**
   * Returns the receiver of answers to items that this process no longer knows, because they were
   * handed out before a restart or taken from their worker. The answer of an activity counts if it
   * is the first one.
   */
  Executor.Answers answers();
}
