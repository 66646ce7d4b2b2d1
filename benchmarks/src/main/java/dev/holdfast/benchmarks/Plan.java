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
 * @param grpcPort where it serves workers
 * @param connections how many workers, each with its own
 * @param progress draw a bar on the terminal
 * @param warmupSecondsMin at least so long before anything is measured
 * @param warmupSecondsMax at most so long, whether or not the rate has settled by then
 */
public record Plan(
    Workload workload,
    int count,
    int inFlight,
    String store,
    @Nullable URI httpBase,
    int grpcPort,
    int connections,
    boolean progress,
    int warmupSecondsMin,
    int warmupSecondsMax) {

  /** Which operation. */
  public enum Workload {
    /** Start one orchestration of three activities in a row and wait for its end. */
    SEQUENCE("sequence", "BenchSequence"),
    /** Start one orchestration of 1,000 activities at once and wait for its end. */
    FANOUT("fanout", "BenchFanOut"),
    /** As the first, but started and polled over HTTP. */
    HTTP("http", "BenchSequence"),
    /** As the first, but run by workers of the released Java SDK, and started, over gRPC. */
    REMOTE_SEQUENCE("remote-sequence", "BenchSequence"),
    /** Signal one of 1,000 entities from an orchestration, which signals 100. */
    ENTITY("entity", "BenchSignals"),
    /** Signal one of 1,000 entities over gRPC. */
    ENTITY_CLIENT("entity-client", "BenchSignals");

    /** How many activities one fan-out has. */
    public static final int WIDTH = 1_000;

    /** Turns and activities of one sequence, each of which a worker completes with a call. */
    static final int SEQUENCE_CALLS = 7;

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

    @Override
    public String toString() {
      return word;
    }

    String orchestrator() {
      return orchestrator;
    }

    @Nullable String input() {
      return switch (this) {
        case FANOUT -> Integer.toString(WIDTH);
        case ENTITY, ENTITY_CLIENT -> Integer.toString(EntityOperation.SIGNALS);
        case SEQUENCE, HTTP, REMOTE_SEQUENCE -> null;
      };
    }

    /** The one right output. */
    String output() {
      return switch (this) {
        case FANOUT -> Integer.toString(WIDTH * (WIDTH - 1));
        case ENTITY, ENTITY_CLIENT -> Integer.toString(EntityOperation.SIGNALS);
        case SEQUENCE, HTTP, REMOTE_SEQUENCE ->
            "[\"Hello Tokyo!\",\"Hello London!\",\"Hello Seattle!\"]";
      };
    }
  }
}
