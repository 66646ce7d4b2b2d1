package dev.holdfast.orchestrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.durabletask.RetryPolicy;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOptions;
import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SagaTest {

  @Test
  void what_was_done_is_undone_newest_first() {
    Rehearsal rehearsal = Rehearsal.of(SagaTest::trip);

    rehearsal
        .answer("Book(\"flight\")", "null")
        .answer("Book(\"hotel\")", "null")
        .fail("Book(\"car\")", "no cars left")
        .answer("Cancel(\"hotel\")", "null")
        .answer("Cancel(\"flight\")", "null");

    assertThat(rehearsal.called())
        .containsExactly(
            "Book(\"flight\")",
            "Book(\"hotel\")",
            "Book(\"car\")",
            "Cancel(\"hotel\")",
            "Cancel(\"flight\")");
    assertThat(rehearsal.output())
        .isEqualTo("{\"done\":[\"undo hotel\",\"undo flight\"],\"failures\":[]}");
  }

  @Test
  void compensations_run_one_at_a_time() {
    Rehearsal rehearsal = Rehearsal.of(SagaTest::trip);

    rehearsal
        .answer("Book(\"flight\")", "null")
        .answer("Book(\"hotel\")", "null")
        .fail("Book(\"car\")", "no cars left");

    assertThat(rehearsal.open())
        .extracting(Rehearsal.OpenActivity::input)
        .containsExactly("\"hotel\"");
  }

  @Test
  void a_compensation_that_fails_is_reported_and_the_older_ones_still_run() {
    Rehearsal rehearsal = Rehearsal.of(SagaTest::trip);

    rehearsal
        .answer("Book(\"flight\")", "null")
        .answer("Book(\"hotel\")", "null")
        .fail("Book(\"car\")", "no cars left")
        .fail("Cancel(\"hotel\")", "nobody at the desk")
        .answer("Cancel(\"flight\")", "null");

    assertThat(rehearsal.output())
        .isEqualTo(
            "{\"done\":[\"undo flight\"],\"failures\":[{\"name\":\"undo hotel\","
                + "\"reason\":\"java.io.IOException: nobody at the desk\"}]}");
  }

  @Test
  void a_compensation_may_be_retried() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              TaskOptions twice = new TaskOptions(new RetryPolicy(2, Duration.ofSeconds(5)));
              Saga saga =
                  new Saga().undoWith("undo", () -> ctx.callActivity("Cancel", "flight", twice));
              ctx.complete(saga.undo());
            });

    rehearsal.fail("Cancel(\"flight\")", "busy").pass(Duration.ofSeconds(6));
    rehearsal.answer("Cancel(\"flight\")", "null");

    assertThat(rehearsal.output()).isEqualTo("{\"done\":[\"undo\"],\"failures\":[]}");
  }

  @Test
  void a_second_undo_finds_nothing_to_do() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              Saga saga = new Saga().undoWith("undo", () -> ctx.callActivity("Cancel", "flight"));
              saga.undo();
              ctx.complete(saga.undo());
            });

    rehearsal.answer("Cancel(\"flight\")", "null");

    assertThat(rehearsal.output()).isEqualTo("{\"done\":[],\"failures\":[]}");
    assertThat(rehearsal.called()).hasSize(1);
  }

  private static void trip(TaskOrchestrationContext ctx) {
    Saga saga = new Saga();
    try {
      for (String item : new String[] {"flight", "hotel", "car"}) {
        ctx.callActivity("Book", item).await();
        saga.undoWith("undo " + item, () -> ctx.callActivity("Cancel", item));
      }
      ctx.complete("booked");
    } catch (TaskFailedException e) {
      Saga.Undone undone = saga.undo();
      assertThat(undone.complete()).isEqualTo(undone.failures().isEmpty());
      ctx.complete(undone);
    }
  }
}
