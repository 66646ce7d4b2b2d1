package dev.holdfast.orchestrations;

import com.microsoft.durabletask.CompositeTaskFailedException;
import com.microsoft.durabletask.FailureDetails;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the same work for many inputs at once, at most a set number at a time, and returns the
 * results in the order of the inputs.
 *
 * <pre>{@code
 * List<Integer> counts =
 *     FanOut.over(ctx, texts, text -> ctx.callActivity("CountWords", text, Integer.class))
 *         .inFlightMax(20)
 *         .attempts(3, Duration.ofSeconds(5))
 *         .join();
 * }</pre>
 *
 * <p>As soon as one piece of work ends, the next one starts, so a slow piece does not delay the
 * rest.
 *
 * <p>The call must <em>not</em> carry {@code TaskOptions}: client library 1.5.0 counts an attempt
 * each time a task with a retry policy is awaited together with others, and so would give up early.
 * Use {@link #attempts} instead.
 *
 * <p>Each piece adds a few events to the history that every turn replays. For more than a few
 * thousand inputs, fan out over sub-orchestrations that each fan out over a part.
 */
public final class FanOut<T, R> {

  private final TaskOrchestrationContext ctx;
  private final List<T> inputs;
  private final Function<? super T, Task<R>> call;
  private int inFlightMax = 50;
  private int attemptsMax = 1;
  private Duration pause = Duration.ZERO;

  private FanOut(TaskOrchestrationContext ctx, List<T> inputs, Function<? super T, Task<R>> call) {
    this.ctx = ctx;
    this.inputs = inputs;
    this.call = call;
  }

  /**
   * Begins the description of a fan-out.
   *
   * @param inputs one input for each piece of work; their order must be the same in every replay,
   *     so they must not come from a {@code HashSet}
   * @param call starts one activity or sub-orchestration, and returns its task without awaiting it
   */
  public static <T, R> FanOut<T, R> over(
      TaskOrchestrationContext ctx, List<T> inputs, Function<? super T, Task<R>> call) {
    return new FanOut<>(ctx, List.copyOf(inputs), call);
  }

  /** Sets how many pieces may run at the same time; the default is 50, and the minimum is 1. */
  public FanOut<T, R> inFlightMax(int inFlightMax) {
    this.inFlightMax = atLeastOne("inFlightMax", inFlightMax);
    return this;
  }

  /**
   * Tries each piece again when it fails. A piece that pauses still counts as running.
   *
   * @param attemptsMax the number of attempts that a piece gets; at least 1, which is also the
   *     default
   * @param pause how long to wait, on a durable timer, before the next attempt
   */
  public FanOut<T, R> attempts(int attemptsMax, Duration pause) {
    this.attemptsMax = atLeastOne("attemptsMax", attemptsMax);
    this.pause = pause;
    return this;
  }

  /**
   * Returns all results, or throws the first failure in the order of the inputs. All pieces have
   * ended when this returns or throws.
   *
   * @throws TaskFailedException a piece failed in its last attempt
   */
  public List<R> join() {
    List<Piece> pieces = runAll();
    for (Piece piece : pieces) {
      if (piece.failure != null) {
        throw piece.failure;
      }
    }
    return pieces.stream().map(piece -> piece.value).collect(Collectors.toList());
  }

  /**
   * Returns all outcomes as {@link #join} does, but a piece that failed is an outcome like any
   * other, and its failure is not thrown.
   */
  public List<Outcome<R>> settle() {
    return runAll().stream().map(Piece::outcome).toList();
  }

  private List<Piece> runAll() {
    List<Piece> pieces = new ArrayList<>(inputs.size());
    List<Piece> inFlight = new ArrayList<>();
    int next = 0;
    while (next < inputs.size() || !inFlight.isEmpty()) {
      while (next < inputs.size() && inFlight.size() < inFlightMax) {
        Piece piece = new Piece(inputs.get(next++));
        pieces.add(piece);
        inFlight.add(piece);
      }
      if (next == inputs.size() && attemptsMax == 1) {
        awaitAll(inFlight);
      } else {
        awaitAny(inFlight);
      }
      inFlight.removeIf(Piece::advance);
    }
    return pieces;
  }

  // Once all pieces have started, the end of a single piece needs no action. One wait for all
  // remaining pieces keeps the cost of a replay linear.
  private void awaitAll(List<Piece> inFlight) {
    List<Task<R>> tasks = new ArrayList<>(inFlight.size());
    for (Piece piece : inFlight) {
      if (piece.work != null) {
        tasks.add(piece.work);
      }
    }
    try {
      ctx.allOf(tasks).await();
    } catch (CompositeTaskFailedException e) {
      // Each piece checks for itself whether it has failed.
    }
  }

  private void awaitAny(List<Piece> inFlight) {
    List<Task<?>> tasks = new ArrayList<>(inFlight.size());
    for (Piece piece : inFlight) {
      tasks.add(piece.current);
    }
    try {
      ctx.anyOf(tasks).await();
    } catch (TaskFailedException | CompositeTaskFailedException e) {
      // The completed task has failed; its piece checks this for itself.
    }
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("expected " + name + " of at least 1, but got " + value);
    }
    return value;
  }

  /** Processes one input until it has a result, by attempts with pauses between them. */
  private final class Piece {
    private final T input;
    private int attempt = 1;
    private @Nullable Task<R> work;
    private Task<?> current;
    private @Nullable R value;
    private @Nullable TaskFailedException failure;

    Piece(T input) {
      this.input = input;
      Task<R> first = call.apply(input);
      this.work = first;
      this.current = first;
    }

    /** Takes the next step if the current one has ended; returns true when no step is left. */
    boolean advance() {
      if (!current.isDone()) {
        return false;
      }
      Task<R> attempted = work;
      if (attempted == null) {
        start();
        return false;
      }
      try {
        value = attempted.await();
        return true;
      } catch (TaskFailedException e) {
        return failed(e);
      }
    }

    private boolean failed(TaskFailedException e) {
      if (attempt >= attemptsMax || e.getErrorDetails().isNonRetriable()) {
        failure = e;
        return true;
      }
      attempt++;
      if (pause.isZero()) {
        start();
      } else {
        work = null;
        current = ctx.createTimer(pause);
      }
      return false;
    }

    private void start() {
      Task<R> again = call.apply(input);
      work = again;
      current = again;
    }

    Outcome<R> outcome() {
      return new Outcome<>(value, failure == null ? null : failure.getErrorDetails());
    }
  }

  /**
   * Holds the result of one piece.
   *
   * @param value the value that the piece returned; null if it failed, or returned nothing
   * @param failure the reason why the last attempt failed; null if the piece succeeded
   */
  public record Outcome<R>(@Nullable R value, @Nullable FailureDetails failure) {
    public boolean succeeded() {
      return failure == null;
    }
  }
}
