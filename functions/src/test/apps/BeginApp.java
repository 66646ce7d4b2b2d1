package app;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.BindingName;
import com.microsoft.azure.functions.annotation.CustomBinding;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.azure.functions.internal.spi.middleware.Middleware;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareChain;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareContext;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.util.Optional;

/** Functions that never come as far as their own code. */
public class BeginApp {

  public static class Constructor {
    public Constructor() {
      throw new IllegalStateException("no database");
    }

    @FunctionName("ConstructorOrchestrator")
    public String orchestrator(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      return "begun";
    }

    @FunctionName("ConstructorActivity")
    public String activity(@DurableActivityTrigger(name = "in") String in) {
      return "begun";
    }

    @FunctionName("ConstructorEntity")
    public String entity(
        @CustomBinding(name = "batch", type = "entityTrigger", direction = "in") String batch) {
      return "begun";
    }

    @FunctionName("ConstructorHttp")
    public String http(
        @HttpTrigger(
                name = "req",
                methods = {HttpMethod.GET},
                authLevel = AuthorizationLevel.ANONYMOUS)
            HttpRequestMessage<Optional<String>> request) {
      return "begun";
    }
  }

  public static class Initialiser {
    private static final int SETTING = Integer.parseInt("none");

    @FunctionName("InitialiserOrchestrator")
    public String orchestrator(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      return "begun" + SETTING;
    }

    @FunctionName("InitialiserActivity")
    public String activity(@DurableActivityTrigger(name = "in") String in) {
      return "begun" + SETTING;
    }
  }

  public static class Library {
    public Library() {
      throw new NoClassDefFoundError("com/example/Missing");
    }

    @FunctionName("LibraryOrchestrator")
    public String orchestrator(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      return "begun";
    }
  }

  public static class Overflow {
    public Overflow() {
      new Overflow();
    }

    @FunctionName("OverflowOrchestrator")
    public String orchestrator(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      return "begun";
    }
  }

  @FunctionName("BindingOrchestrator")
  public String binding(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx,
      @BindingName("nowhere") String nowhere) {
    return "begun";
  }

  @FunctionName("MiddlewareOrchestrator")
  public String middleware(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return "begun";
  }

  @FunctionName("MiddlewareErrorOrchestrator")
  public String middlewareError(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return "begun";
  }

  public static class Doorkeeper implements Middleware {
    @Override
    public void invoke(MiddlewareContext context, MiddlewareChain chain) throws Exception {
      if (context.getFunctionName().equals("MiddlewareOrchestrator")) {
        throw new SecurityException("not you");
      }
      if (context.getFunctionName().equals("MiddlewareErrorOrchestrator")) {
        throw new AssertionError("not even you");
      }
      chain.doNext(context);
    }
  }
}
