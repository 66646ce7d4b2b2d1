package app;

import com.microsoft.azure.functions.annotation.CustomBinding;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.internal.spi.middleware.Middleware;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareChain;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareContext;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.entities.Entities;
import dev.holdfast.orchestrations.entities.EntityId;
import dev.holdfast.orchestrations.entities.EntityRunner;
import dev.holdfast.orchestrations.entities.EntityTrigger;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.CountDownLatch;

public class EntityApp {

  public static class CounterState {
    private int count;

    public int add(int amount) {
      if (amount < 0) {
        throw new IllegalArgumentException("negative: " + amount);
      }
      return count += amount;
    }
  }

  @FunctionName("Counter")
  public String counter(@EntityTrigger(name = "batch") String batch) {
    return EntityRunner.run(batch, CounterState.class);
  }

  @FunctionName("Renamed")
  public String renamed(@EntityTrigger(name = "batch", entityName = "Tally") String batch) {
    return EntityRunner.run(batch, CounterState.class);
  }

  @FunctionName("Plain")
  public String plain(
      @CustomBinding(name = "batch", type = "entityTrigger", direction = "in") String batch) {
    return EntityRunner.run(batch, op -> op.operation());
  }

  /** As the newer library has it, whose middleware looks for this name. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.PARAMETER)
  @CustomBinding(direction = "in", name = "", type = "entityTrigger")
  public @interface DurableEntityTrigger {
    String name();

    String entityName() default "";

    String dataType() default "string";
  }

  public static class EntityMiddleware implements Middleware {
    @Override
    public void invoke(MiddlewareContext context, MiddlewareChain chain) throws Exception {
      try {
        chain.doNext(context);
      } catch (Exception e) {
        if (context.getParameterName("DurableEntityTrigger") == null) {
          throw e;
        }
        throw new RuntimeException("Unexpected failure in entity function execution", e);
      }
    }
  }

  @FunctionName("Broken")
  public String broken(@DurableEntityTrigger(name = "batch") String batch) {
    throw new IllegalStateException("no way in");
  }

  @FunctionName("Silent")
  public String silent(@EntityTrigger(name = "batch") String batch) {
    return "hello!";
  }

  @FunctionName("Void")
  public void nothing(@EntityTrigger(name = "batch") String batch) {}

  @FunctionName("Hanging")
  public String hanging(@EntityTrigger(name = "batch") String batch) throws InterruptedException {
    new CountDownLatch(1).await();
    return batch;
  }

  @FunctionName("CountUp")
  public int countUp(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return Entities.of(ctx).call(new EntityId("Counter", "a"), "add", 1, Integer.class).await();
  }
}
