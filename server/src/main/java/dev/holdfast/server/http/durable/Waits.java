package dev.holdfast.server.http.durable;

import dev.holdfast.engine.HubInstances;
import dev.holdfast.protocol.OrchestrationState;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Holds requests until an instance ends. A held request costs memory but no thread; beyond a limit
 * further requests are not held, and their clients are told to poll.
 */
public final class Waits {
  private final HubInstances hub;
  private final Executor threads;
  private final int heldMax;
  private final Duration longest;
  private final Set<Held> held = ConcurrentHashMap.newKeySet();
  private volatile boolean released;

  /**
   * Creates an object that holds no requests yet.
   *
   * @param threads run the code that follows the end of an instance, so that the engine's threads
   *     need not
   */
  public Waits(HubInstances hub, Executor threads, int heldMax, Duration longest) {
    this.hub = hub;
    this.threads = threads;
    this.heldMax = heldMax;
    this.longest = longest;
  }

  /**
   * Returns the state of the instance after its end; empty when the instance does not end in time.
   */
  CompletableFuture<Optional<OrchestrationState>> forEnd(String instanceId, Duration timeout) {
    if (released || held.size() >= heldMax) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<Optional<OrchestrationState>> ended = hub.waitForCompletion(instanceId, true);
    Held wait = new Held(ended.thenApply(state -> state));
    Duration most = timeout.compareTo(longest) > 0 ? longest : timeout;
    held.add(wait);
    CompletableFuture<Optional<OrchestrationState>> answered =
        wait.answer
            .completeOnTimeout(Optional.empty(), most.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete(
                (state, failure) -> {
                  held.remove(wait);
                  ended.cancel(false);
                });
    if (released) {
      wait.answer.complete(Optional.empty());
    }
    return answered.isDone()
        ? answered
        : answered.whenCompleteAsync((state, failure) -> {}, threads);
  }

  /**
   * Answers every held request as if its time were over. A host that is stopping or drained calls
   * this.
   */
  public void release() {
    released = true;
    held.forEach(wait -> wait.answer.complete(Optional.empty()));
  }

  /** Holds requests again after {@link #release}. */
  public void hold() {
    released = false;
  }

  /** Represents one held request, equal only to itself. */
  private static final class Held {
    private final CompletableFuture<Optional<OrchestrationState>> answer;

    Held(CompletableFuture<Optional<OrchestrationState>> answer) {
      this.answer = answer;
    }
  }
}
