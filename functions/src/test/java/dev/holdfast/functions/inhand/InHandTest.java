package dev.holdfast.functions.inhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.work.WorkPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lives of one data folder; a process that dies is one that was never closed. */
class InHandTest {
  private static final WorkItem GUILTY = NoteFileTest.activity("guilty", "e1", 1);

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  private final List<InHand> lives = new ArrayList<>();
  private final WorkPool pool = new WorkPool("test", 1, 1, Duration.ofSeconds(10));

  @AfterEach
  void close() {
    lives.forEach(InHand::close);
    pool.close();
  }

  private InHand live() {
    InHand life = new InHand();
    lives.add(life);
    life.open(folder);
    return life;
  }

  /** Begins the item, which ends the process. */
  private void dieOf(InHand life, WorkItem item) throws Exception {
    life.begin(item, life.mustBeAlone(item));
    NoteFile.open(folder.resolve("in-hand")).file().exited(NoteFile.NONE);
  }

  private InHand liveUntilBlocked(int deaths) throws Exception {
    InHand life = live();
    for (int i = 0; i < deaths; i++) {
      assertThat(life.obstacle(GUILTY)).as("after %d deaths", i).isNull();
      dieOf(life, GUILTY);
      life = live();
    }
    Blocked obstacle = life.obstacle(GUILTY);
    assertThat(obstacle).as("after %d deaths", deaths).isNotNull();
    return life;
  }

  @Test
  void one_that_is_tried_again_is_blocked_after_three_further_deaths_alone() throws Exception {
    InHand life = liveUntilBlocked(5);

    for (int deaths = 0; deaths < 3; deaths++) {
      assertThat(life.obstacle(GUILTY)).as("after %d deaths", deaths).isNull();
      assertThat(life.mustBeAlone(GUILTY)).as("after %d deaths", deaths).isTrue();
      dieOf(life, GUILTY);
      life = live();
    }

    assertThat(life.obstacle(GUILTY)).isNotNull();
  }

  @Test
  void nothing_waits_for_one_that_is_blocked() throws Exception {
    liveUntilBlocked(5);
    InHand next = live();
    AtomicInteger ran = new AtomicInteger();

    next.submit(
        pool,
        List.of(
            new WorkPool.Task() {
              @Override
              public void run() {
                ran.incrementAndGet();
              }

              @Override
              public String name() {
                return "other";
              }

              @Override
              public void abandon(String reason) {}
            }));

    assertThat(next.heldUp()).isZero();
    assertThat(next.holdUp()).isNull();
    assertThat(next.mustBeAlone(GUILTY)).isFalse();
    await().untilAsserted(() -> assertThat(ran).hasValue(1));
  }

  @Test
  void an_instance_whose_handling_takes_all_memory_is_set_aside_after_three_deaths_in_a_row() {
    for (int deaths = 0; deaths < 3; deaths++) {
      InHand life = live();
      assertThat(life.withoutMemory()).as("after %d deaths", deaths).isEmpty();
      life.diesIn("large");
      InHand.processIsEnded();
    }

    InHand next = live();
    assertThat(next.holdUp()).isNull();
    assertThat(next.withoutMemory()).containsOnlyKeys("large");
    assertThat(next.withoutMemory()).isEmpty();
    assertThat(live().withoutMemory()).isEmpty();
  }

  @Test
  void a_death_of_something_else_in_between_lets_an_instance_off() {
    for (int deaths = 0; deaths < 5; deaths++) {
      live().diesIn(deaths % 2 == 0 ? "large" : "other");
      InHand.processIsEnded();
    }

    assertThat(live().withoutMemory()).isEmpty();
  }
}
