package dev.holdfast.engine;

import dev.holdfast.core.Explanation;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.clock.ClockState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains why an instance does not continue at the moment.
 *
 * @param summary one plain sentence, e.g. "It waits for event 'Approval', for 2 min; a timer, until
 *     10:32."
 * @param lastError the newest failure in its history, as {@code type: message; caused by …}
 * @param customStatus the custom status that the orchestrator has set, as JSON text; null when it
 *     has set none
 * @param notices further facts that a person should know, such as events that wait under another
 *     name, or events that were set aside because they do not fit
 */
public record Why(
    String instanceId,
    String name,
    OrchestrationStatus status,
    String summary,
    List<Waiting> waitingFor,
    @Nullable String lastError,
    @Nullable String customStatus,
    List<String> notices) {

  public Why {
    waitingFor = List.copyOf(waitingFor);
    notices = List.copyOf(notices);
  }

  /** Knows the obstacles that stop work, and what executors do with running work. */
  public interface Obstacles {
    /**
     * Describes in plain words what stops the work or what an executor does with it; null when
     * nothing is known.
     *
     * @param token the token of the item, when it was handed out; 0 otherwise
     */
    @Nullable String of(WorkItem.Kind kind, String name, @Nullable String version, long token);
  }

  /**
   * Describes in words what the instance waits for.
   *
   * @param now the current time in microseconds since the epoch
   */
  public static Why of(Explanation explanation, Obstacles obstacles, long now) {
    return new Whys(obstacles).explain(explanation, now);
  }

  /** Returns this explanation in one line, for use in the explanation of the parent. */
  String inOneLine() {
    StringBuilder line = new StringBuilder("its orchestrator '").append(name).append("' is ");
    line.append(Statuses.name(status)).append(". ").append(summary);
    for (Waiting one : waitingFor) {
      if (one.kind().equals("sub-orchestration") && one.detail() != null) {
        line.append(" Of '").append(one.what()).append("': ").append(one.detail());
      }
    }
    return line.toString();
  }

  /** Returns this explanation with a detail added to one of the awaited things. */
  Why withDetail(int index, String detail) {
    List<Waiting> waiting = new ArrayList<>(waitingFor);
    Waiting one = waiting.get(index);
    waiting.set(index, new Waiting(one.kind(), one.what(), one.since(), one.until(), detail));
    return new Why(instanceId, name, status, summary, waiting, lastError, customStatus, notices);
  }

  /**
   * Returns this explanation with a note that the machine's clock has jumped, if the instance waits
   * for a time.
   *
   * @param alarm the value of {@link ClockState#alarm}
   */
  Why withClock(@Nullable String alarm) {
    boolean waitsForTime =
        waitingFor.stream().anyMatch(it -> it.kind().equals("timer") || it.kind().equals("start"));
    return alarm == null || !waitsForTime
        ? this
        : new Why(
            instanceId,
            name,
            status,
            summary + " " + alarm,
            waitingFor,
            lastError,
            customStatus,
            notices);
  }

  /**
   * Describes one thing that the instance waits for.
   *
   * @param kind activity, timer, event, sub-orchestration, turn, batch, operation, entity, lock,
   *     holder, resume, start, nothing, or blocked, which only a person ends
   * @param what the name of the activity or event, the id of the child, and so on; a description if
   *     it has no name
   * @param until the latest time at which the wait ends by itself; null when it does not end by
   *     itself
   * @param detail the obstacle, e.g. "no connected worker serves activity 'Charge'"
   */
  public record Waiting(
      String kind,
      String what,
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable String detail) {}
}
