package dev.holdfast.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Wound;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Breaks the engine on purpose, in every way there is, and demands that the simulation notices. A
 * simulation that has caught nothing proves nothing. That it notices nothing over the same seeds
 * without a wound is what {@link SimulationTest} shows.
 */
class KnownWoundsTest {
  /** {@link SimulationTest} runs more than these. */
  private static final int SEEDS = 100;

  @ParameterizedTest
  @EnumSource(Wound.class)
  void every_wound_is_noticed(Wound wound) {
    Optional<SimulationFailure> noticed = noticed(wound);

    assertThat(noticed).as("that %s is noticed within %d seeds", wound, SEEDS).isPresent();
    System.out.println(noticed.orElseThrow().getMessage().lines().findFirst().orElseThrow());
  }

  private static Optional<SimulationFailure> noticed(Wound wound) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (Workload workload : Workload.ALL) {
        try {
          new Simulation(seed, workload, EnumSet.of(wound)).run();
        } catch (SimulationFailure noticed) {
          return Optional.of(noticed);
        }
      }
    }
    return Optional.empty();
  }
}
