package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Executor;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One store, and on it one host after the other. */
@Timeout(60)
class BuildNoteTest {
  private static final long NEVER = Long.MAX_VALUE;

  private MemoryStore store = new MemoryStore();

  /** What the note of a host says that runs this build. */
  private long host(String build, Executor... workers) throws Exception {
    store = store.reopen();
    Engine engine =
        new Engine(
            store,
            new Engine.Settings(
                dev.holdfast.core.Limits.DEFAULT,
                1,
                WhenUnserved.WAITS,
                Clocks.of(InstantSource.system(), System::nanoTime),
                new Random(1),
                Set.of()),
            new LoggedProblems(),
            reason -> {
              throw new IllegalStateException(reason);
            });
    try (engine) {
      BuildNote note = new BuildNote();
      note.open(engine, store);
      assertThat(note.since()).isEqualTo(NEVER);
      note.runs(build, List.of("Deploy"));
      engine.start();
      for (Executor worker : workers) {
        note.watching(engine).join(worker);
      }
      engine.drain();
      assertThat(engine.awaitQuiet(Duration.ofSeconds(30))).isTrue();
      return note.since();
    }
  }

  /** A worker from elsewhere. */
  private record Worker(String orchestrator) implements Executor {
    @Override
    public boolean serves(WorkItem.Kind kind, String name) {
      return kind == WorkItem.Kind.ORCHESTRATOR && name.equals(orchestrator);
    }

    @Override
    public int places(WorkItem.Kind kind) {
      return 0;
    }

    @Override
    public void execute(List<WorkItem> items, Answers answers) {}
  }

  @Test
  void the_same_build_after_a_restart_is_the_same_since_its_first_start() throws Exception {
    long first = host("blue");

    assertThat(first).isLessThan(NEVER);
    assertThat(host("blue")).isEqualTo(first);
    assertThat(host("blue")).isEqualTo(first);
  }

  @Test
  void another_build_begins_anew_and_so_does_the_first_after_it() throws Exception {
    long blue = host("blue");
    long green = host("green");
    long blueAgain = host("blue");

    assertThat(green).isGreaterThan(blue);
    assertThat(blueAgain).isGreaterThan(green);
    assertThat(host("blue")).isEqualTo(blueAgain);
  }

  @Test
  void without_a_build_nothing_is_known_and_what_was_known_is_forgotten() throws Exception {
    long blue = host("blue");

    assertThat(host("")).isEqualTo(NEVER);
    assertThat(host("blue")).isGreaterThan(blue);
  }

  @Test
  void a_worker_with_the_same_orchestrators_may_have_other_code() throws Exception {
    long blue = host("blue");

    assertThat(host("blue", new Worker("Other"))).isEqualTo(blue);
    assertThat(host("blue", new Worker("Deploy"))).isEqualTo(NEVER);
    assertThat(host("blue")).isGreaterThan(blue);
  }
}
