package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.simulation.SimulationFailure;
import dev.holdfast.simulation.Workload;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Breaks the bookkeeping of remote workers on purpose and demands that the simulation notices, and
 * that it notices nothing in the same world without the wound.
 */
class KnownWorkerWoundsTest {
  /** Most need one or two; a change of it may move those that need more. */
  private static final int SEEDS_MAX = 300;

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

    assertThat(noticed).as("that %s is noticed within %d seeds", wound, SEEDS_MAX).isPresent();
    System.out.println(
        wound + ": " + noticed.orElseThrow().getMessage().lines().findFirst().orElseThrow());
  }

  private static Optional<SimulationFailure> noticed(WoundedWorkers.Wound wound) {
    for (long seed = 1; seed <= SEEDS_MAX; seed++) {
      for (Workload workload : Workload.ALL) {
        try {
          run(
              seed,
              workload,
              (workforce, settings, dice, nanos, longHistory) ->
                  new WoundedWorkers(wound, workforce, settings, dice, nanos, longHistory));
        } catch (SimulationFailure noticed) {
          run(seed, workload, Workers::new);
          return Optional.of(noticed);
        }
      }
    }
    return Optional.empty();
  }

  private static void run(long seed, Workload workload, RemoteStaff.Opening opening) {
    var unused = WorkerSimulationTest.simulation(seed, workload, opening).run();
  }
}
