package dev.holdfast.server.http.admin;

import dev.holdfast.engine.ClockState;
import dev.holdfast.functions.FunctionDefinition;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What the admin API asks of the host it runs in. Nothing here blocks; what takes time goes on in
 * the background.
 */
public interface HostControl {

  /**
   * How the host is.
   *
   * @param id names this host to others
   * @param state Default, Starting, Initialized, Running, Error, Stopping, Stopped or Offline
   * @param version of Holdfast
   * @param uptime since the process began
   * @param errors what keeps it from working, one sentence each
   */
  record Status(String id, String state, String version, Duration uptime, List<String> errors) {}

  Status status();

  /** What tells this run of a host from every other; the same for as long as it lives. */
  default String id() {
    return status().id();
  }

  /**
   * One figure about the host.
   *
   * @param name as Prometheus wants it; a counter's ends in {@code _total}
   * @param help what it counts, in a few words
   * @param labels in the order in which they are told
   */
  record Figure(String name, String help, SortedMap<String, String> labels, long value) {
    public Figure {
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    public static Figure of(String name, String help, long value) {
      return new Figure(name, help, new TreeMap<>(), value);
    }
  }

  /** Figures for metrics, those of one name one after the other. */
  default List<Figure> figures() {
    return List.of();
  }

  /** Why the host should get no requests now, one sentence each; empty when it may. */
  List<String> notReady();

  /** What the hub here thinks of the machine's clock; empty when the hub is somewhere else. */
  default Optional<ClockState> clock() {
    return Optional.empty();
  }

  /** Somebody says that the machine's clock is right; see {@link #clock}. */
  default void confirmClock() {}

  /** What somebody should know although the host may get requests, one sentence each. */
  default List<String> notes() {
    return List.of();
  }

  /** Every function, disabled ones too. */
  List<FunctionDefinition> functions();

  /** Why functions could not be loaded, by name. */
  Map<String, String> failedFunctions();

  /**
   * Runs a function with a text as its trigger value.
   *
   * @return fails with {@link java.util.NoSuchElementException} when there is no such function
   */
  CompletableFuture<Void> invoke(String functionName, String triggerValue);

  /** Loads the app anew. */
  void restart();

  /** Takes no new requests. */
  void drain();

  /** Undoes {@link #drain}. */
  void resume();

  boolean isDraining();
}
