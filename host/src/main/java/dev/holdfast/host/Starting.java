package dev.holdfast.host;

import dev.holdfast.host.config.CannotException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Represents a start of the host that is under way. If the start fails, everything that it has
 * opened is closed again, in the opposite order.
 */
final class Starting implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("Host.Lifecycle");

  private final Phases phases;
  private final Deque<AutoCloseable> begun = new ArrayDeque<>();
  private final List<Runnable> late = new ArrayList<>();
  private boolean succeeded;

  Starting(Phases phases) {
    this.phases = phases;
  }

  <T extends @Nullable Object> T timed(String phase, Supplier<T> step) {
    try (Phases.Running running = phases.begin(phase)) {
      return step.get();
    }
  }

  /** Makes an object that must be closed if the start fails. */
  <T extends AutoCloseable> T own(String phase, Supplier<T> step) {
    return owned(timed(phase, step));
  }

  /**
   * Makes an optional object that must be closed if the start fails; null when the user does not
   * want it.
   */
  <T extends AutoCloseable> @Nullable T ownIfAny(String phase, Supplier<@Nullable T> step) {
    T made = timed(phase, step);
    return made == null ? null : owned(made);
  }

  <T extends AutoCloseable> T owned(T made) {
    begun.push(made);
    return made;
  }

  /**
   * Runs a step on a thread of its own; {@link #joined} waits for it.
   *
   * @param closes returns the objects that must be closed, given the step's result, if the start
   *     fails
   */
  <T> CompletableFuture<T> aside(
      String phase, Supplier<T> step, Function<T, AutoCloseable> closes) {
    CompletableFuture<T> result =
        CompletableFuture.supplyAsync(() -> timed(phase, step), Starting::daemon);
    late.add(
        () -> {
          var unused = result.thenAccept(made -> close(closes.apply(made)));
        });
    return result;
  }

  static <T> T joined(CompletableFuture<T> aside) {
    try {
      return aside.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof CannotException cannot) {
        throw cannot;
      }
      throw e;
    }
  }

  static void daemon(Runnable work) {
    Thread thread = new Thread(work, "holdfast-start");
    thread.setDaemon(true);
    thread.start();
  }

  void succeeded() {
    succeeded = true;
  }

  @Override
  public void close() {
    if (succeeded) {
      return;
    }
    late.forEach(Runnable::run);
    begun.forEach(Starting::close);
  }

  private static void close(AutoCloseable each) {
    try {
      each.close();
    } catch (Exception e) {
      log.warn("While a failed start was undone: {}", e.toString());
    }
  }
}
