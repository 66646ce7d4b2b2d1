package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.contract.SampleRows;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.engine.clock.HubClock;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.driven.FaultyStore;
import dev.holdfast.engine.driven.LoudProblems;
import dev.holdfast.engine.driven.VirtualClock;
import dev.holdfast.engine.loop.StoreReader;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Memory is bounded (design 1.10): what does not fit waits in the store and comes when it can. */
class AdmissionTest {
  private static final Program WORKS =
      Program.of("Works", new Step.Call("Act", "1", false), new Step.Call("Act", "2", false));
  private static final Program WAITS =
      Program.of("Waits", new Step.Await("go"), new Step.Call("Act", "1", false));

  private static Asking with(int active, int idle, Program... programs) {
    Limits limits =
        new Limits(
            100,
            256,
            1 << 20,
            1_000,
            active,
            idle,
            1_000,
            60_000_000,
            10_000,
            1_000,
            1_000,
            10_000);
    return new Asking(new DrivenHub(Asking.programs(programs), limits, 1));
  }

  @Test
  void everything_runs_however_little_fits_into_memory() {
    for (int active : new int[] {1, 2, 7}) {
      Asking ask = with(active, 0, WORKS);
      for (int i = 0; i < 50; i++) {
        CompletableFuture<String> unused =
            ask.hub().start(Asking.request("i" + i, "Works").build());
      }

      ask.driven.settle();

      assertThat(ask.driven.memory().ready(Store.Slots.ALL, 0, 100))
          .as("what runs without anyone asking for it")
          .isEmpty();
      for (int i = 0; i < 50; i++) {
        assertThat(ask.status("i" + i))
            .as("i%d of %d", i, active)
            .isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
      }
      assertThat(ask.driven.engine().figures().inMemory()).isLessThanOrEqualTo(active + 1);
    }
  }

  @Test
  void everything_runs_however_few_bytes_fit_into_memory() {
    for (long bytes : new long[] {1, 100_000, 1_000_000}) {
      Limits limits =
          new Limits(
              100,
              256,
              1 << 20,
              1_000,
              1_000,
              1_000,
              1_000,
              60_000_000,
              10_000,
              1_000,
              1_000,
              10_000,
              bytes);
      Asking ask = new Asking(new DrivenHub(Asking.programs(WORKS, WAITS), limits, 1));
      for (int i = 0; i < 50; i++) {
        CompletableFuture<String> unused =
            ask.hub()
                .start(
                    Asking.request("i" + i, i % 2 == 0 ? "Works" : "Waits")
                        .setInput(StringValue.of("x".repeat(20_000)))
                        .build());
      }

      ask.driven.settle();

      // Each has its input in history and in its summary.
      assertThat(ask.driven.engine().figures().inMemory())
          .as("%d bytes", bytes)
          .isLessThanOrEqualTo((int) (1 + bytes / 40_000));
      ask.driven.crash();
      for (int i = 1; i < 50; i += 2) {
        assertThat(ask.raiseLater("i" + i, "go")).isNotCompletedExceptionally();
      }
      for (int i = 0; i < 50; i++) {
        assertThat(ask.status("i" + i))
            .as("i%d of %d", i, bytes)
            .isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
      }
      assertThat(ask.driven.engine().figures().inMemory())
          .isLessThanOrEqualTo((int) (1 + bytes / 40_000));
    }
  }

  @Test
  void what_nobody_serves_waits_in_the_store_until_somebody_does() {
    Asking ask = with(5, 2, WORKS);
    ask.driven.executor().serve((kind, name) -> false);
    for (int i = 0; i < 40; i++) {
      assertThat(ask.start("i" + i, "Works")).isEqualTo("i" + i);
    }
    assertThat(ask.driven.engine().figures().inMemory()).isLessThanOrEqualTo(7);
    assertThat(ask.status("i0")).isEqualTo(ORCHESTRATION_STATUS_PENDING);
    ask.driven.crash();
    ask.driven.settle();
    for (int i = 0; i < 40; i++) {
      assertThat(ask.status("i" + i)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    }
  }

  @Test
  void a_suspended_instance_that_was_left_behind_comes_back_when_resumed() {
    Asking ask = with(1, 0, WAITS, WORKS);
    ask.start("held", "Waits");
    ask.driven.get(ask.hub().suspend("held", null));
    ask.driven.crash();
    // Nothing fits any more: this one's activity is never answered.
    ask.driven.executor().serve((kind, name) -> kind == WorkItem.Kind.ORCHESTRATOR);
    ask.start("busy1", "Works");
    ask.start("busy2", "Works");
    ask.driven.settle();
    CompletableFuture<Delivery> raised = ask.raiseLater("held", "go");
    ask.driven.settle();
    assertThat(raised).isCompletedWithValue(Delivery.ACCEPTED);
    CompletableFuture<Delivery> resumed = ask.hub().resume("held", null);
    ask.driven.settle();
    assertThat(resumed).isCompletedWithValue(Delivery.ACCEPTED);

    ask.driven.executor().serve((kind, name) -> true);
    ask.driven.settle();

    assertThat(ask.output("held")).isEqualTo("in->go#1,Act(1)");
  }

  @Test
  void instances_that_wait_are_forgotten_and_found_again() {
    Asking ask = with(3, 1, WAITS);
    for (int i = 0; i < 30; i++) {
      ask.start("i" + i, "Waits");
    }
    assertThat(ask.driven.engine().figures().inMemory()).isLessThanOrEqualTo(5);
    for (int i = 29; i >= 0; i--) {
      assertThat(ask.status("i" + i)).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
      assertThat(ask.raise("i" + i, "go")).isEqualTo(Delivery.ACCEPTED);
    }
    ask.driven.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 30; i++) {
      assertThat(ask.output("i" + i)).isEqualTo("in->go#1,Act(1)");
    }
  }

  @Test
  void activities_wait_for_a_free_place() {
    Asking ask = new Asking(WORKS);
    ask.driven.executor().setPlaces(WorkItem.Kind.ACTIVITY, 2);
    ask.driven.setAnswering(false);
    for (int i = 0; i < 6; i++) {
      ask.start("i" + i, "Works");
    }
    for (int round = 0; round < 20; round++) {
      assertThat(
              ask.driven.executor().held().stream()
                  .filter(held -> held.item().kind() == WorkItem.Kind.ACTIVITY))
          .hasSizeLessThanOrEqualTo(2);
      ask.driven.executor().answerAll();
      ask.driven.settle();
    }
    for (int i = 0; i < 6; i++) {
      assertThat(ask.status("i" + i)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    }
  }

  @Test
  void what_nobody_serves_is_passed_over_unread_and_a_bounded_number_at_a_time() {
    MemoryStore memory = new MemoryStore();
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= 25_000; key++) {
      String name = key % 12_000 == 0 ? "Served" : "Nobody";
      commit.insert(
          SampleRows.named(SampleRows.ready(SampleRows.running(key, "i" + key), true), name, null));
    }
    assertThat(memory.commit(new Store.Flush(1, 0, commit.build())))
        .isEqualTo(new Store.Committed());
    List<String> calls = new ArrayList<>();
    FaultyStore store =
        new FaultyStore(
            memory,
            call -> {
              calls.add(call);
              return FaultyStore.Fault.NONE;
            },
            flush -> {});
    List<Input> answers = new ArrayList<>();
    StoreReader reader =
        new StoreReader(
            store,
            new HubClock(new VirtualClock(), 0),
            new LoudProblems(),
            (partition, answer) -> answers.add(answer));

    long from = 0;
    for (int step = 0; step < 3; step++) {
      reader.submit(0, Store.Slots.ALL, new Effect.Admit(step, from, 100, "Served"::equals));
      assertThat(reader.work()).isEqualTo(1);
      from = ((Input.Admitted) answers.get(step)).lastKey();
    }

    assertThat(answers)
        .extracting(answer -> ((Input.Admitted) answer).lastKey())
        .containsExactly(10_000L, 20_000L, 25_000L);
    assertThat(answers)
        .extracting(answer -> ((Input.Admitted) answer).complete())
        .containsExactly(false, false, true);
    assertThat(answers)
        .flatExtracting(answer -> ((Input.Admitted) answer).found())
        .extracting(found -> found.instance().key())
        .containsExactly(12_000L, 24_000L);
    assertThat(calls).filteredOn("loadByKey"::equals).hasSize(2);
  }

  @Test
  void a_scan_that_has_found_enough_goes_on_behind_the_last_it_has_found() {
    MemoryStore memory = new MemoryStore();
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= 50; key++) {
      commit.insert(SampleRows.ready(SampleRows.running(key, "i" + key), true));
    }
    assertThat(memory.commit(new Store.Flush(1, 0, commit.build())))
        .isEqualTo(new Store.Committed());
    List<Input.Admitted> answers = new ArrayList<>();
    StoreReader reader =
        new StoreReader(
            memory,
            new HubClock(new VirtualClock(), 0),
            new LoudProblems(),
            (partition, answer) -> answers.add((Input.Admitted) answer));

    reader.submit(0, Store.Slots.ALL, new Effect.Admit(1, 0, 50, name -> true));
    reader.submit(0, Store.Slots.ALL, new Effect.Admit(2, 0, 7, name -> true));
    reader.submit(0, Store.Slots.ALL, new Effect.Admit(3, 49, 7, name -> true));
    reader.submit(0, Store.Slots.ALL, new Effect.Admit(4, 50, 7, name -> true));
    while (reader.hasWork()) {
      assertThat(reader.work()).isEqualTo(1);
    }

    assertThat(answers).extracting(answer -> answer.found().size()).containsExactly(50, 7, 1, 0);
    assertThat(answers).extracting(Input.Admitted::lastKey).containsExactly(50L, 7L, 50L, 50L);
    assertThat(answers)
        .extracting(Input.Admitted::complete)
        .containsExactly(true, false, true, true);
  }

  @Test
  void what_is_served_runs_however_much_waits_that_nobody_serves() {
    Asking ask = with(3, 1, WORKS, WAITS);
    ask.driven.executor().serve((kind, name) -> !name.equals("Waits"));
    for (int i = 0; i < 300; i++) {
      ask.start("waits" + i, "Waits");
      ask.driven.executor().serve((kind, name) -> false);
      CompletableFuture<String> unused = ask.hub().start(Asking.request("i" + i, "Works").build());
      if (i % 10 == 9) {
        ask.driven.executor().serve((kind, name) -> !name.equals("Waits"));
        ask.driven.engine().servedChanged();
        ask.driven.settle();
        assertThat(ask.status("i" + i)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
      }
    }
    assertThat(ask.driven.engine().figures().inMemory()).isLessThanOrEqualTo(5);
    ask.driven.executor().serve((kind, name) -> true);
    ask.driven.engine().servedChanged();
    ask.driven.settle();

    for (int i = 0; i < 300; i++) {
      assertThat(ask.status("waits" + i)).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
      assertThat(ask.status("i" + i)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    }
  }
}
