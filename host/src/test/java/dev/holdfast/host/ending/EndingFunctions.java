package dev.holdfast.host.ending;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;

/** Code that ends the process, and code that has nothing to do with it. */
public final class EndingFunctions {

  @FunctionName("Calls")
  public String calls(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return ctx.callActivity("End", ctx.getInput(String.class), String.class).await();
  }

  /** Ends the process in the way that it is told. */
  @FunctionName("End")
  public String end(@DurableActivityTrigger(name = "how") String how) {
    endBy(how);
    return "lives";
  }

  private static void endBy(String how) {
    if (how.contains("exit")) {
      System.exit(3);
    } else if (how.contains("halt")) {
      Runtime.getRuntime().halt(3);
    }
  }

  @FunctionName("Thinks")
  public String thinks(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    String how = ctx.getInput(String.class);
    ctx.createTimer(Duration.ofSeconds(2)).await();
    endBy(how);
    return "lives";
  }

  @FunctionName("Ends")
  public String ends(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request) {
    endBy("exit");
    return "lives";
  }

  @FunctionName("Innocent")
  public String innocent(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return ctx.callActivity("Knock", ctx.getInput(Integer.class), String.class).await();
  }

  /** Knocks at a door, and waits until it is opened. */
  @FunctionName("Knock")
  public String knock(@DurableActivityTrigger(name = "door") int door) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door)) {
      socket.getOutputStream().write("knock\n".getBytes(UTF_8));
      return socket.getInputStream().read() < 0 ? "nobody" : "went through";
    }
  }
}
