package dev.holdfast.engine.loop;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Input;
import dev.holdfast.core.Rows;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Holds the inputs and other arrivals that a loop has not taken yet. Any thread may add an arrival;
 * only the loop's thread may take one.
 */
final class Intake {
  private final ConcurrentLinkedQueue<Arrival> queue = new ConcurrentLinkedQueue<>();

  /** Holds outcomes of flushes; they are taken first, and even while nothing else is. */
  private final ConcurrentLinkedQueue<CommitPipeline.Result> results =
      new ConcurrentLinkedQueue<>();

  private final AtomicInteger count = new AtomicInteger();

  /** Represents an arrival for a loop. */
  sealed interface Arrival {}

  /** Addresses an input to the partition of its instance. */
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

  /** Requests that the loop writes a record of the hub itself. */
  record Remember(Rows.Keyed keyed) implements Arrival {}

  void add(Arrival arrival) {
    count.incrementAndGet();
    queue.add(arrival);
  }

  void add(CommitPipeline.Result result) {
    count.incrementAndGet();
    results.add(result);
  }

  /** Takes the next arrival that is not the outcome of a flush; null when there is none. */
  @Nullable Arrival next() {
    return queue.poll();
  }

  /** Takes the next outcome of a flush; null when there is none. */
  CommitPipeline.@Nullable Result nextResult() {
    return results.poll();
  }

  /**
   * Notes that the step which has taken this many arrivals has ended, so that they no longer count.
   */
  void handled(int taken) {
    count.addAndGet(-taken);
  }

  /** Returns the number of arrivals that are not handled yet. */
  int backlog() {
    return count.get();
  }

  boolean hasResults() {
    return !results.isEmpty();
  }

  /** Returns whether no arrivals wait except outcomes of flushes. */
  boolean isEmpty() {
    return queue.isEmpty();
  }
}
