package dev.holdfast.host.chaos;

import static dev.holdfast.host.chaos.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.chaos.Caller.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that is asked to end, as service managers do. */
class DrainTest {
  private static final int STOPS = Boolean.getBoolean("holdfast.soak") ? 20 : 3;
  private static final int AT_ONCE = 130;

  @TempDir Path folder;

  private final Seed seed = Seed.of(DrainTest.class);
  private final Random dice = new Random(seed.value());
  private final Judge judge = new Judge();
  private OutsideWorld outside;
  private HostProcess.Plan plan;
  private Caller caller;

  @BeforeEach
  void prepare() throws IOException {
    outside = new OutsideWorld();
    plan = HostProcess.Plan.in(folder, outside, "");
    caller = new Caller(plan.url());
  }

  @AfterEach
  void cleanUp() throws IOException {
    outside.close();
  }

  @Test
  void under_load_it_ends_in_peace_and_nothing_is_lost_or_done_twice() throws Exception {
    StoreCopies copies = new StoreCopies(plan.data(), folder.resolve("copies"), judge);
    try (Load load = new Load(caller, judge, seed.value()).begin()) {
      for (int life = 1; life <= STOPS; life++) {
        try (HostProcess host = HostProcess.start(plan, life)) {
          long enough = load.acknowledged() + 50 + dice.nextInt(600);
          await().until(() -> load.acknowledged() >= enough || !host.isAlive());
          host.stop();
          assertThat(host.complaints()).as(seed.toString()).isEmpty();
        }
        copies.look();
      }
      try (HostProcess last = HostProcess.start(plan, STOPS + 1)) {
        load.enough();
        new Quiet(last, caller, load).await();
        judge.judge(load.stories(), outside.attempts(), STOPS + 1);
        last.stop();
      }
      copies.look();
      copies.agreeWith(load.stories());
      System.out.println(load.figures());

      assertThat(judge.findings()).as(seed.toString()).isEmpty();
      assertThat(outside.attempts())
          .as("no activity is run twice: %s", seed)
          .allSatisfy((step, lives) -> assertThat(lives).hasSize(1));
      assertThat(load.acknowledged()).as("enough was going on").isGreaterThan(10L * STOPS);
    }
  }

  @Test
  void what_has_a_next_step_when_the_host_ends_takes_it_in_the_next_host() throws Exception {
    outside.hold();
    try (HostProcess host = HostProcess.start(plan, 1)) {
      for (int i = 0; i < 10; i++) {
        assertThat(caller.start("Chain", "a" + i, "5").status()).isEqualTo(202);
        outside.awaitHeld();
      }
      host.terminate();
      await().until(() -> caller.get("/readyz").status() == 503);
      outside.release();

      assertThat(host.exitCode()).isZero();
    }
    try (HostProcess host = HostProcess.start(plan, 2)) {
      for (int i = 0; i < 10; i++) {
        String id = "a" + i;
        await().until(() -> caller.status(id).object().get("output") != null);
        assertThat(caller.status(id).object())
            .containsEntry("runtimeStatus", "Completed")
            .containsEntry("output", 445);
      }
      host.stop();
    }
    assertThat(outside.attempts()).hasSize(40);
    assertThat(outside.attempts()).allSatisfy((step, lives) -> assertThat(lives).hasSize(1));
    assertThat(outside.attempts().get("a0/link0")).containsExactly(1);
  }

  @Test
  void while_it_ends_requests_are_refused_and_a_second_signal_ends_it_at_once() throws Exception {
    outside.hold();
    try (HostProcess host = HostProcess.start(plan, 1)) {
      assertThat(caller.start("Chain", "a", "5").status()).isEqualTo(202);
      outside.awaitHeld();

      host.terminate();

      await().until(() -> caller.get("/readyz").status() == 503);
      Reply refused = caller.start("Chain", "b", "5");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.retryAfter()).isNotEmpty();
      assertThat(caller.get("/healthz").status()).isEqualTo(200);
      assertThat(host.isAlive()).isTrue();

      host.terminate();

      assertThat(host.exitCode()).isEqualTo(AT_ONCE);
    }
    outside.release();
    try (HostProcess host = HostProcess.start(plan, 2)) {
      await().until(() -> caller.status("a").object().get("runtimeStatus").equals("Completed"));
      assertThat(caller.status("b").status()).isEqualTo(404);
      host.stop();
    }
    assertThat(outside.attempts().get("a/link0")).containsExactly(1, 2);
    assertThat(outside.attempts().get("a/link1")).containsExactly(2);
  }
}
