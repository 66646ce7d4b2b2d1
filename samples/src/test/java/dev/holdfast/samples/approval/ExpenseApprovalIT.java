package dev.holdfast.samples.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class ExpenseApprovalIT {

  private static final String PATIENT = "{\"managerMillis\":600000,\"directorMillis\":600000}";
  private static final String HASTY_MANAGER = "{\"managerMillis\":50,\"directorMillis\":600000}";
  private static final String HASTY = "{\"managerMillis\":50,\"directorMillis\":50}";

  @Test
  void the_manager_approves(RunningApp app) {
    RunningApp.Started expense = app.start("/api/StartApproveExpense", PATIENT);
    expense.awaitCustomStatus("waiting for the manager");

    expense.raise("Approval", "{\"approved\":true,\"by\":\"Ada\"}");

    assertThat(expense.awaitOutput())
        .hasToString(
            "{\"outcome\":\"APPROVED\",\"lastAsked\":\"manager\",\"by\":\"Ada\",\"comment\":null}");
  }

  @Test
  void an_answer_may_come_before_the_question(RunningApp app) {
    RunningApp.Started expense = app.startOrchestrator("ApproveExpense", PATIENT);

    expense.raise("Approval", "false");

    assertThat(outcome(expense.awaitOutput())).isEqualTo("REJECTED");
  }

  @Test
  void when_the_manager_is_silent_the_director_decides(RunningApp app) {
    RunningApp.Started expense = app.startOrchestrator("ApproveExpense", HASTY_MANAGER);
    expense.awaitCustomStatus("waiting for the director");

    expense.raise("Approval", "{\"approved\":false,\"by\":\"Bob\",\"comment\":\"too much\"}");

    JsonNode verdict = expense.awaitOutput();
    assertThat(outcome(verdict)).isEqualTo("REJECTED");
    assertThat(verdict.get("lastAsked").textValue()).isEqualTo("director");
    assertThat(verdict.get("comment").textValue()).isEqualTo("too much");
  }

  @Test
  void nobody_decides(RunningApp app) {
    RunningApp.Started expense = app.startOrchestrator("ApproveExpense", HASTY);

    assertThat(outcome(expense.awaitOutput())).isEqualTo("EXPIRED");
    assertThat(expense.completedActivities()).containsExactly("NotifyApprover", "NotifyApprover");
  }

  @Test
  void what_is_no_answer_is_passed_over(RunningApp app) {
    RunningApp.Started expense = app.startOrchestrator("ApproveExpense", PATIENT);

    expense.raise("Approval", "\"perhaps\"");
    expense.raise("Approval", "{\"approved\":\"yes\"}");
    expense.raise("Approval", "true");

    assertThat(outcome(expense.awaitOutput())).isEqualTo("APPROVED");
  }

  private static String outcome(JsonNode verdict) {
    return verdict.get("outcome").textValue();
  }
}
