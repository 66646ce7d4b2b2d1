package dev.holdfast.orchestrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.durabletask.TaskOrchestrationContext;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ApprovalTest {

  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void the_first_person_asked_may_decide() {
    Rehearsal rehearsal = Rehearsal.of(ApprovalTest::twoSteps);

    rehearsal
        .answer("Ask(\"manager\")", "null")
        .raise("Approval", "{\"approved\":true,\"by\":\"ada\",\"comment\":\"fine\"}");

    assertThat(rehearsal.output())
        .isEqualTo(
            "{\"outcome\":\"APPROVED\",\"lastAsked\":\"manager\",\"by\":\"ada\","
                + "\"comment\":\"fine\"}");
    assertThat(rehearsal.called()).containsExactly("Ask(\"manager\")");
  }

  @Test
  void when_patience_ends_the_next_person_is_asked() {
    Rehearsal rehearsal = Rehearsal.of(ApprovalTest::twoSteps);

    rehearsal.answer("Ask(\"manager\")", "null").pass(DAY).answer("Ask(\"director\")", "null");
    rehearsal.raise("Approval", "false");

    assertThat(rehearsal.output())
        .isEqualTo(
            "{\"outcome\":\"REJECTED\",\"lastAsked\":\"director\",\"by\":null,\"comment\":null}");
  }

  @Test
  void nobody_answers() {
    Rehearsal rehearsal = Rehearsal.of(ApprovalTest::twoSteps);

    rehearsal.answer("Ask(\"manager\")", "null").pass(DAY);
    rehearsal.answer("Ask(\"director\")", "null").pass(DAY.minusSeconds(1));

    assertThat(rehearsal.ended()).isFalse();

    rehearsal.pass(Duration.ofSeconds(1));

    assertThat(rehearsal.output()).contains("EXPIRED").contains("director");
  }

  @Test
  void an_answer_that_comes_before_the_notice_has_gone_out_counts() {
    Rehearsal rehearsal = Rehearsal.of(ApprovalTest::twoSteps);

    rehearsal.raise("Approval", "true").answer("Ask(\"manager\")", "null");

    assertThat(rehearsal.output()).contains("APPROVED");
  }

  @Test
  void an_answer_that_comes_while_the_next_person_is_told_counts() {
    Rehearsal rehearsal = Rehearsal.of(ApprovalTest::twoSteps);

    rehearsal.answer("Ask(\"manager\")", "null").pass(DAY);
    rehearsal.raise("Approval", "{\"approved\":true,\"by\":\"ada\"}");
    rehearsal.answer("Ask(\"director\")", "null");

    assertThat(rehearsal.output()).contains("APPROVED").contains("ada");
  }

  @Test
  void what_is_no_answer_is_passed_over_and_the_clock_runs_on() {
    Rehearsal rehearsal = Rehearsal.of(ApprovalTest::twoSteps);

    rehearsal
        .answer("Ask(\"manager\")", "null")
        .pass(DAY.minusHours(1))
        .raise("Approval", "\"perhaps\"")
        .raise("Approval", "{\"approved\":\"yes\"}")
        .raise("Approval", "null");
    assertThat(rehearsal.open()).isEmpty();

    rehearsal.pass(Duration.ofHours(1));
    assertThat(rehearsal.open())
        .extracting(Rehearsal.OpenActivity::input)
        .containsExactly("\"director\"");

    rehearsal.answer("Ask(\"director\")", "null").raise("Approval", "true");
    assertThat(rehearsal.output()).contains("APPROVED");
  }

  @Test
  void patience_may_be_longer_than_the_library_lets_one_timer_run() {
    Duration tenDays = Duration.ofDays(10);
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx ->
                ctx.complete(
                    Approval.onEvent(ctx, "Approval")
                        .ask("manager", tenDays, () -> ctx.callActivity("Ask", "manager"))
                        .await()));

    rehearsal.answer("Ask(\"manager\")", "null").pass(tenDays.minusHours(1));
    assertThat(rehearsal.ended()).isFalse();

    rehearsal.pass(Duration.ofHours(2));
    assertThat(rehearsal.output()).contains("EXPIRED");
  }

  private static void twoSteps(TaskOrchestrationContext ctx) {
    ctx.complete(
        Approval.onEvent(ctx, "Approval")
            .ask("manager", DAY, () -> ctx.callActivity("Ask", "manager"))
            .ask("director", DAY, () -> ctx.callActivity("Ask", "director"))
            .await());
  }
}
