package dev.holdfast.samples.asynchttp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatus;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.BindingName;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.OrchestrationMetadata;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.Sleep;
import dev.holdfast.samples.Starter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows an asynchronous HTTP API: a request that takes minutes is accepted at once, and the caller
 * polls its status.
 *
 * <p>Use this pattern when callers should see your own API and not the engine's management URLs:
 * they post a report, get status 202 with a {@code Location}, and poll this URL until it answers
 * with status 200.
 *
 * <pre>
 * curl -i -X POST http://localhost:7071/api/reports -H 'Content-Type: application/json' \
 *      -d '{"title":"Sales","pages":20,"pauseMillis":1000}'
 * curl -i http://localhost:7071/api/reports/ID
 * </pre>
 *
 * <p>This report takes twenty seconds, so there is time to kill the host in the middle, start it
 * again and see the report continue with the next page.
 */
public class Reports {

  /** Answers {@code POST /api/reports} with status 202 and the URL of the report's status. */
  @FunctionName("PostReport")
  public HttpResponseMessage post(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS,
              route = "reports")
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    Order order;
    try {
      order = Starter.read(request, Order.class);
    } catch (JsonProcessingException e) {
      return Starter.badBody(request, e);
    }
    try (DurableTaskClient client = durable.getClient()) {
      String id = client.scheduleNewOrchestrationInstance("MakeReport", order);
      URI reports = request.getUri();
      String location = reports.resolve(reports.getPath() + "/" + id).toString();
      return accepted(request, location, Map.of("id", id, "statusUrl", location));
    }
  }

  /**
   * Answers {@code GET /api/reports/{id}} with status 202 while the report is being made, with 200
   * and the finished report, with 404 when there is no report with this ID, or with 500 when the
   * report failed.
   */
  @FunctionName("GetReport")
  public HttpResponseMessage get(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET},
              authLevel = AuthorizationLevel.ANONYMOUS,
              route = "reports/{id}")
          HttpRequestMessage<Optional<String>> request,
      @BindingName("id") String id,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    try (DurableTaskClient client = durable.getClient()) {
      OrchestrationMetadata instance = client.getInstanceMetadata(id, true);
      // An instance of another orchestration must not be shown as a report.
      if (instance == null
          || !instance.isInstanceFound()
          || !instance.getName().equals("MakeReport")) {
        return Starter.json(
            request, HttpStatus.NOT_FOUND, Map.of("error", "There is no report " + id));
      }
      return describe(request, instance);
    }
  }

  private static HttpResponseMessage describe(
      HttpRequestMessage<?> request, OrchestrationMetadata instance) {
    return switch (instance.getRuntimeStatus()) {
      case COMPLETED ->
          request
              .createResponseBuilder(HttpStatus.OK)
              .header("Content-Type", "application/json")
              .body(instance.getSerializedOutput())
              .build();
      case FAILED, TERMINATED, CANCELED ->
          Starter.json(
              request,
              HttpStatus.INTERNAL_SERVER_ERROR,
              Map.of("error", "The report ended as " + instance.getRuntimeStatus()));
      default -> accepted(request, request.getUri().toString(), progress(instance));
    };
  }

  private static Map<String, Object> progress(OrchestrationMetadata instance) {
    Map<String, Object> progress = new LinkedHashMap<>();
    progress.put("id", instance.getInstanceId());
    progress.put("status", instance.getRuntimeStatus().name());
    progress.put("progress", instance.readCustomStatusAs(String.class));
    return progress;
  }

  private static HttpResponseMessage accepted(
      HttpRequestMessage<?> request, String location, Object body) {
    return request
        .createResponseBuilder(HttpStatus.ACCEPTED)
        .header("Content-Type", "application/json")
        .header("Location", location)
        .header("Retry-After", "1")
        .body(body)
        .build();
  }

  @FunctionName("MakeReport")
  public Report makeReport(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Order given = ctx.getInput(Order.class);
    Order order = given == null ? new Order() : given;

    List<String> pages = new ArrayList<>();
    for (int number = 1; number <= order.pages; number++) {
      ctx.setCustomStatus("page " + number + " of " + order.pages);
      Page page = new Page(order.title, number);
      pages.add(ctx.callActivity("RenderPage", page, String.class).await());
      if (number < order.pages) {
        Sleep.during(ctx, Duration.ofMillis(order.pauseMillis));
      }
    }
    return new Report(order.title, pages);
  }

  @FunctionName("RenderPage")
  public String renderPage(@DurableActivityTrigger(name = "page") Page page) {
    return page.title + ", page " + page.number;
  }

  /** Holds the order of a report; members that the input leaves out keep these values. */
  public static class Order {
    public String title = "Untitled";
    public int pages = 3;

    /** Each page takes this many milliseconds, instead of real work. */
    public long pauseMillis = 1000;
  }

  /** Holds the input of an activity that renders one page. */
  public static class Page {
    public String title = "";
    public int number;

    public Page() {}

    public Page(String title, int number) {
      this.title = title;
      this.number = number;
    }
  }

  /** Holds the finished report. */
  public static class Report {
    public String title;
    public List<String> pages;

    public Report(String title, List<String> pages) {
      this.title = title;
      this.pages = pages;
    }
  }
}
