package dev.holdfast.samples.approval;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.Approval;
import dev.holdfast.samples.Starter;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows human interaction: the orchestration asks a person, waits for days if necessary, and asks
 * another person when no answer arrives.
 *
 * <p>Use this pattern wherever a person decides. The answer arrives as an external event; the wait
 * costs only a row on disk. First the manager is asked, then the director; if neither answers, the
 * expense is not approved.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/StartApproveExpense -H 'Content-Type: application/json' \
 *      -d '{"employee":"Grace","amount":1200,"managerMillis":60000,"directorMillis":60000}'
 * curl -X POST http://localhost:7071/runtime/webhooks/durabletask/instances/ID/raiseEvent/Approval \
 *      -H 'Content-Type: application/json' -d '{"approved":true,"by":"Ada"}'
 * </pre>
 *
 * <p>The output is {@code {"outcome":"APPROVED","lastAsked":"manager","by":"Ada","comment":null}}.
 */
public class ExpenseApproval {

  @FunctionName("StartApproveExpense")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "ApproveExpense", Expense.class);
  }

  @FunctionName("ApproveExpense")
  public Approval.Verdict approveExpense(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Expense given = ctx.getInput(Expense.class);
    Expense expense = given == null ? new Expense() : given;

    Approval.Verdict verdict =
        Approval.onEvent(ctx, "Approval")
            .ask(
                "manager",
                Duration.ofMillis(expense.managerMillis),
                () -> notice(ctx, "manager", expense))
            .ask(
                "director",
                Duration.ofMillis(expense.directorMillis),
                () -> notice(ctx, "director", expense))
            .await();

    ctx.setCustomStatus("decided");
    return verdict;
  }

  private static Task<Void> notice(TaskOrchestrationContext ctx, String who, Expense expense) {
    ctx.setCustomStatus("waiting for the " + who);
    return ctx.callActivity("NotifyApprover", new Notice(who, expense, ctx.getInstanceId()));
  }

  /** Replaces a mail: the activity logs what the mail would say. */
  @FunctionName("NotifyApprover")
  public void notifyApprover(
      @DurableActivityTrigger(name = "notice") Notice notice, ExecutionContext context) {
    context
        .getLogger()
        .info(
            () ->
                "To the %s: may %s spend %d? Answer with event Approval to instance %s"
                    .formatted(notice.to, notice.employee, notice.amount, notice.instanceId));
  }

  /** Holds the orchestration's input; members that the input leaves out keep these values. */
  public static class Expense {
    public String employee = "Grace";
    public long amount = 100;
    public long managerMillis = Duration.ofDays(1).toMillis();
    public long directorMillis = Duration.ofDays(2).toMillis();
  }

  /** Holds the message to the approver. */
  public static class Notice {
    public String to = "";
    public String employee = "";
    public long amount;
    public @Nullable String instanceId;

    public Notice() {}

    public Notice(String to, Expense expense, String instanceId) {
      this.to = to;
      this.employee = expense.employee;
      this.amount = expense.amount;
      this.instanceId = instanceId;
    }
  }
}
