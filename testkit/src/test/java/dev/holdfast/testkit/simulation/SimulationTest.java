package dev.holdfast.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Wound;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Worlds from seeds.
 *
 * <p>{@code -Dholdfast.seed=S -Dholdfast.workload=W} runs one of them, {@code -Dholdfast.seeds=N}
 * so many of each workload; {@code -Dholdfast.soak=true} a great many.
 */
class SimulationTest {

  private static List<Workload> workloads() {
    String name = System.getProperty("holdfast.workload");
    return name == null ? Workload.ALL : List.of(Workload.named(name));
  }

  private static long[] seeds() {
    Long only = Long.getLong("holdfast.seed");
    long first = Long.getLong("holdfast.firstSeed", 1);
    long count = Long.getLong("holdfast.seeds", Boolean.getBoolean("holdfast.soak") ? 20_000 : 125);
    return only != null
        ? new long[] {only}
        : LongStream.range(first, first + count).toArray();
  }

  private static EnumSet<Wound> wounds() {
    EnumSet<Wound> wounds = EnumSet.noneOf(Wound.class);
    for (String name : System.getProperty("holdfast.wounds", "").split(",", -1)) {
      if (!name.isEmpty()) {
        wounds.add(Wound.valueOf(name));
      }
    }
    return wounds;
  }

  @Test
  void no_seed_breaks_a_promise() {
    Map<String, Integer> counts = new TreeMap<>();
    List<String> failures = new ArrayList<>();
    for (Workload workload : workloads()) {
      for (long seed : seeds()) {
        try {
          new Simulation(seed, workload, wounds())
              .run()
              .counts()
              .forEach((what, count) -> counts.merge(what, count, Integer::sum));
        } catch (SimulationFailure failure) {
          if (Boolean.getBoolean("holdfast.goOn")) {
            failures.add(workload.name() + " " + seed + ": " + failure.getMessage().lines().limit(6).toList());
            continue;
          }
          throw failure;
        }
      }
    }
    System.out.println(counts);
    assertThat(failures).isEmpty();
  }
}
