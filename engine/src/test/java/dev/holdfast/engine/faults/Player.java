package dev.holdfast.engine.faults;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Limits;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Times;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.driven.FaultyStore;
import dev.holdfast.engine.program.Numbered;
import dev.holdfast.engine.program.Programs;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationIdReusePolicy;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A client that does not give up: what it asks it asks again until it has an answer, whatever
 * happens to the store and the process meanwhile.
 */
final class Player {
  private static final int TRIES = 12;

  private final DrivenHub driven;
  private final Map<String, Integer> raised = new LinkedHashMap<>();
  private int attempts;

  /**
   * @param roomy all instances fit into memory; else it forgets them as soon as it can
   */
  Player(Programs programs, FaultyStore.Faults faults, boolean roomy) {
    this.driven =
        new DrivenHub(
            programs,
            roomy
                ? Limits.DEFAULT
                : new Limits(
                    100, 256, 1 << 20, 100, 1, 0, 1, Times.SECOND, 10_000, 1_000, 2, 10_000),
            2);
    driven.setFaults(faults);
  }

  private TaskHub hub() {
    return driven.hub();
  }

  /** Asks until there is an answer; empty when the last try was refused. */
  private <T> Optional<T> ask(Supplier<CompletableFuture<T>> question) {
    for (int i = 0; i < TRIES; i++) {
      try {
        CompletableFuture<T> answer = question.get();
        driven.settle();
        driven.advance(Duration.ofSeconds(1));
        if (answer.isDone()) {
          return Optional.ofNullable(answer.join());
        }
      } catch (FaultyStore.Crash crash) {
        crash();
      } catch (java.util.concurrent.CompletionException e) {
        if (e.getCause() instanceof RefusedException refused && isFinal(refused)) {
          return Optional.empty();
        }
      }
    }
    throw new AssertionError("expected an answer, but there was none in " + TRIES + " tries");
  }

  private static boolean isFinal(RefusedException refused) {
    return switch (refused.reason()) {
      case ALREADY_EXISTS, NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION -> true;
      case OVERLOADED, STORE_FULL, UNAVAILABLE, UNANSWERED -> false;
    };
  }

  private void crash() {
    while (true) {
      try {
        driven.crash();
        return;
      } catch (FaultyStore.Crash | StoreException again) {
        // The next process has more luck.
      }
    }
  }

  void start(String id, String program) {
    start(id, program, Duration.ZERO, OrchestrationIdReusePolicy.getDefaultInstance());
  }

  void startLater(String id, String program, Duration delay) {
    start(id, program, delay, OrchestrationIdReusePolicy.getDefaultInstance());
  }

  void replace(String id, String program) {
    start(
        id,
        program,
        Duration.ZERO,
        OrchestrationIdReusePolicy.newBuilder()
            .addAllReplaceableStatus(
                List.of(
                    OrchestrationStatus.ORCHESTRATION_STATUS_PENDING,
                    OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING,
                    OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED,
                    OrchestrationStatus.ORCHESTRATION_STATUS_FAILED,
                    OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED))
            .build());
  }

  private void start(String id, String program, Duration delay, OrchestrationIdReusePolicy policy) {
    CreateInstanceRequest.Builder request =
        CreateInstanceRequest.newBuilder()
            .setInstanceId(id)
            .setName(program)
            .setInput(StringValue.of("in"))
            .setOrchestrationIdReusePolicy(policy);
    if (!delay.isZero()) {
      request.setScheduledStartTimestamp(
          Times.timestamp(driven.clock().micros() + delay.toNanos() / 1_000));
    }
    ask(() -> hub().start(request.build()));
  }

  void raise(String id, String event) {
    int number = raised.merge(id + " " + event, 1, Integer::sum);
    ask(() -> hub().raiseEvent(id, event, new Numbered(number, "client" + ++attempts).toString()));
  }

  void suspend(String id) {
    ask(() -> hub().suspend(id, "hold"));
  }

  void resume(String id) {
    ask(() -> hub().resume(id, "on"));
  }

  void terminate(String id, boolean recursive) {
    ask(() -> hub().terminate(id, "\"over\"", recursive));
  }

  void purge(String id, boolean recursive) {
    ask(
        () ->
            hub()
                .purge(
                    PurgeInstancesRequest.newBuilder()
                        .setInstanceId(id)
                        .setRecursive(recursive)
                        .build()));
  }

  /** Rewinds while it is failed. */
  void rewindUntilDone(String id) {
    for (int i = 0; i < TRIES; i++) {
      OrchestrationState state = state(id);
      if (state.getOrchestrationStatus() != OrchestrationStatus.ORCHESTRATION_STATUS_FAILED) {
        return;
      }
      ask(() -> hub().rewind(id, "again"));
    }
  }

  void advance(Duration time) {
    long until = driven.clock().micros() + time.toNanos() / 1_000;
    while (driven.clock().micros() < until) {
      try {
        driven.advance(Duration.ofSeconds(1));
      } catch (FaultyStore.Crash crash) {
        crash();
      }
    }
  }

  OrchestrationState state(String id) {
    return find(id).orElseThrow(() -> new AssertionError("there is no instance " + id));
  }

  Optional<OrchestrationState> find(String id) {
    return ask(() -> hub().get(id, true)).orElseThrow();
  }

  /** Memory and store agree. */
  List<String> differences() {
    driven.setFaults(FaultyStore.Faults.NONE);
    driven.settle();
    return driven.engine().differences();
  }
}
