package dev.holdfast.server.http.admin;

import dev.holdfast.engine.ClockState;
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
   * Tells the state of the host.
   *
   * @param id names this host to others
   * @param state Default, Starting, Initialized, Running, Error, Stopping, Stopped or Offline
   * @param version the version of Holdfast
   * @param uptime the time since the process began
   * @param errors the reasons why the host does not work, one sentence each
   */
  record Status(String id, String state, String version, Duration uptime, List<String> errors) {}

  Status status();

  /**
   * Returns the id that tells this run of a host from every other run; it does not change during
   * the run.
   */
  default String id() {
    return status().id();
  }

  /** Returns the figures for metrics; those of one name follow each other. */
  default List<Figure> figures() {
    return List.of();
  }

  /**
   * Returns why the host should get no requests now, one sentence each; empty when it may get
   * requests.
   */
  List<String> notReady();

  /** Returns how the local hub judges the machine's clock; empty when the hub is a remote one. */
  default Optional<ClockState> clock() {
    return Optional.empty();
  }

  /**
   * Tells the hub that the machine's clock is right, as an operator has confirmed; see {@link
   * #clock}.
   */
  default void confirmClock() {}

  /** Returns what an operator should know although the host may get requests, one sentence each. */
  default List<String> notes() {
    return List.of();
  }

  /** Returns every function, including the disabled ones. */
  List<FunctionDefinition> functions();

  /** Returns why functions could not be loaded, by function name. */
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

  /** Takes no new requests from now on. */
  void drain();

  /** Undoes {@link #drain}. */
  void resume();

  boolean isDraining();
}
