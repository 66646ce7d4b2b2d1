package dev.holdfast.testkit;

import dev.holdfast.core.Statuses;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Represents one instance of a {@link TestHub}: it offers the requests of a client, and the state
 * and history of the instance.
 */
public final class TestInstance {
  private final TestHub hub;
  private final Machine machine;
  private final String id;

  TestInstance(TestHub hub, Machine machine, String id) {
    this.hub = hub;
    this.machine = machine;
    this.id = id;
  }

  public String id() {
    return id;
  }

  /**
   * Moves the virtual time forward until the instance has ended, and returns this object. The time
   * stops at the moment of the end.
   *
   * @throws AssertionError no event could end the instance any more, or it has not ended within the
   *     virtual time that the hub allows; the message says what it waits for
   */
  public TestInstance await() {
    long until = hub.micros() + hub.virtualTimeMax().toNanos() / 1_000;
    while (!hasEnded()) {
      if (!machine.goOn(until)) {
        throw new AssertionError(notEnded());
      }
    }
    return this;
  }

  /**
   * Moves the virtual time forward, as {@link #await} does, until the custom status is this value.
   *
   * @throws AssertionError the instance has ended, or no event can change the status any more
   */
  public TestInstance awaitCustomStatus(Object value) {
    String wanted = ClientJson.write(value);
    long until = hub.micros() + hub.virtualTimeMax().toNanos() / 1_000;
    while (!state().getCustomStatus().getValue().equals(wanted)) {
      if (hasEnded() || !machine.goOn(until)) {
        throw new AssertionError(
            "The custom status of '%s' is %s and does not become %s. %s"
                .formatted(
                    id,
                    state().getCustomStatus().getValue(),
                    wanted,
                    hasEnded() ? ended() : why()));
      }
    }
    return this;
  }

  private String notEnded() {
    if (found().isEmpty()) {
      return "There is no instance '" + id + "'. Start it first, or check the id.";
    }
    return "'%s' has not ended: %s. %s Raise the event, fake the partner, or end the orchestration."
        .formatted(
            id,
            machine.hasFuture()
                ? "it goes on after " + days(hub.virtualTimeMax()) + " of virtual time"
                : "nothing is left that could move it on",
            why());
  }

  private static String days(Duration time) {
    return time.toDays() > 0 ? time.toDays() + " days" : time.toString();
  }

  /** Explains in words what the instance waits for. */
  public String why() {
    Why why = explanation();
    return why == null ? "There is no instance '" + id + "'." : why.summary();
  }

  @Nullable Why explanation() {
    return machine.ask(taskHub -> taskHub.why(id)).orElse(null);
  }

  /**
   * Returns the history so far.
   *
   * @throws AssertionError the instance does not exist
   */
  public History history() {
    String name = state().getName();
    return new History(id, name, machine.ask(it -> it.history(id)).orElse(List.of()));
  }

  /**
   * Returns the lines that registered functions have logged for this instance, without the lines of
   * replays.
   */
  public List<String> logs() {
    return hub.logs(id);
  }

  /** Returns whether the instance has completed, failed or been terminated. */
  public boolean hasEnded() {
    return found().map(it -> Statuses.isEnded(it.getOrchestrationStatus())).orElse(false);
  }

  /** Returns whether the instance exists. */
  public boolean exists() {
    return found().isPresent();
  }

  /** Returns the status as people see it, such as Running, Completed or Failed. */
  public String status() {
    return Statuses.name(state().getOrchestrationStatus());
  }

  /** Returns the output as JSON text; null when there is none. */
  public @Nullable String outputJson() {
    OrchestrationState state = state();
    return state.hasOutput() ? state.getOutput().getValue() : null;
  }

  /**
   * Returns the output, converted as the client library converts it; null when there is none.
   *
   * @throws AssertionError the instance has not completed
   */
  public <T> @Nullable T output(Class<T> type) {
    if (!status().equals("Completed")) {
      throw new AssertionError(hasEnded() ? ended() : notEnded());
    }
    return ClientJson.read(outputJson(), type);
  }

  /**
   * Returns the custom status, converted as the client library converts it; null when there is
   * none.
   */
  public <T> @Nullable T customStatus(Class<T> type) {
    OrchestrationState state = state();
    return state.hasCustomStatus()
        ? ClientJson.read(state.getCustomStatus().getValue(), type)
        : null;
  }

  /** Returns the failure of the instance, as {@code type: message}; null when it has not failed. */
  public @Nullable String failure() {
    OrchestrationState state = state();
    if (!state.hasFailureDetails()) {
      return null;
    }
    TaskFailureDetails details = state.getFailureDetails();
    TaskFailureDetails seen = details.hasSeen() ? details.getSeen() : details;
    return seen.getErrorType() + ": " + seen.getErrorMessage();
  }

  /** Returns the status and results of the instance as one text, for comparisons. */
  String outcome() {
    OrchestrationState state = state();
    String failure = failure();
    return "%s %s%s"
        .formatted(
            status(),
            failure == null ? outputJson() : failure,
            state.hasCustomStatus() ? ", status " + state.getCustomStatus().getValue() : "");
  }

  String ended() {
    String failure = failure();
    return "'"
        + id
        + "' has ended as "
        + status()
        + (failure == null ? " with " + outputJson() : ": " + failure)
        + ".";
  }

  /**
   * Raises an event and does all work that is possible now.
   *
   * @param input the payload, which is converted to JSON as the client library converts it; null
   *     means no payload
   * @throws AssertionError the instance does not exist or has ended
   */
  public void raiseEvent(String event, @Nullable Object input) {
    String json = ClientJson.write(input);
    delivered("event '" + event + "'", machine.tell(it -> it.raiseEvent(id, event, json)));
  }

  /** Raises an event without a payload, as {@link #raiseEvent(String, Object)} does. */
  public void raiseEvent(String event) {
    raiseEvent(event, null);
  }

  /** Ends the instance as Terminated; the reason becomes its output. */
  public void terminate(String reason) {
    String json = ClientJson.write(reason);
    delivered("the termination", machine.tell(it -> it.terminate(id, json, false)));
  }

  /** Suspends the instance: no turn of it runs until {@link #resume}. */
  public void suspend(String reason) {
    delivered("the suspension", machine.tell(it -> it.suspend(id, reason)));
  }

  /** Lets a suspended instance continue. */
  public void resume(String reason) {
    delivered("the resumption", machine.tell(it -> it.resume(id, reason)));
  }

  private void delivered(String what, TaskHub.@Nullable Delivery delivery) {
    if (delivery == TaskHub.Delivery.NO_SUCH_INSTANCE) {
      throw new AssertionError(
          "There is no instance '" + id + "' for " + what + ". Start it first, or check the id.");
    }
    if (delivery == TaskHub.Delivery.TERMINAL) {
      throw new AssertionError(what + " comes too late: " + ended());
    }
  }

  OrchestrationState state() {
    return found()
        .orElseThrow(
            () ->
                new AssertionError(
                    "There is no instance '" + id + "'. Start it first, or check the id."));
  }

  private Optional<OrchestrationState> found() {
    return machine.ask(it -> it.get(id, true));
  }
}
