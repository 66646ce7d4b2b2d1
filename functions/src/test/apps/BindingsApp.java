package app;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatus;
import com.microsoft.azure.functions.HttpStatusType;
import com.microsoft.azure.functions.OutputBinding;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.BindingName;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpOutput;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.azure.functions.annotation.QueueOutput;
import com.microsoft.azure.functions.annotation.TimerTrigger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

public class BindingsApp {

  public static class Point {
    public int x;
    public String label;

    public Point() {}

    Point(int x, String label) {
      this.x = x;
      this.label = label;
    }
  }

  public static class Described {
    public int status = 418;
    public String body = "short and stout";
    public java.util.Map<String, String> headers = java.util.Map.of("X-Pot", "tea");
  }

  @FunctionName("RequestParts")
  public HttpResponseMessage requestParts(
      @HttpTrigger(name = "req", route = "parts/{id}") HttpRequestMessage<Optional<String>> request,
      @BindingName("id") int id,
      @BindingName("q") String q,
      ExecutionContext context) {
    String text =
        request.getHttpMethod()
            + " "
            + request.getUri()
            + " id="
            + id
            + " q="
            + q
            + " empty="
            + request.getQueryParameters().containsKey("empty")
            + " header="
            + request.getHeaders().get("x-test")
            + " body="
            + request.getBody().orElse("none")
            + " function="
            + context.getFunctionName();
    return request
        .createResponseBuilder(HttpStatus.CREATED)
        .header("X-One", "1")
        .header("X-One", "2")
        .body(text)
        .build();
  }

  @FunctionName("BodyPoint")
  public String bodyPoint(@HttpTrigger(name = "req") HttpRequestMessage<Point> request) {
    return request.getBody() == null ? "nothing" : request.getBody().label + request.getBody().x;
  }

  @FunctionName("BodyBytes")
  public byte[] bodyBytes(@HttpTrigger(name = "req") HttpRequestMessage<byte[]> request) {
    return request.getBody();
  }

  @FunctionName("BinaryBody")
  public byte[] binaryBody(
      @HttpTrigger(name = "req", dataType = "binary") HttpRequestMessage<Optional<byte[]>> request) {
    return request.getBody().orElse(new byte[0]);
  }

  @FunctionName("OmittedPart")
  public String omittedPart(
      @HttpTrigger(name = "req", route = "omitted/{part?}") HttpRequestMessage<String> request,
      @BindingName("part") String part) {
    return part == null ? "none" : part;
  }

  @FunctionName("HalfPair")
  public String halfPair(@HttpTrigger(name = "req") HttpRequestMessage<String> request) {
    return "a" + "\uD83D\uDE00".charAt(0) + "b";
  }

  @FunctionName("BodyDirect")
  public String bodyDirect(@HttpTrigger(name = "req") Optional<String> body) {
    return body.map(String::toUpperCase).orElse("-");
  }

  @FunctionName("BodyMember")
  public String bodyMember(
      @HttpTrigger(name = "req") HttpRequestMessage<String> request,
      @BindingName("amount") long amount,
      @BindingName("$request") HttpRequestMessage<Optional<String>> same,
      @BindingName("Query") java.util.Map query) {
    return amount + "/" + same.getBody().get().length() + "/" + query;
  }

  @FunctionName("NoSuchMetadata")
  public String noSuchMetadata(
      @HttpTrigger(name = "req") HttpRequestMessage<String> request, @BindingName("Id") String id) {
    return id;
  }

  @FunctionName("Answer")
  public HttpResponseMessage answer(@HttpTrigger(name = "req") HttpRequestMessage<String> request) {
    Object body;
    switch (request.getBody()) {
      case "text":
        body = "{\"a\":1}";
        break;
      case "bean":
        body = new Point(1, "<a>");
        break;
      case "list":
        body = Arrays.asList(1, 2);
        break;
      case "true":
        body = true;
        break;
      case "number":
        body = 7L;
        break;
      case "double":
        body = 1.5;
        break;
      case "bytes":
        body = new byte[] {1, 2};
        break;
      case "enum":
        body = HttpMethod.GET;
        break;
      default:
        body = null;
    }
    HttpResponseMessage.Builder builder = request.createResponseBuilder(HttpStatus.OK).body(body);
    String type = request.getQueryParameters().get("type");
    return (type == null ? builder : builder.header("content-TYPE", type)).build();
  }

  @FunctionName("CustomStatus")
  public HttpResponseMessage customStatus(
      @HttpTrigger(name = "req") HttpRequestMessage<String> request) {
    int status = Integer.parseInt(request.getBody());
    return request.createResponseBuilder(HttpStatusType.custom(status)).build();
  }

  @FunctionName("ReturnsText")
  public String returnsText(@HttpTrigger(name = "req") HttpRequestMessage<String> request) {
    return request.getBody();
  }

  @FunctionName("ReturnsBean")
  public Point returnsBean(@HttpTrigger(name = "req") HttpRequestMessage<Void> request) {
    return new Point(3, null);
  }

  @FunctionName("ReturnsDescribed")
  public Described returnsDescribed(@HttpTrigger(name = "req") HttpRequestMessage<Void> request) {
    return new Described();
  }

  @FunctionName("ReturnsNull")
  public String returnsNull(@HttpTrigger(name = "req") HttpRequestMessage<Void> request) {
    return null;
  }

  @FunctionName("ReturnsBuilder")
  public HttpResponseMessage.Builder returnsBuilder(
      @HttpTrigger(name = "req") HttpRequestMessage<Void> request) {
    return request.createResponseBuilder(HttpStatus.ACCEPTED);
  }

  @FunctionName("ReturnsVoid")
  public void returnsVoid(@HttpTrigger(name = "req") HttpRequestMessage<Void> request) {}

  @FunctionName("Outputs")
  public void outputs(
      @HttpTrigger(name = "req") HttpRequestMessage<Void> request,
      @HttpOutput(name = "res") OutputBinding<String> response,
      @QueueOutput(name = "out", queueName = "q", connection = "c") OutputBinding<String> queue) {
    response.setValue("by binding");
    queue.setValue("dropped");
  }

  @FunctionName("Undeclared")
  public String undeclared(
      @HttpTrigger(name = "req") HttpRequestMessage<Void> request, OutputBinding<String> nameless) {
    return "never";
  }

  @FunctionName("Unbound")
  public String unbound(@HttpTrigger(name = "req") HttpRequestMessage<Void> request, String loose) {
    return "never";
  }

  @FunctionName("Throws")
  public String fails(@HttpTrigger(name = "req") HttpRequestMessage<Void> request) {
    throw new UnsupportedOperationException("secret detail");
  }

  @FunctionName("Static")
  public static String staticFunction(@HttpTrigger(name = "req") HttpRequestMessage<Void> request) {
    return "static";
  }

  @FunctionName("Logs")
  public void logs(
      @HttpTrigger(name = "req") HttpRequestMessage<Void> request, ExecutionContext context) {
    context.getLogger().log(java.util.logging.Level.WARNING, "hot: {0}", 42);
    context.getLogger().fine("detail");
    context
        .getLogger()
        .log(java.util.logging.Level.SEVERE, "broken", new IllegalStateException("why"));
  }

  @FunctionName("Loader")
  public String loader(@HttpTrigger(name = "req") HttpRequestMessage<Void> request) {
    return String.valueOf(
        Thread.currentThread().getContextClassLoader() == BindingsApp.class.getClassLoader());
  }

  @FunctionName("Tick")
  public void tick(
      @TimerTrigger(name = "timer", schedule = "%TICK%") String timer, ExecutionContext context) {
    context.getLogger().info("tick " + timer);
  }

  @FunctionName("Nested")
  public String unused(
      @HttpTrigger(name = "req", authLevel = AuthorizationLevel.ADMIN) String body) {
    return body;
  }

  public static class Inner {
    @FunctionName("InInner")
    public List<String> inInner(
        @HttpTrigger(name = "req") HttpRequestMessage<List<String>> request) {
      return request.getBody();
    }
  }
}
