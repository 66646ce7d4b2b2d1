package dev.holdfast.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.orchestrations.Approval;
import dev.holdfast.samples.approval.ExpenseApproval;
import dev.holdfast.testkit.HoldfastTest;
import dev.holdfast.testkit.TestHub;
import dev.holdfast.testkit.TestInstance;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** This is the first test of docs/testing.md, in which days pass at once. */
@HoldfastTest(functions = ExpenseApproval.class)
class ApprovalInTimeTest {

  @Test
  void the_director_is_asked_when_the_manager_is_silent(TestHub hub) {
    hub.activity("NotifyApprover").returns(null);

    TestInstance approval = hub.start("ApproveExpense", new ExpenseApproval.Expense());
    hub.advance(Duration.ofDays(1));
    approval.raiseEvent("Approval", Map.of("approved", true, "by", "Ada"));

    assertEquals("director", approval.output(Approval.Verdict.class).lastAsked());
    assertEquals(2, hub.calls("NotifyApprover").size());
  }

  @Test
  void nobody_answers_within_three_days(TestHub hub) {
    TestInstance approval = hub.start("ApproveExpense", new ExpenseApproval.Expense()).await();

    assertEquals(Approval.Outcome.EXPIRED, approval.output(Approval.Verdict.class).outcome());
  }
}
