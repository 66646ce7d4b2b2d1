package dev.holdfast.engine;

import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why an instance is where it is.
 *
 * @param summary one plain sentence, e.g. "Waiting for event 'Approval' since 10:02, and for a
 *     timer until 10:32."
 * @param lastError the newest failure in its history, as {@code type: message}
 */
public record Why(
    String instanceId,
    String name,
    OrchestrationStatus status,
    String summary,
    List<Waiting> waitingFor,
    @Nullable String lastError) {

  public Why {
    waitingFor = List.copyOf(waitingFor);
  }

  /**
   * The same, and that the machine's clock has jumped, if it waits for a time.
   *
   * @param alarm what {@link ClockState#alarm} says
   */
  Why withClock(@Nullable String alarm) {
    boolean waitsForTime =
        waitingFor.stream().anyMatch(it -> it.kind().equals("timer") || it.kind().equals("start"));
    return alarm == null || !waitsForTime
        ? this
        : new Why(instanceId, name, status, summary + " " + alarm, waitingFor, lastError);
  }

  /**
   * One thing that is awaited.
   *
   * @param kind activity, timer, event, sub-orchestration, turn, resume, start, or blocked, which
   *     nothing but a person ends
   * @param what its name: the activity, the child's id …
   * @param until when it will end by itself at the latest; null when it will not
   * @param detail what stands in its way, e.g. "no connected worker serves activity 'Charge'"
   */
  public record Waiting(
      String kind,
      String what,
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable String detail) {}
}
