package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.simulation.SimulationFailure;
import dev.holdfast.testkit.simulation.Workload;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Breaks the rooms of remote workers on purpose and demands that the simulation notices. That it
 * notices nothing over the same seeds without a wound is what {@link WorkerSimulationTest} shows.
 */
class KnownWorkerWoundsTest {
  /** {@link WorkerSimulationTest} runs no fewer. */
  private static final int SEEDS = WorkerSimulationTest.SEEDS;

  @BeforeAll
  static void quiet() {
    WorkerSimulationTest.quiet();
  }

  @AfterAll
  static void loud() {
    WorkerSimulationTest.loud();
  }

  @ParameterizedTest
  @EnumSource(WoundedWorkers.Wound.class)
  void every_wound_is_noticed(WoundedWorkers.Wound wound) {
    Optional<SimulationFailure> noticed = noticed(wound);

    assertThat(noticed).as("that %s is noticed within %d seeds", wound, SEEDS).isPresent();
    System.out.println(
        wound + ": " + noticed.orElseThrow().getMessage().lines().findFirst().orElseThrow());
  }

  private static Optional<SimulationFailure> noticed(WoundedWorkers.Wound wound) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (Workload workload : Workload.ALL) {
        try {
          var unused =
              WorkerSimulationTest.simulation(
                      seed,
                      workload,
                      (workforce, settings, dice, nanos, longHistory) ->
                          new WoundedWorkers(wound, workforce, settings, dice, nanos, longHistory))
                  .run();
        } catch (SimulationFailure noticed) {
          return Optional.of(noticed);
        }
      }
    }
    return Optional.empty();
  }
}
