package dev.holdfast.host.bank;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import com.microsoft.azure.functions.annotation.CustomBinding;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Moves money between two entities, in the messages of client libraries that know entities.
 *
 * <p>The library of these tests knows none, so what newer ones do is done by hand here: a lock is a
 * block, and leaving the block releases it, also when a waiting turn is unwound.
 */
public final class BankFunctions {
  private static final String FROM = "@account@x";
  private static final String TO = "@account@y";

  @FunctionName("Transfer")
  public String transfer(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    try (Lock lock = Lock.of(ctx, List.of(FROM, TO))) {
      call(ctx, FROM, -10);
      call(ctx, TO, 10);
      return lock.section.isEmpty() ? "" : "moved";
    }
  }

  private static void call(TaskOrchestrationContext ctx, String account, int amount) {
    String request = ctx.newUUID().toString();
    Task<Object> answer = ctx.waitForExternalEvent(request, Object.class);
    ctx.sendEvent(
        account,
        "op",
        Map.of(
            "op",
            "add",
            "signal",
            false,
            "input",
            Integer.toString(amount),
            "id",
            request,
            "parent",
            ctx.getInstanceId()));
    answer.await();
  }

  private static final class Lock implements AutoCloseable {
    private final TaskOrchestrationContext ctx;
    private final List<String> accounts;
    private final String section;

    private Lock(TaskOrchestrationContext ctx, List<String> accounts, String section) {
      this.ctx = ctx;
      this.accounts = accounts;
      this.section = section;
    }

    static Lock of(TaskOrchestrationContext ctx, List<String> accounts) {
      String section = ctx.newUUID().toString();
      Task<Object> granted = ctx.waitForExternalEvent(section, Object.class);
      ctx.sendEvent(
          accounts.get(0),
          "op",
          Map.of(
              "id",
              section,
              "lockset",
              accounts.stream().map(Lock::named).toList(),
              "pos",
              0,
              "parent",
              ctx.getInstanceId()));
      granted.await();
      return new Lock(ctx, accounts, section);
    }

    private static Map<String, String> named(String account) {
      String[] parts = account.split("@", 3);
      return Map.of("name", parts[1], "key", parts[2]);
    }

    @Override
    public void close() {
      for (String account : accounts) {
        ctx.sendEvent(account, "release", Map.of("parent", ctx.getInstanceId(), "id", section));
      }
    }
  }

  /**
   * Adds up; the messages have no classes here, so they are read by the numbers of their fields.
   */
  @FunctionName("Account")
  public String account(
      @CustomBinding(name = "batch", type = "entityTrigger", direction = "in") String batch)
      throws InvalidProtocolBufferException {
    UnknownFieldSet request = UnknownFieldSet.parseFrom(Base64.getDecoder().decode(batch));
    int balance = request.hasField(2) ? Integer.parseInt(text(request.getField(2))) : 0;
    UnknownFieldSet.Builder result = UnknownFieldSet.newBuilder();
    Field.Builder results = Field.newBuilder();
    for (ByteString operation : request.getField(3).getLengthDelimitedList()) {
      balance += Integer.parseInt(text(UnknownFieldSet.parseFrom(operation).getField(3)));
      results.addLengthDelimited(message(1, message(1, value(balance))).toByteString());
    }
    result.addField(1, results.build());
    result.mergeFrom(message(3, value(balance)));
    return Base64.getEncoder().encodeToString(result.build().toByteArray());
  }

  private static String text(Field wrapped) throws InvalidProtocolBufferException {
    UnknownFieldSet value = UnknownFieldSet.parseFrom(wrapped.getLengthDelimitedList().get(0));
    return value.getField(1).getLengthDelimitedList().get(0).toStringUtf8();
  }

  private static UnknownFieldSet value(int number) {
    return UnknownFieldSet.newBuilder()
        .addField(
            1,
            Field.newBuilder()
                .addLengthDelimited(ByteString.copyFromUtf8(Integer.toString(number)))
                .build())
        .build();
  }

  private static UnknownFieldSet message(int field, UnknownFieldSet content) {
    return UnknownFieldSet.newBuilder()
        .addField(field, Field.newBuilder().addLengthDelimited(content.toByteString()).build())
        .build();
  }
}
