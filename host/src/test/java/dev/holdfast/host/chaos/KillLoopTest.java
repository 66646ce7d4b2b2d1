package dev.holdfast.host.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that is killed again and again, and clients that go on all the while. */
class KillLoopTest {
  private static final int KILLS = Boolean.getBoolean("holdfast.soak") ? 200 : 10;

  @TempDir Path folder;

  private final Seed seed = Seed.of(KillLoopTest.class);
  private final Random dice = new Random(seed.value());
  private final Judge judge = new Judge();
  private final List<Long> starts = new ArrayList<>();

  @Test
  void nothing_acknowledged_is_lost_and_every_instance_ends_once() throws Exception {
    long begun = System.nanoTime();
    try (OutsideWorld outside = new OutsideWorld()) {
      HostProcess.Plan plan = HostProcess.Plan.in(folder, outside, "");
      Caller caller = new Caller(plan.url());
      StoreCopies copies = new StoreCopies(plan.data(), folder.resolve("copies"), judge);
      try (Load load = new Load(caller, judge, seed.value()).begin()) {
        for (int life = 1; life <= KILLS; life++) {
          live(plan, life, load);
          copies.look();
        }
        try (HostProcess last = HostProcess.start(plan, KILLS + 1)) {
          load.enough();
          new Quiet(last, caller, load).await();
          judge.judge(load.stories(), outside.attempts(), KILLS + 1);
          last.stop();
        }
        copies.look();
        copies.agreeWith(load.stories());
        report(load, outside, Duration.ofNanos(System.nanoTime() - begun));

        assertThat(judge.findings()).as(seed.toString()).isEmpty();
        assertThat(load.acknowledged()).as("enough was going on").isGreaterThan(10L * KILLS);
        assertThat(load.stories()).extracting(it -> it.kind).contains(Story.Kind.values());
      }
    }
  }

  /** One life: sometimes it ends while it has hardly begun. */
  private void live(HostProcess.Plan plan, int life, Load load) throws Exception {
    try (HostProcess host = HostProcess.begin(plan, life)) {
      boolean serves = dice.nextInt(4) > 0 || life == 1;
      if (serves) {
        starts.add(host.awaitReady().toMillis());
      }
      LongSupplier count = serves ? load::acknowledged : load::moves;
      long enough = count.getAsLong() + 20 + dice.nextInt(600);
      Patience.await().until(() -> count.getAsLong() >= enough || !host.isAlive());
      host.kill();
      assertThat(host.complaints()).as(seed.toString()).isEmpty();
    }
  }

  private void report(Load load, OutsideWorld outside, Duration took) {
    long again = outside.attempts().values().stream().filter(it -> it.size() > 1).count();
    System.out.printf(
        "{\"seed\":%d,\"kills\":%d,%s,\"activities\":%d,\"activitiesRunAgain\":%d,"
            + "\"startMillis\":%s,\"findings\":%d,\"seconds\":%d}%n",
        seed.value(),
        KILLS,
        load.figures(),
        outside.attempts().size(),
        again,
        starts,
        judge.findings().size(),
        took.toSeconds());
  }
}
