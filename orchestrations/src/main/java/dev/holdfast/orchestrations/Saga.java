package dev.holdfast.orchestrations;

import com.microsoft.durabletask.CompositeTaskFailedException;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * Undoes earlier steps of an orchestration when a later step fails.
 *
 * <pre>{@code
 * Saga saga = new Saga();
 * try {
 *   ctx.callActivity("BookFlight", trip, String.class).await();
 *   saga.undoWith("CancelFlight", () -> ctx.callActivity("CancelFlight", trip, retry));
 *   ctx.callActivity("BookHotel", trip, String.class).await();
 *   saga.undoWith("CancelHotel", () -> ctx.callActivity("CancelHotel", trip, retry));
 * } catch (TaskFailedException | CompositeTaskFailedException e) {
 *   Saga.Undone undone = saga.undo();
 * }
 * }</pre>
 *
 * <p>The second of these exceptions comes from {@code ctx.allOf(…).await()} and is not a subclass
 * of the first. Do not catch a wider type, because an exception also unwinds a waiting
 * orchestrator.
 *
 * <p>Register a compensation <em>after</em> a step that takes effect completely or not at all, but
 * <em>before</em> a step that may have taken effect although it reported a failure, such as a
 * time-out. In the second case the compensation must accept that there may be nothing to undo. In
 * both cases a compensation may run more than once after a crash, as every activity may, so it must
 * be idempotent.
 *
 * <p>One saga belongs to one execution of one orchestrator: make a new one at the top of the
 * orchestrator, and never keep it in a field.
 */
public final class Saga {

  private final Deque<Compensation> compensations = new ArrayDeque<>();

  /**
   * Registers the compensation of a step. The compensation does not run before {@link #undo} is
   * called.
   *
   * @param name the name of the compensation in {@link Undone}; usually the activity's name
   * @param compensation starts the undoing activity or sub-orchestration, and returns its task
   *     without awaiting it; the task may have retry options
   */
  public Saga undoWith(String name, Supplier<? extends Task<?>> compensation) {
    compensations.push(new Compensation(name, compensation));
    return this;
  }

  /**
   * Runs the compensations one at a time, newest first, and forgets them.
   *
   * <p>A compensation that fails does not stop the older ones from running; the result contains its
   * failure, so that a person can look at it. A second call runs nothing and returns empty lists.
   */
  public Undone undo() {
    List<String> done = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    while (!compensations.isEmpty()) {
      Compensation next = compensations.pop();
      try {
        next.start().get().await();
        done.add(next.name());
      } catch (TaskFailedException | CompositeTaskFailedException e) {
        // This code must not catch a wider type, because an exception also unwinds a waiting
        // orchestrator.
        failures.add(new Failure(next.name(), FailureLines.describe(e)));
      }
    }
    return new Undone(done, failures);
  }

  private record Compensation(String name, Supplier<? extends Task<?>> start) {}

  /**
   * Holds the result of undoing.
   *
   * @param done the names of the compensations that succeeded, in the order in which they ran
   * @param failures the compensations that failed, in the order in which they ran
   */
  public record Undone(List<String> done, List<Failure> failures) {
    public Undone {
      done = List.copyOf(done);
      failures = List.copyOf(failures);
    }

    /** Returns true when all compensations have succeeded. */
    public boolean complete() {
      return failures.isEmpty();
    }
  }

  /**
   * Describes a compensation that failed.
   *
   * @param reason the failure as {@code type: message}
   */
  public record Failure(String name, String reason) {}
}
