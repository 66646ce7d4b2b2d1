package dev.holdfast.samples.entities;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.entities.Entities;
import dev.holdfast.orchestrations.entities.EntityContext;
import dev.holdfast.orchestrations.entities.EntityId;
import dev.holdfast.orchestrations.entities.EntityRunner;
import dev.holdfast.orchestrations.entities.EntityTrigger;
import dev.holdfast.samples.Starter;
import java.util.List;
import java.util.Optional;

/**
 * Shows entity locks: an orchestration reads and changes several entities while no other
 * orchestration can use them.
 *
 * <p>Use this pattern when a decision depends on more than one entity. In this sample money moves
 * between accounts: an account is a class, its fields are its state, and its methods are its
 * operations. The transfer locks both accounts, so that the balance does not change between the
 * check and the withdrawal, even when many transfers run at once.
 *
 * <pre>
 * curl -X POST http://localhost:7071/runtime/webhooks/durabletask/orchestrators/DepositMoney \
 *      -H 'Content-Type: application/json' -d '{"account":"ada","amount":100}'
 * curl -X POST http://localhost:7071/api/StartTransferMoney -H 'Content-Type: application/json' \
 *      -d '{"from":"ada","to":"grace","amount":60}'
 * </pre>
 *
 * <p>The output of the transfer is {@code {"status":"Transferred","left":40}}, and the output of a
 * second transfer of the same amount is {@code {"status":"Refused","left":40}}. A transfer from an
 * account to itself is refused too. Each deposit of more than 1000 is counted in the counter {@code
 * lucky}.
 */
public class Bank {

  @FunctionName("Account")
  public String account(@EntityTrigger(name = "batch") String batch) {
    return EntityRunner.run(batch, Account.class);
  }

  /** Defines an account. An operation that throws leaves the state unchanged. */
  public static class Account {
    private long balance;

    public long deposit(long amount, EntityContext context) {
      if (amount > 1000) {
        context.signal(new EntityId("Counter", "lucky"), "add", 1);
      }
      balance += positive(amount);
      return balance;
    }

    public long withdraw(long amount) {
      if (positive(amount) > balance) {
        throw new IllegalStateException("There are only " + balance);
      }
      balance -= amount;
      return balance;
    }

    public long balance() {
      return balance;
    }

    private static long positive(long amount) {
      if (amount <= 0) {
        throw new IllegalArgumentException("An amount is more than nothing, but this is " + amount);
      }
      return amount;
    }
  }

  /** Declares the operations of an account that orchestrators call. */
  public interface AccountCalls {
    Task<Long> deposit(long amount);

    Task<Long> withdraw(long amount);

    Task<Long> balance();
  }

  @FunctionName("DepositMoney")
  public long depositMoney(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Deposit given = ctx.getInput(Deposit.class);
    Deposit deposit = given == null ? new Deposit() : given;
    EntityId account = new EntityId("Account", deposit.account);
    return Entities.of(ctx).proxy(AccountCalls.class, account).deposit(deposit.amount).await();
  }

  @FunctionName("StartTransferMoney")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "TransferMoney", Transfer.class);
  }

  @FunctionName("TransferMoney")
  public Receipt transferMoney(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Transfer given = ctx.getInput(Transfer.class);
    Transfer transfer = given == null ? new Transfer() : given;
    EntityId from = new EntityId("Account", transfer.from);
    EntityId to = new EntityId("Account", transfer.to);
    Entities entities = Entities.of(ctx);
    AccountCalls payer = entities.proxy(AccountCalls.class, from);
    AccountCalls payee = entities.proxy(AccountCalls.class, to);

    return entities.locked(
        List.of(from, to),
        () -> {
          long balance = payer.balance().await();
          if (balance < transfer.amount || from.equals(to)) {
            return new Receipt("Refused", balance);
          }
          long left = payer.withdraw(transfer.amount).await();
          payee.deposit(transfer.amount).await();
          return new Receipt("Transferred", left);
        });
  }

  /** Holds the input of a deposit; members that the input leaves out keep these values. */
  public static class Deposit {
    public String account = "ada";
    public long amount = 100;
  }

  /** Holds the input of a transfer; members that the input leaves out keep these values. */
  public static class Transfer {
    public String from = "ada";
    public String to = "grace";
    public long amount = 10;
  }

  /** Holds the output of a transfer. */
  public static class Receipt {
    public String status;
    public long left;

    public Receipt(String status, long left) {
      this.status = status;
      this.left = left;
    }
  }
}
