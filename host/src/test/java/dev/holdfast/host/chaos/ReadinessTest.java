package dev.holdfast.host.chaos;

import static dev.holdfast.host.chaos.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of a host that fail for a while, under load; the rest must not notice for longer. */
class ReadinessTest {
  private static final int RELOADS = Boolean.getBoolean("holdfast.soak") ? 30 : 3;

  @TempDir Path folder;

  private final Seed seed = Seed.of(ReadinessTest.class);
  private final Judge judge = new Judge();

  /** PC-10: once the store is back the host is ready again, without a restart. */
  @Test
  void a_store_that_takes_nothing_for_a_while_is_waited_for() throws Exception {
    try (OutsideWorld outside = new OutsideWorld()) {
      HostProcess.Plan plan = HostProcess.Plan.in(folder, outside, "");
      Caller caller = new Caller(plan.url());
      try (HostProcess host = HostProcess.start(plan, 1);
          Load load = new Load(caller, judge, seed.value()).begin()) {
        await().until(() -> load.ended() > 10);

        try (Connection other =
                DriverManager.getConnection("jdbc:sqlite:" + plan.data().resolve("holdfast.db"));
            Statement lock = other.createStatement()) {
          lock.execute("PRAGMA busy_timeout = 30000");
          lock.execute("BEGIN IMMEDIATE");
          await().until(() -> caller.get("/readyz").status() == 503);
          assertThat(caller.start("Chain", "new", "5").body()).contains("another program writes");
          assertThat(caller.get("/healthz").status()).isEqualTo(200);
          lock.execute("ROLLBACK");
        }

        await().until(() -> caller.get("/readyz").status() == 200);
        finish(host, caller, load, outside);
      }
    }
  }

  /** PC-9: when one part is begun anew, nothing is left running for ever. */
  @Test
  void an_app_that_is_loaded_anew_under_load_leaves_nothing_behind() throws Exception {
    try (OutsideWorld outside = new OutsideWorld()) {
      HostProcess.Plan plan = HostProcess.Plan.in(folder, outside, "");
      Caller caller = new Caller(plan.url());
      try (HostProcess host = HostProcess.start(plan, 1);
          Load load = new Load(caller, judge, seed.value()).begin()) {
        for (int i = 1; i <= RELOADS; i++) {
          long before = load.ended();
          await().until(() -> load.ended() > before + 10);
          assertThat(caller.post("/admin/host/restart", "").status()).isEqualTo(202);
          int times = i;
          await().until(() -> loaded(host) == times);
        }
        finish(host, caller, load, outside);
      }
    }
  }

  private static long loaded(HostProcess host) {
    return host.said().lines().filter(it -> it.contains("loaded anew")).count();
  }

  private void finish(HostProcess host, Caller caller, Load load, OutsideWorld outside)
      throws Exception {
    load.enough();
    new Quiet(host, caller, load).await();
    judge.judge(load.stories(), outside.attempts(), 1);
    host.stop();
    assertThat(judge.findings()).as(seed.toString()).isEmpty();
    assertThat(host.complaints()).isEmpty();
  }
}
