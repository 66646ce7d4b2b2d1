package dev.holdfast.engine;

import dev.holdfast.core.Executor;

/** Lets remote workers come and go while a hub runs. All methods are safe from any thread. */
public interface Workforce {

  /** Gives this worker, from now on, work that the executors of this process do not serve. */
  void join(Executor worker);

  /**
   * Gives this worker no more work. The items that it has must still be answered, with {@link
   * dev.holdfast.core.Answer.Lost} if need be.
   */
  void leave(Executor worker);

  /** Notes that a worker has free places again although it has answered nothing. */
  void placesChanged();

  /**
   * Takes answers whose item is no longer known, because it was handed out before a restart or
   * taken from its worker: the answer of an activity counts as long as no other has come.
   */
  Executor.Answers answers();
}
