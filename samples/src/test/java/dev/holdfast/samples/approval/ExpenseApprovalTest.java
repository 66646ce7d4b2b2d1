package dev.holdfast.samples.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.microsoft.azure.functions.ExecutionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class ExpenseApprovalTest {

  @Test
  void the_notice_says_what_is_asked_and_how_to_answer() {
    List<String> lines = new ArrayList<>();
    Logger logger = Logger.getAnonymousLogger();
    logger.setFilter(
        line -> {
          lines.add(line.getMessage());
          return false;
        });
    ExecutionContext context = mock(ExecutionContext.class);
    when(context.getLogger()).thenReturn(logger);
    ExpenseApproval.Expense expense = new ExpenseApproval.Expense();
    expense.amount = 1200;

    new ExpenseApproval()
        .notifyApprover(new ExpenseApproval.Notice("manager", expense, "id-7"), context);

    assertThat(lines)
        .singleElement()
        .asString()
        .contains("manager", "Grace", "1200", "event Approval", "id-7");
  }
}
