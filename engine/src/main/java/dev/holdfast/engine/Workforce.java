package dev.holdfast.engine;

import dev.holdfast.core.Executor;

/** Where remote workers come and go while a hub runs. Safe from any thread. */
public interface Workforce {

  /** From now on this worker gets work that the executors of this process do not serve. */
  void join(Executor worker);

  /**
   * It gets no more work. What it has must be answered all the same, with {@link
   * dev.holdfast.core.Answer.Lost} if need be.
   */
  void leave(Executor worker);

  /** A worker has places free again although it has answered nothing. */
  void placesChanged();

  /**
   * Where an answer goes whose item is not known any more, handed out before a restart or taken
   * from its worker: that of an activity counts as long as nobody else has answered.
   */
  Executor.Answers answers();
}
