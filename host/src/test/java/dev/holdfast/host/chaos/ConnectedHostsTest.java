package dev.holdfast.host.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  private void letPass(int atLeastMillis, int more) throws InterruptedException {
    assertThat(
            new CountDownLatch(1).await(atLeastMillis + dice.nextInt(more), TimeUnit.MILLISECONDS))
        .isFalse();
  }

  /** Each of the ends befalls them once, then as the dice say. */
  private Load underLoad(List<End> ends) throws Exception {
    Load load = new Load(caller, judge, seed.value()).begin();
    try (load) {
      for (int round = 0; round < Math.max(ROUNDS_MIN, ends.size()); round++) {
        letPass(300, 1_000);
        ends.get(round < ends.size() ? round : dice.nextInt(ends.size())).befall();
      }
      load.enough();
      new Quiet(app, caller, load).await();
    }
    System.out.println(load.figures());
    return load;
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
    letPass(1, 500);
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
    Load load = underLoad(List.of(this::killApp, this::killHub, this::killBoth));

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
    Load load = underLoad(List.of(this::stopApp, this::stopHub));

    judge.judge(load.stories(), outside.attempts(), lives);
    assertThat(judge.findings()).as(seed.toString()).isEmpty();
    assertThat(outside.attempts())
        .as("no activity is run twice: %s", seed)
        .allSatisfy((step, when) -> assertThat(when).hasSize(1));
    assertThat(load.acknowledged()).as("enough was going on").isGreaterThan(30);
  }
}
