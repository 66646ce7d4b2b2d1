package dev.holdfast.simulation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.LongStream;

/**
 * Says which simulated worlds a test tries. System properties decide this: {@code
 * holdfast.workload} names a workload. Either {@code holdfast.seed} gives one seed, or {@code
 * holdfast.firstSeed} and {@code holdfast.seeds} give the first seed and the number of seeds;
 * {@code holdfast.soak} takes many seeds.
 *
 * @param workloads the workloads of the worlds
 * @param seeds the seeds of each workload
 */
public record Seeds(List<Workload> workloads, List<Long> seeds) {

  /**
   * Reads the system properties.
   *
   * @param usual the number of seeds of each workload without any property
   * @param ofASoak the number of seeds in a soak
   */
  public static Seeds asTold(int usual, int ofASoak) {
    String name = System.getProperty("holdfast.workload");
    Long only = Long.getLong("holdfast.seed");
    long first = Long.getLong("holdfast.firstSeed", 1);
    long count =
        Long.getLong("holdfast.seeds", Boolean.getBoolean("holdfast.soak") ? ofASoak : usual);
    return new Seeds(
        name == null ? Workload.ALL : List.of(Workload.named(name)),
        only != null ? List.of(only) : LongStream.range(first, first + count).boxed().toList());
  }

  /**
   * Returns whether the run covers at least the default worlds, so that the run must have exercised
   * all important situations.
   */
  public boolean areEnough(int usual) {
    return seeds.size() >= usual && workloads.size() == Workload.ALL.size();
  }

  /**
   * Runs all worlds, and prints how many times each situation was exercised.
   *
   * @return these numbers
   * @throws SimulationFailure the engine has broken a promise
   */
  public Map<String, Integer> run(BiFunction<Long, Workload, Simulation> simulation) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Workload workload : workloads) {
      for (Long seed : seeds) {
        simulation
            .apply(seed, workload)
            .run()
            .counts()
            .forEach((what, count) -> counts.merge(what, count, Integer::sum));
      }
    }
    System.out.println(
        "Simulated %d seeds of each of %s: %s".formatted(seeds.size(), workloads, counts));
    return counts;
  }
}
