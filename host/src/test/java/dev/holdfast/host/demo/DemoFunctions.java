package dev.holdfast.host.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatus;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.BindingName;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.StringJoiner;

/** Functions that tests can hold at a door: a function at a door goes on when the test opens it. */
public final class DemoFunctions {

  @FunctionName("Hello")
  public HttpResponseMessage hello(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.FUNCTION)
          HttpRequestMessage<Optional<String>> request,
      ExecutionContext context) {
    String name = request.getQueryParameters().getOrDefault("name", "World");
    context.getLogger().info("greeting " + name);
    return request.createResponseBuilder(HttpStatus.OK).body("Hello " + name).build();
  }

  @FunctionName("Redirect")
  public HttpResponseMessage redirect(
      @HttpTrigger(
              name = "request",
              route = "redirect",
              methods = {HttpMethod.GET},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request) {
    return request
        .createResponseBuilder(HttpStatus.FOUND)
        .header("Location", request.getQueryParameters().get("to"))
        .build();
  }

  @FunctionName("Environment")
  public HttpResponseMessage environment(
      @HttpTrigger(
              name = "request",
              route = "environment/{name}",
              methods = {HttpMethod.GET},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @BindingName("name") String name) {
    return request
        .createResponseBuilder(HttpStatus.OK)
        .body(String.valueOf(System.getenv(name)))
        .build();
  }

  @FunctionName("Held")
  public HttpResponseMessage held(
      @HttpTrigger(
              name = "request",
              route = "held/{door}",
              methods = {HttpMethod.GET},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @BindingName("door") int door)
      throws IOException {
    waitAt(door);
    return request.createResponseBuilder(HttpStatus.OK).body("went through").build();
  }

  @FunctionName("StartTwoSteps")
  public HttpResponseMessage startTwoSteps(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    String id =
        durable
            .getClient()
            .scheduleNewOrchestrationInstance("TwoSteps", request.getBody().orElse(""));
    return durable.createCheckStatusResponse(request, id);
  }

  /** First, then whatever event Go brings, then second; each step leaves a line in a file. */
  @FunctionName("TwoSteps")
  public String twoSteps(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    String file = context.getInput(String.class);
    StringJoiner steps = new StringJoiner(" ");
    steps.add(context.callActivity("Note", file + "|first", String.class).await());
    steps.add(context.waitForExternalEvent("Go", Duration.ofHours(1), String.class).await());
    steps.add(context.callActivity("Note", file + "|second", String.class).await());
    return steps.toString();
  }

  @FunctionName("Note")
  public String note(@DurableActivityTrigger(name = "line") String line) throws IOException {
    String text = line.startsWith("\"") ? line.substring(1, line.length() - 1) : line;
    int bar = text.indexOf('|');
    Files.writeString(
        Path.of(text.substring(0, bar)),
        text.substring(bar + 1) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    return text.substring(bar + 1);
  }

  @FunctionName("Door")
  public String door(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context
        .callActivity("WaitAtDoor", context.getInput(Integer.class), String.class)
        .await();
  }

  @FunctionName("WaitAtDoor")
  public String waitAtDoor(@DurableActivityTrigger(name = "door") int door) throws IOException {
    waitAt(door);
    return "went through";
  }

  /** Knocks, and waits until the test answers. */
  private static void waitAt(int door) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door)) {
      socket.getOutputStream().write("knock\n".getBytes(UTF_8));
      socket.getInputStream().read();
    }
  }
}
