package dev.holdfast.dashboard;

import dev.holdfast.dashboard.shown.Moment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows one piece of work of an instance in its timeline.
 *
 * @param kind activity, sub-orchestration, timer, event, entity call or lock
 * @param link the link to the page of the child; "" when there is none
 * @param outcome done, failed, open, fired or no longer awaited
 * @param begun the time at which the instance requested the work
 * @param ended the time at which the work ended; null while it is open
 * @param took the duration of the work, in words
 * @param attempts how many times the work was tried
 */
public record Bar(
    String kind,
    String name,
    String link,
    String outcome,
    Moment begun,
    @Nullable Moment ended,
    String took,
    int attempts,
    List<Phase> phases) {

  public Bar {
    phases = List.copyOf(phases);
  }

  /**
   * Holds one stretch of a bar.
   *
   * @param waits whether the work waits for its next attempt; otherwise it is queued or runs
   * @param from milliseconds since the epoch
   * @param to milliseconds since the epoch; for work under way, the time of the question
   */
  public record Phase(boolean waits, long from, long to) {}
}
