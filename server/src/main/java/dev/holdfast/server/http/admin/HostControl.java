package dev.holdfast.server.http.admin;

import dev.holdfast.engine.clock.ClockState;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.server.metrics.Figure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Offers the admin API the operations of the host. No method blocks; long work continues in the
 * background.
 */
public interface HostControl {

  /**
   * Describes the state of the host.
   *
   * @param id the id of this run of the host
   * @param state Default, Starting, Initialized, Running, Error, Stopping, Stopped or Offline
   * @param version the version of Holdfast
   * @param uptime the time since the process began
   * @param errors the reasons why the host does not work, one sentence for each
   */
  record Status(String id, String state, String version, Duration uptime, List<String> errors) {}

  Status status();

  /**
   * Returns the id of this run of the host. Every run has another id, which does not change during
   * the run.
   */
  default String id() {
    return status().id();
  }

  /** Returns the figures for metrics; figures of the same name stand together. */
  default List<Figure> figures() {
    return List.of();
  }

  /**
   * Returns the reasons why the host should get no requests now, one sentence for each; the list is
   * empty when it may get requests.
   */
  List<String> notReady();

  /** Returns what the local hub knows about the machine's clock; empty when the hub is remote. */
  default Optional<ClockState> clock() {
    return Optional.empty();
  }

  /**
   * Tells the hub that the machine's clock is right, as an operator has confirmed; see {@link
   * #clock}.
   */
  default void confirmClock() {}

  /**
   * Returns warnings for the operator that do not stop the host from getting requests, one sentence
   * for each.
   */
  default List<String> notes() {
    return List.of();
  }

  /** Returns every function, including the disabled ones. */
  List<FunctionDefinition> functions();

  /** Returns the functions that could not be loaded, by name, each with the reason. */
  Map<String, String> failedFunctions();

  /**
   * Runs a function with a text as its trigger value.
   *
   * @return a future that fails with {@link java.util.NoSuchElementException} when there is no such
   *     function
   */
  CompletableFuture<Void> invoke(String functionName, String triggerValue);

  /** Reloads the app. */
  void restart();

  /** Makes the host refuse new requests from now on. */
  void drain();

  /** Undoes {@link #drain}. */
  void resume();

  boolean isDraining();
}
