package dev.holdfast.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Wound;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Breaks the engine on purpose, in every way there is, and demands that the simulation notices.
 * That nothing is noticed over the same seeds without a wound is what {@link SimulationTest} shows.
 */
class KnownWoundsTest {
  /** {@link SimulationTest} runs more than these. */
  private static final int SEEDS = 100;

  @ParameterizedTest
  @EnumSource(Wound.class)
  void every_wound_is_noticed(Wound wound) {
    assertThat(firstToNotice(wound)).as("a seed that notices " + wound).isNotNull();
  }

  private static String firstToNotice(Wound wound) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (Workload workload : Workload.ALL) {
        try {
          new Simulation(seed, workload, EnumSet.of(wound)).run();
        } catch (SimulationFailure noticed) {
          System.out.println(wound + ": " + noticed.getMessage().lines().findFirst().orElseThrow());
          return workload.name() + " " + seed;
        }
      }
    }
    return null;
  }
}
