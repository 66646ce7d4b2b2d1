package dev.holdfast.host.chaos;

import static dev.holdfast.host.chaos.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.chaos.Caller.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host whose store has no room left. */
class DiskFullTest {
  private static final int PAYLOAD = 200_000;

  @TempDir Path folder;

  private OutsideWorld outside;

  @BeforeEach
  void prepare() throws IOException {
    outside = new OutsideWorld();
  }

  @AfterEach
  void cleanUp() throws IOException {
    outside.close();
  }

  @Test
  void near_its_limit_it_begins_nothing_new_and_purging_makes_room() throws Exception {
    HostProcess.Plan plan =
        HostProcess.Plan.in(
            folder, outside, "\"storeSizeMax\":\"24MiB\",\"freeSpaceMin\":\"8MiB\"");
    Caller caller = new Caller(plan.url());
    try (HostProcess host = HostProcess.start(plan, 1)) {
      assertThat(caller.start("Gather", "waits", "1").status()).isEqualTo(202);
      assertThat(caller.start("Naps", "naps", "500").status()).isEqualTo(202);
      outside.hold();
      assertThat(caller.start("Chain", "works", "5").status()).isEqualTo(202);
      outside.awaitHeld();

      List<String> kept = fill(caller);

      assertThat(kept).hasSizeGreaterThan(10);
      Reply refused = caller.raise("waits", "word", "\"bye0:0\"");
      assertThat(refused.status()).isEqualTo(507);
      assertThat(refused.body()).contains("purge");
      assertThat(caller.get("/readyz").status()).isEqualTo(200);
      assertThat(caller.why("waits").body()).contains("event 'word'");
      for (String id : kept) {
        awaitOutput(caller, id, PAYLOAD);
      }
      awaitOutput(caller, "naps", "in time");
      outside.release();
      awaitOutput(caller, "works", 445);

      for (String id : kept.subList(0, 10)) {
        assertThat(caller.purge(id).status()).as(id).isEqualTo(200);
      }
      await().until(() -> caller.raise("waits", "word", "\"bye0:0\"").status() == 202);
      awaitOutput(caller, "waits", "bye0:0");
      assertThat(caller.start("Keep", "again", payload()).status()).isEqualTo(202);
      host.stop();
      kept.subList(0, 10).clear();
      kept.add("again");
      assertThat(host.complaints()).isEmpty();
      try (HostProcess next = HostProcess.start(plan, 2)) {
        for (String id : kept) {
          awaitOutput(caller, id, PAYLOAD);
        }
        next.stop();
      }
    }
  }

  /** Starts instances with large payloads until no more is taken; each that was is told. */
  private List<String> fill(Caller caller) {
    List<String> kept = new ArrayList<>();
    while (true) {
      Reply reply = caller.start("Keep", "kept" + kept.size(), payload());
      if (reply.status() != 202) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(507);
        assertThat(reply.body()).contains("24", "purge instances that have ended", "storeSizeMax");
        assertThat(reply.retryAfter()).isNotEmpty();
        return kept;
      }
      kept.add("kept" + kept.size());
    }
  }

  private static String payload() {
    return "\"" + "x".repeat(PAYLOAD) + "\"";
  }

  private static void awaitOutput(Caller caller, String id, Object output) {
    await()
        .until(
            () -> caller.status(id).object().get("output"), told -> Objects.equals(told, output));
  }

  /**
   * @param reserve what the host keeps free; without a reserve SQLite itself meets the full disk
   */
  @ParameterizedTest
  @EnabledOnOs(
      value = OS.LINUX,
      disabledReason = "only there is it known how to mount a small disk")
  @ValueSource(strings = {"2MiB", "0"})
  void on_a_full_disk_it_waits_and_goes_on_by_itself_when_there_is_room(String reserve)
      throws Exception {
    Seed seed = Seed.of(DiskFullTest.class);
    Judge judge = new Judge();
    try (SmallDisk disk = SmallDisk.mounted(folder.resolve("disk"), 64)) {
      HostProcess.Plan plan =
          HostProcess.Plan.in(folder, outside, "\"freeSpaceMin\":\"" + reserve + "\"")
              .withData(disk);
      Caller caller = new Caller(plan.url());
      try (HostProcess host = HostProcess.start(plan, 1);
          Load load = new Load(caller, judge, seed.value()).begin()) {
        await().until(() -> load.ended() > 20);
        Story ended = load.stories().stream().filter(Story::hasEnded).findFirst().orElseThrow();

        disk.fill();

        await().until(() -> caller.get("/readyz").status() == 503);
        Reply refused = caller.start("Chain", "new", "5");
        assertThat(refused.status()).as(refused.toString()).isEqualTo(507);
        assertThat(refused.body()).contains("make room");
        assertThat(caller.status(ended.id).status()).isEqualTo(200);
        assertThat(caller.get("/runtime/webhooks/durabletask/instances?top=5").status())
            .isEqualTo(200);
        assertThat(caller.get("/healthz").status()).isEqualTo(200);
        assertThat(host.isAlive()).as(host.said()).isTrue();

        disk.clear();

        await().until(() -> caller.get("/readyz").status() == 200);
        load.enough();
        new Quiet(host, caller, load).await();
        judge.judge(load.stories(), outside.attempts(), 1);
        host.stop();
        assertThat(judge.findings()).as(seed.toString()).isEmpty();
        assertThat(host.said()).contains("Nothing can be written now").contains("nothing is lost");
      }
    }
  }
}
