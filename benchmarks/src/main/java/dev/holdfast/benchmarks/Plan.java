package dev.holdfast.benchmarks;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Describes one run of a benchmark.
 *
 * @param count the number of measured operations
 * @param inFlight the number of operations that may run at the same time
 * @param store the store's name, for the report
 * @param httpBase the URL at which the host answers HTTP, without a path; null when the host does
 *     not answer HTTP
 * @param grpcPort the port at which the host serves workers
 * @param connections the number of workers, each with a connection of its own
 * @param progress whether to draw a bar on the terminal
 * @param warmupSecondsMin the minimum duration of the warm-up
 * @param warmupSecondsMax the maximum duration of the warm-up, whether or not the rate has settled
 *     by then
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

  /** Names the operation that a benchmark repeats. */
  public enum Workload {
    /**
     * Each operation starts one orchestration of three activities in a row and waits for its end.
     */
    SEQUENCE("sequence", "BenchSequence"),
    /**
     * Each operation starts one orchestration of 1,000 activities at once and waits for its end.
     */
    FANOUT("fanout", "BenchFanOut"),
    /**
     * Each operation is an operation of {@link #SEQUENCE}, but its start and its polls go over
     * HTTP.
     */
    HTTP("http", "BenchSequence"),
    /**
     * Each operation is an operation of {@link #SEQUENCE}, started over gRPC and run by workers of
     * the released Java SDK.
     */
    REMOTE_SEQUENCE("remote-sequence", "BenchSequence"),
    /** Each operation signals one of 1,000 entities; an orchestration sends 100 signals. */
    ENTITY("entity", "BenchSignals"),
    /** Each operation signals one of 1,000 entities over gRPC. */
    ENTITY_CLIENT("entity-client", "BenchSignals");

    /** A fan-out calls this many activities. */
    public static final int WIDTH = 1_000;

    /**
     * A worker makes this many calls for one sequence: one for each turn and each activity that it
     * completes.
     */
    static final int SEQUENCE_CALLS = 7;

    private final String word;
    private final String orchestrator;

    Workload(String word, String orchestrator) {
      this.word = word;
      this.orchestrator = orchestrator;
    }

    /** Returns the workload's name on the command line. */
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
        case ENTITY, ENTITY_CLIENT -> Integer.toString(EntityMeasured.SIGNALS);
        case SEQUENCE, HTTP, REMOTE_SEQUENCE -> null;
      };
    }

    /** Returns the output that every correct operation has. */
    String output() {
      return switch (this) {
        case FANOUT -> Integer.toString(WIDTH * (WIDTH - 1));
        case ENTITY, ENTITY_CLIENT -> Integer.toString(EntityMeasured.SIGNALS);
        case SEQUENCE, HTTP, REMOTE_SEQUENCE ->
            "[\"Hello Tokyo!\",\"Hello London!\",\"Hello Seattle!\"]";
      };
    }
  }
}
