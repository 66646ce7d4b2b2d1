package dev.holdfast.testkit.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Limits;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.testkit.driven.DrivenHub;
import dev.holdfast.testkit.program.Program;
import dev.holdfast.testkit.program.Step;
import java.time.Duration;
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
            100, 256, 1 << 20, 1_000, active, idle, 1_000, 60_000_000, 10_000, 1_000, 10_000);
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
}
