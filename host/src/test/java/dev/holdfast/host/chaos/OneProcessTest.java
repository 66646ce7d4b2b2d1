package dev.holdfast.host.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts that want the same data folder. */
class OneProcessTest {
  @TempDir Path folder;

  @Test
  void the_second_is_refused_and_told_who_is_first_and_may_start_once_that_is_dead()
      throws Exception {
    try (OutsideWorld outside = new OutsideWorld()) {
      HostProcess.Plan plan = HostProcess.Plan.in(folder, outside, "");
      Caller caller = new Caller(plan.url());
      try (HostProcess first = HostProcess.start(plan, 1)) {
        assertThat(caller.start("Chain", "a", "5").status()).isEqualTo(202);

        try (HostProcess second = HostProcess.begin(plan.withPort(0), 2)) {
          assertThat(second.exitCode()).isEqualTo(1);
          assertThat(second.said())
              .contains("in use by process " + first.pid() + " on ")
              .contains("stop that one first, or start this one with another data directory")
              .doesNotContain("\tat ");
        }
        assertThat(caller.status("a").status()).as("the first is unharmed").isIn(200, 202);
        first.kill();

        try (HostProcess second = HostProcess.start(plan, 3)) {
          assertThat(caller.status("a").status()).isIn(200, 202);
          second.stop();
        }
      }
    }
  }
}
