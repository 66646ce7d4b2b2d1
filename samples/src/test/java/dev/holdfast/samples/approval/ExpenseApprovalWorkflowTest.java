package dev.holdfast.samples.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.HoldfastTest;
import dev.holdfast.testkit.TestHub;
import dev.holdfast.testkit.TestInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs the orchestration on the real engine, in memory and in virtual time: days pass at once. */
@HoldfastTest(functions = ExpenseApproval.class)
class ExpenseApprovalWorkflowTest {

  @Test
  void the_manager_approves(TestHub hub) {
    TestInstance expense = hub.start("ApproveExpense", new ExpenseApproval.Expense());
    assertThat(expense.customStatus(String.class)).isEqualTo("waiting for the manager");

    expense.raiseEvent("Approval", Map.of("approved", true, "by", "Ada"));

    assertThat(expense.customStatus(String.class)).isEqualTo("decided");
    assertThat(expense.outputJson()).contains("APPROVED", "Ada");
  }

  @Test
  void the_director_is_asked_after_a_day_and_nobody_decides_after_three(TestHub hub) {
    Instant started = hub.now();
    TestInstance expense = hub.start("ApproveExpense");
    hub.advance(Duration.ofDays(1).plusMinutes(1));
    assertThat(expense.customStatus(String.class)).isEqualTo("waiting for the director");
    assertThat(hub.calls("NotifyApprover")).hasSize(2);

    expense.await();

    assertThat(hub.now()).isAfterOrEqualTo(started.plus(Duration.ofDays(3)));
    assertThat(expense.outputJson()).contains("EXPIRED", "director");
  }
}
