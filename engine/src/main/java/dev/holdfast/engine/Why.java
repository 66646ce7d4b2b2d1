package dev.holdfast.engine;

import dev.holdfast.core.Explanation;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains why an instance is where it is.
 *
 * @param summary one plain sentence, e.g. "It waits for event 'Approval', for 2 min; a timer, until
 *     10:32."
 * @param lastError the newest failure in its history, as {@code type: message; caused by …}
 * @param customStatus what the orchestrator has set, as JSON text; null when it has set none
 * @param notices what else a person should know: events that wait under another name, events that
 *     were set aside because they do not fit
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

  /** Knows what stands in the way of work, or what is done with it. */
  public interface Obstacles {
    /**
     * Says in plain words what stands in the way; null when there is nothing to say, or when it is
     * not known.
     *
     * @param token the token of the item, when it was handed out; 0 otherwise
     */
    @Nullable String of(WorkItem.Kind kind, String name, @Nullable String version, long token);
  }

  /**
   * Puts into words what is known of an instance.
   *
   * @param now microseconds since the epoch
   */
  public static Why of(Explanation explanation, Obstacles obstacles, long now) {
    return new Whys(obstacles).explain(explanation, now);
  }

  /** Returns the explanation in one line for that of the parent. */
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

  /** Returns this explanation with a detail added to one thing that is awaited. */
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
   * Describes one thing that is awaited.
   *
   * @param kind activity, timer, event, sub-orchestration, turn, batch, operation, entity, lock,
   *     holder, resume, start, nothing, or blocked, which only a person ends
   * @param what its name: the activity, the event, the child's id …; in words where it has none
   * @param until when the wait will end by itself at the latest; null when it will not
   * @param detail what stands in its way, e.g. "no connected worker serves activity 'Charge'"
   */
  public record Waiting(
      String kind,
      String what,
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable String detail) {}
}
