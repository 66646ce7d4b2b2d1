package dev.holdfast.engine.loop;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Input;
import dev.holdfast.core.Rows;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Holds what has arrived for a loop and was not taken. Any thread may add; only the loop's thread
 * takes.
 */
final class Intake {
  private final ConcurrentLinkedQueue<Arrival> queue = new ConcurrentLinkedQueue<>();

  /** Holds outcomes of flushes; they are taken first, and even while nothing else is. */
  private final ConcurrentLinkedQueue<CommitPipeline.Result> results =
      new ConcurrentLinkedQueue<>();

  private final AtomicInteger count = new AtomicInteger();

  /** Represents something that arrives for a loop. */
  sealed interface Arrival {}

  /** Addresses an input to the partition of the instance that it is for. */
  record ToInstance(Input.ToInstance input) implements Arrival {}

  /** Addresses an input to the partition at this index. */
  record ToPartition(int index, Input input) implements Arrival {}

  /** Brings the answer of an executor. */
  record Done(Answer answer) implements Arrival {}

  /**
   * Brings an answer of the store.
   *
   * @param number the number of the partition that asked
   */
  record Read(int number, Input input) implements Arrival {}

  /** Asks for a record of the hub itself to be written. */
  record Remember(Rows.Keyed keyed) implements Arrival {}

  void add(Arrival arrival) {
    count.incrementAndGet();
    queue.add(arrival);
  }

  void add(CommitPipeline.Result result) {
    count.incrementAndGet();
    results.add(result);
  }

  /** Takes the next arrival that is no outcome of a flush; null when there is none. */
  @Nullable Arrival next() {
    return queue.poll();
  }

  /** Takes the next outcome of a flush; null when there is none. */
  CommitPipeline.@Nullable Result nextResult() {
    return results.poll();
  }

  /** Notes that the step which has taken so many is over, so that they count no more. */
  void handled(int taken) {
    count.addAndGet(-taken);
  }

  /** Counts what has arrived and is not handled. */
  int backlog() {
    return count.get();
  }

  boolean hasResults() {
    return !results.isEmpty();
  }

  /** Returns whether nothing but outcomes of flushes waits here. */
  boolean isEmpty() {
    return queue.isEmpty();
  }
}
