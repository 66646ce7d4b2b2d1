package dev.holdfast.orchestrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FanOutTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void results_come_in_the_order_of_the_inputs() {
    Rehearsal rehearsal = joining(3, fanOut -> fanOut);

    rehearsal.answer("Work(2)", "\"c\"").answer("Work(0)", "\"a\"").answer("Work(1)", "\"b\"");

    assertThat(rehearsal.output()).isEqualTo("[\"a\",\"b\",\"c\"]");
  }

  @Test
  void no_more_than_the_named_number_is_in_flight_and_the_next_starts_as_one_ends() {
    Rehearsal rehearsal = joining(5, fanOut -> fanOut.inFlightMax(2));
    assertThat(inputs(rehearsal)).containsExactly("0", "1");

    rehearsal.answer("Work(1)", "\"b\"");
    assertThat(inputs(rehearsal)).containsExactly("0", "2");

    rehearsal.answer("Work(2)", "\"c\"");
    assertThat(inputs(rehearsal)).containsExactly("0", "3");

    rehearsal.answer("Work(0)", "\"a\"").answer("Work(4)", "\"e\"").answer("Work(3)", "\"d\"");
    assertThat(rehearsal.output()).isEqualTo("[\"a\",\"b\",\"c\",\"d\",\"e\"]");
  }

  @Test
  void nothing_to_do_is_done_at_once() {
    assertThat(joining(0, fanOut -> fanOut).output()).isEqualTo("[]");
  }

  @Test
  void the_first_failure_in_input_order_is_thrown_when_everything_has_ended() {
    Rehearsal rehearsal = joining(4, fanOut -> fanOut.inFlightMax(2));

    rehearsal.answer("Work(0)", "\"a\"").fail("Work(2)", "second").fail("Work(1)", "first");
    assertThat(rehearsal.ended()).isFalse();

    rehearsal.answer("Work(3)", "\"d\"");

    assertThat(rehearsal.output()).startsWith("FAILED").contains("first");
  }

  @Test
  void settle_reports_failures_among_the_results() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx ->
                ctx.complete(
                    fanOut(ctx, 2).settle().stream()
                        .map(o -> o.succeeded() ? o.value() : o.failure().getErrorMessage())
                        .toList()));

    rehearsal.fail("Work(0)", "broken").answer("Work(1)", "\"b\"");

    assertThat(rehearsal.output()).isEqualTo("[\"broken\",\"b\"]");
  }

  @Test
  void a_piece_that_failed_is_tried_again_after_the_pause_while_others_go_on() {
    Rehearsal rehearsal = joining(3, fanOut -> fanOut.inFlightMax(2).attempts(3, SECOND));

    rehearsal.fail("Work(0)", "busy");
    assertThat(inputs(rehearsal)).containsExactly("1");
    assertThat(rehearsal.timers()).containsExactly(rehearsal.now().plus(SECOND));

    rehearsal.answer("Work(1)", "\"b\"");
    assertThat(inputs(rehearsal)).containsExactly("2");

    rehearsal.answer("Work(2)", "\"c\"").pass(SECOND).fail("Work(0)", "busy").pass(SECOND);
    rehearsal.answer("Work(0)", "\"a\"");

    assertThat(rehearsal.output()).isEqualTo("[\"a\",\"b\",\"c\"]");
  }

  @Test
  void every_piece_has_all_its_attempts_however_many_others_end_meanwhile() {
    Rehearsal rehearsal = joining(6, fanOut -> fanOut.inFlightMax(2).attempts(2, Duration.ZERO));

    for (int other = 1; other < 6; other++) {
      rehearsal.answer("Work(" + other + ")", "\"x\"");
    }
    rehearsal.fail("Work(0)", "busy").answer("Work(0)", "\"a\"");

    assertThat(rehearsal.output()).startsWith("[\"a\"");
  }

  @Test
  void the_last_attempt_counts() {
    Rehearsal rehearsal = joining(1, fanOut -> fanOut.attempts(2, SECOND));

    rehearsal.fail("Work(0)", "once").pass(SECOND).fail("Work(0)", "twice");

    assertThat(rehearsal.output()).startsWith("FAILED").contains("twice");
  }

  @Test
  void a_failure_that_says_it_cannot_be_retried_is_not() {
    Rehearsal rehearsal = joining(1, fanOut -> fanOut.attempts(5, SECOND));

    rehearsal.fail("Work(0)", "wrong number", true);

    assertThat(rehearsal.output()).startsWith("FAILED").contains("wrong number");
  }

  @Test
  void bounds_below_one_are_refused() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              assertThatThrownBy(() -> fanOut(ctx, 1).inFlightMax(0)).hasMessageContaining("got 0");
              assertThatThrownBy(() -> fanOut(ctx, 1).attempts(0, SECOND))
                  .hasMessageContaining("attemptsMax");
            });

    assertThat(rehearsal.output()).doesNotContain("FAILED");
  }

  private static List<String> inputs(Rehearsal rehearsal) {
    return rehearsal.open().stream().map(Rehearsal.OpenActivity::input).toList();
  }

  private static Rehearsal joining(int count, UnaryOperator<FanOut<Integer, String>> described) {
    return Rehearsal.of(ctx -> ctx.complete(described.apply(fanOut(ctx, count)).join()));
  }

  private static FanOut<Integer, String> fanOut(TaskOrchestrationContext ctx, int count) {
    return FanOut.over(
        ctx,
        IntStream.range(0, count).boxed().toList(),
        input -> ctx.callActivity("Work", input, String.class));
  }
}
