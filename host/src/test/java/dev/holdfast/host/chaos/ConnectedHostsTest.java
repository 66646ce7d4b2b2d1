package dev.holdfast.host.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hub and an app that works for it, each a process of its own; one or the other ends, and clients
 * of the app go on all the while.
 */
@Timeout(300)
class ConnectedHostsTest {
  private static final int ROUNDS_MIN = Boolean.getBoolean("holdfast.soak") ? 40 : 0;

  @TempDir Path folder;

  private final Seed seed = Seed.of(ConnectedHostsTest.class);
  private final Random dice = new Random(seed.value());
  private final Judge judge = new Judge();
  private OutsideWorld outside;
  private HostProcess.Plan hubPlan;
  private HostProcess.Plan appPlan;
  private Caller caller;
  private HostProcess hub;
  private HostProcess app;
  private Load load;
  private int lives;

  @BeforeEach
  void start() throws IOException {
    outside = new OutsideWorld();
    HostProcess.Plan plan = HostProcess.Plan.in(folder, outside, "");
    hubPlan = plan.engineOnly();
    appPlan = plan.with("--connect", "localhost:" + hubPlan.grpcPort());
    caller = new Caller(plan.url());
    startHub();
    startApp();
  }

  @AfterEach
  void cleanUp() throws IOException {
    app.close();
    hub.close();
    outside.close();
  }

  private void startHub() throws IOException {
    hub = HostProcess.start(hubPlan, 0);
  }

  private void startApp() throws IOException {
    app = HostProcess.start(appPlan, ++lives);
    Patience.await().until(() -> caller.get("/readyz").status() == 200);
  }

  /** Returns when a random number more of these has been counted. */
  private void await(LongSupplier count, int atLeast, int more) {
    long enough = count.getAsLong() + atLeast + dice.nextInt(more);
    Patience.await().until(() -> count.getAsLong() >= enough || !app.isAlive());
  }

  /** Each of the ends befalls them once, then as the dice say. */
  private void underLoad(List<End> ends) throws Exception {
    Load clients = new Load(caller, judge, seed.value()).begin();
    load = clients;
    try (clients) {
      for (int round = 0; round < Math.max(ROUNDS_MIN, ends.size()); round++) {
        await(load::acknowledged, 20, 200);
        ends.get(round < ends.size() ? round : dice.nextInt(ends.size())).befall();
      }
      load.enough();
      new Quiet(app, caller, load).await();
    }
    System.out.println(load.figures());
  }

  private interface End {
    void befall() throws Exception;
  }

  private void killApp() throws Exception {
    app.kill();
    assertThat(app.complaints()).as(seed.toString()).isEmpty();
    startApp();
  }

  private void killHub() throws Exception {
    hub.kill();
    assertThat(hub.complaints()).as(seed.toString()).isEmpty();
    await(load::moves, 1, 100);
    startHub();
  }

  private void killBoth() throws Exception {
    app.kill();
    hub.kill();
    startHub();
    startApp();
  }

  private void stopApp() throws Exception {
    app.stop();
    assertThat(app.complaints()).as(seed.toString()).isEmpty();
    startApp();
  }

  private void stopHub() throws Exception {
    hub.stop();
    assertThat(hub.complaints()).as(seed.toString()).isEmpty();
    startHub();
  }

  @Test
  void killed_again_and_again_nothing_is_lost_and_every_instance_ends_once() throws Exception {
    underLoad(List.of(this::killApp, this::killHub, this::killBoth));

    // What ended just before the hub died, and was not yet written there, is run again.
    Map<String, List<Integer>> attempts =
        outside.attempts().entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, it -> it.getValue().stream().distinct().toList()));
    judge.judge(load.stories(), attempts, lives);
    assertThat(judge.findings()).as(seed.toString()).isEmpty();
    assertThat(load.acknowledged()).as("enough was going on").isGreaterThan(30);
    assertThat(app.complaints()).isEmpty();
    assertThat(hub.complaints()).isEmpty();
  }

  @Test
  void stopped_again_and_again_no_activity_is_run_twice() throws Exception {
    underLoad(List.of(this::stopApp, this::stopHub));

    judge.judge(load.stories(), outside.attempts(), lives);
    assertThat(judge.findings()).as(seed.toString()).isEmpty();
    assertThat(outside.attempts())
        .as("no activity is run twice: %s", seed)
        .allSatisfy((step, when) -> assertThat(when).hasSize(1));
    assertThat(load.acknowledged()).as("enough was going on").isGreaterThan(30);
  }
}
