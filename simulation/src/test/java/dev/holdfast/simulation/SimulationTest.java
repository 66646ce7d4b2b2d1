package dev.holdfast.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Wound;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Worlds from seeds.
 *
 * <p>{@code -Dholdfast.workload=W -Dholdfast.seed=S} runs one of them, {@code -Dholdfast.seeds=N}
 * so many of each workload from {@code -Dholdfast.firstSeed} on; {@code -Dholdfast.soak=true} a
 * great many.
 */
class SimulationTest {
  private static final int SEEDS = 500;
  private static final int SEEDS_OF_A_SOAK = 25_000;

  /**
   * What a run of all seeds must have exercised: a generator that never makes it proves nothing.
   */
  private static final List<String> EXERCISED =
      List.of(
          "abandoned",
          "worker lost",
          "answered twice",
          "clock confirmed",
          "clock set back",
          "clock set forward",
          "compared",
          "crash",
          "deferred",
          "did fewer operations",
          "delivery ACCEPTED",
          "delivery NO_SUCH_INSTANCE",
          "delivery TERMINAL",
          "ended ORCHESTRATION_STATUS_COMPLETED",
          "ended ORCHESTRATION_STATUS_FAILED",
          "ended ORCHESTRATION_STATUS_TERMINATED",
          "ended purged",
          "instance not writable",
          "lost",
          "machine slept",
          "mail Resolve",
          "mail Rewind",
          "mail Send",
          "mail StartChild",
          "mail Terminate",
          "nobody serves",
          "old answer of ACTIVITY",
          "old answer of ORCHESTRATOR",
          "places changed",
          "purged",
          "read fewer events",
          "refused ALREADY_EXISTS",
          "refused FAILED_PRECONDITION",
          "refused NOT_FOUND",
          "refused OVERLOADED",
          "refused STORE_FULL",
          "refused UNAVAILABLE",
          "request lost by a crash",
          "rewound",
          "scheduled start",
          "step failed",
          "store FULL",
          "store SHAKY",
          "store call commit",
          "store call landed",
          "store call load",
          "store call loadByKey",
          "store call ready",
          "store call records",
          "store call timers",
          "store unreadable while opening",
          "wait answered",
          "wait given up",
          "warned");

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
    Seeds seeds = Seeds.asTold(SEEDS, SEEDS_OF_A_SOAK);

    Map<String, Integer> counts =
        seeds.run((seed, workload) -> new Simulation(seed, workload, wounds()));

    if (seeds.areEnough(SEEDS)) {
      assertThat(counts).as("what the seeds have exercised").containsKeys(exercised());
    }
  }

  private static String[] exercised() {
    return EXERCISED.toArray(new String[0]);
  }

  @Test
  void the_same_seed_gives_the_same_trace() {
    for (Workload workload : Workload.ALL) {
      for (long seed = 1_001; seed <= 1_005; seed++) {
        assertThat(new Simulation(seed, workload).run())
            .isEqualTo(new Simulation(seed, workload).run());
      }
    }
  }

  @Test
  void the_same_seed_gives_the_same_trace_in_another_process()
      throws IOException, InterruptedException {
    for (Workload workload : List.of(Workload.MIXED, Workload.CRASHING)) {
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Replay.class.getName(),
                  workload.name(),
                  "1006")
              .redirectErrorStream(true)
              .start();
      String printed =
          new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

      assertThat(other.waitFor()).as(printed).isZero();
      assertThat(printed)
          .isEqualTo(Long.toHexString(new Simulation(1_006, workload).run().traceHash()));
    }
  }

  @Test
  void another_seed_gives_another_trace() {
    assertThat(new Simulation(1, Workload.MIXED).run().traceHash())
        .isNotEqualTo(new Simulation(2, Workload.MIXED).run().traceHash());
  }
}
