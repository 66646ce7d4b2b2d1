package dev.holdfast.orchestrations;

import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks people, one after the other, until one of them decides.
 *
 * <pre>{@code
 * Approval.Verdict verdict =
 *     Approval.onEvent(ctx, "Approval")
 *         .ask("manager", Duration.ofHours(24), () -> ctx.callActivity("AskManager", expense))
 *         .ask("director", Duration.ofHours(48), () -> ctx.callActivity("AskDirector", expense))
 *         .await();
 * }</pre>
 *
 * <p>The answer is an external event whose payload is {@code true}, {@code false} or an object with
 * {@code "approved": true|false} and, if wanted, {@code "by"} and {@code "comment"}. Any other
 * payload is not an answer: it is ignored and the wait goes on. (The wait is not typed, because
 * client library 1.5.0 silently loses an event whose payload does not fit.) The event's name is
 * compared with regard to case.
 *
 * <p>One wait spans all steps: an answer that arrives while the next person is being notified still
 * counts, no matter who sends it. If an answer arrives in the same turn in which the time of a step
 * ends, the answer wins.
 */
public final class Approval {

  private final TaskOrchestrationContext ctx;
  private final String event;
  private final List<Step> steps = new ArrayList<>();

  private Approval(TaskOrchestrationContext ctx, String event) {
    this.ctx = ctx;
    this.event = event;
  }

  /** Begins the description of an approval that is answered by events of this name. */
  public static Approval onEvent(TaskOrchestrationContext ctx, String event) {
    return new Approval(ctx, event);
  }

  /**
   * Adds a step, which notifies this person and then waits for an answer.
   *
   * @param who the person's name, which appears in the verdict
   * @param patience how long to wait after the notice went out, before the next step
   * @param notice starts the activity that notifies the person, and returns its task without
   *     awaiting it; if the task fails, {@link #await} fails too, so give the task retry options if
   *     it can fail
   */
  public Approval ask(String who, Duration patience, Supplier<? extends Task<?>> notice) {
    steps.add(new Step(who, patience, notice));
    return this;
  }

  /**
   * Goes through the steps until there is an answer or no step is left.
   *
   * @throws com.microsoft.durabletask.TaskFailedException a notice failed
   */
  public Verdict await() {
    Task<Object> answer = ctx.waitForExternalEvent(event, Object.class);
    String lastAsked = "";
    for (Step step : steps) {
      lastAsked = step.who();
      step.notice().get().await();
      Task<Void> patience = ctx.createTimer(step.patience());
      while (answeredBefore(patience, answer)) {
        Optional<Verdict> verdict = read(answer.await(), step.who());
        if (verdict.isPresent()) {
          return verdict.get();
        }
        answer = ctx.waitForExternalEvent(event, Object.class);
      }
    }
    return new Verdict(Outcome.EXPIRED, lastAsked, null, null);
  }

  private boolean answeredBefore(Task<Void> patience, Task<Object> answer) {
    ctx.anyOf(answer, patience).await();
    return answer.isDone();
  }

  private static Optional<Verdict> read(@Nullable Object payload, String lastAsked) {
    if (payload instanceof Boolean approved) {
      return Optional.of(new Verdict(Outcome.of(approved), lastAsked, null, null));
    }
    if (payload instanceof Map<?, ?> answer && answer.get("approved") instanceof Boolean approved) {
      return Optional.of(
          new Verdict(
              Outcome.of(approved),
              lastAsked,
              text(answer.get("by")),
              text(answer.get("comment"))));
    }
    return Optional.empty();
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private record Step(String who, Duration patience, Supplier<? extends Task<?>> notice) {}

  /** Says how an approval has ended. */
  public enum Outcome {
    APPROVED,
    REJECTED,
    /** No answer arrived in time. */
    EXPIRED;

    private static Outcome of(boolean approved) {
      return approved ? APPROVED : REJECTED;
    }
  }

  /**
   * Holds the decision.
   *
   * @param lastAsked the person who had been asked last when the decision was made; empty when
   *     there were no steps
   * @param by the person who decided, if the answer said so
   * @param comment the comment of the answer, if it had one
   */
  public record Verdict(
      Outcome outcome, String lastAsked, @Nullable String by, @Nullable String comment) {}
}
