package dev.holdfast.benchmarks;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What to run.
 *
 * @param count operations that are measured
 * @param inFlight how many at a time
 * @param store its name, for the report
 * @param httpBase where the host answers, without a path; null when it does not
 * @param progress draw a bar on the terminal
 * @param warmupSecondsMin at least so long before anything is measured
 */
public record Plan(
    Workload workload,
    int count,
    int inFlight,
    String store,
    @Nullable URI httpBase,
    boolean progress,
    int warmupSecondsMin) {

  /** Which operation. */
  public enum Workload {
    /** Start one orchestration of three activities in a row and wait for its end. */
    SEQUENCE("sequence", "BenchSequence"),
    /** Start one orchestration of 1,000 activities at once and wait for its end. */
    FANOUT("fanout", "BenchFanOut"),
    /** As the first, but started and polled over HTTP. */
    HTTP("http", "BenchSequence");

    /** How many activities one fan-out has. */
    public static final int WIDTH = 1_000;

    private final String word;
    private final String orchestrator;

    Workload(String word, String orchestrator) {
      this.word = word;
      this.orchestrator = orchestrator;
    }

    /** Its name on the command line. */
    public String word() {
      return word;
    }

    String orchestrator() {
      return orchestrator;
    }

    @Nullable String input() {
      return this == FANOUT ? Integer.toString(WIDTH) : null;
    }

    /** The one right output. */
    String output() {
      return this == FANOUT
          ? Integer.toString(WIDTH * (WIDTH - 1))
          : "[\"Hello Tokyo!\",\"Hello London!\",\"Hello Seattle!\"]";
    }
  }
}
