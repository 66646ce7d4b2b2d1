package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.holdfast.core.Wound;
import dev.holdfast.simulation.Seeds;
import dev.holdfast.simulation.Simulation;
import dev.holdfast.simulation.Staff;
import dev.holdfast.simulation.Workload;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Simulated worlds whose work is done by remote workers, with the same properties as those of the
 * simulation of the engine: {@code holdfast.workload}, {@code .seed}, {@code .seeds}, {@code
 * .firstSeed}, {@code .soak}, {@code .trace}.
 */
class WorkerSimulationTest {
  private static final int SEEDS = 60;

  /** What a run of all seeds must have exercised; what never happens proves nothing. */
  private static final List<String> EXERCISED =
      List.of(
          "abandoned",
          "answer for nothing",
          "answered twice",
          "asked for what it was sent",
          "chunked",
          "connected again",
          "connected grpc-go",
          "connected grpc-java-netty",
          "connected grpc-node-js",
          "connected grpc-python",
          "connected holdfast",
          "connection lost",
          "crash",
          "did a part",
          "half of the chunks",
          "hangs",
          "history fetched",
          "host stopped",
          "key gone",
          "late answer of ACTIVITY",
          "late answer of ENTITY",
          "late answer of ORCHESTRATOR",
          "opened another stream",
          "reads slowly",
          "seen with what it was given up for",
          "stream cancelled",
          "went on",
          "worker died",
          "worker froze");

  private static final int SEEDS_OF_A_SOAK = 10_000;
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("Host.Workers");
  private static final Level BEFORE = LOG.getLevel();

  @BeforeAll
  static void quiet() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    LOG.setLevel(BEFORE);
  }

  static Simulation simulation(long seed, Workload workload, RemoteStaff.Opening opening) {
    return new Simulation(
        seed,
        workload,
        EnumSet.noneOf(Wound.class),
        new Staff.Staffing(
            "server", "WorkerSimulationTest", scene -> new RemoteStaff(scene, opening)));
  }

  @Test
  void no_seed_breaks_a_promise() {
    Seeds seeds = Seeds.asTold(SEEDS, SEEDS_OF_A_SOAK);

    Map<String, Integer> counts =
        seeds.run((seed, workload) -> simulation(seed, workload, Workers::new));

    if (seeds.areEnough(SEEDS)) {
      assertThat(counts)
          .as("what the seeds have exercised")
          .containsKeys(EXERCISED.toArray(new String[0]));
    }
  }

  @Test
  void the_same_seed_gives_the_same_trace() {
    for (Workload workload : Workload.ALL) {
      assertThat(simulation(1_001, workload, Workers::new).run())
          .isEqualTo(simulation(1_001, workload, Workers::new).run());
    }
  }
}
