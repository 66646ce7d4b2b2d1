package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Calls the running app over HTTP, as {@code curl} does. */
public final class RunningApp {

  public static final String MANAGEMENT = "/runtime/webhooks/durabletask";
  private static final Duration END_MAX = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI base;

  public RunningApp(URI base) {
    this.base = base;
  }

  /** Posts to a starter, or to the management API, and returns its URLs. An empty body is none. */
  public Started start(String path, String body) {
    HttpResponse<String> response = post(path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    JsonNode urls = json(response.body());
    return new Started(urls.get("id").textValue(), urls);
  }

  /** Starts an orchestrator through the management API. */
  public Started startOrchestrator(String name, String body) {
    return start(MANAGEMENT + "/orchestrators/" + name, body);
  }

  public HttpResponse<String> post(String path, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    if (body.isEmpty()) {
      return send(request.POST(BodyPublishers.noBody()).build());
    }
    return send(
        request
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  public HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)).build());
  }

  /** Returns an instance that was started before. */
  public Started instance(String id) {
    JsonNode urls =
        JSON.createObjectNode()
            .put("statusQueryGetUri", MANAGEMENT + "/instances/" + id)
            .put("sendEventPostUri", MANAGEMENT + "/instances/" + id + "/raiseEvent/{eventName}")
            .put("terminatePostUri", MANAGEMENT + "/instances/" + id + "/terminate?reason={text}");
    return new Started(id, urls);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }

  /** Shows an instance through the URLs that its start has answered. */
  public final class Started {
    private final String id;
    private final JsonNode urls;

    private Started(String id, JsonNode urls) {
      this.id = id;
      this.urls = urls;
    }

    public String id() {
      return id;
    }

    /** Polls until the instance has ended, and returns its status. */
    public JsonNode awaitEnd() {
      return Awaitility.await()
          .atMost(END_MAX)
          .pollInterval(Duration.ofMillis(50))
          .until(this::status, response -> response.statusCode() != 202)
          .body()
          .transform(RunningApp::json);
    }

    /** Polls until the instance has completed, and returns its output. */
    public JsonNode awaitOutput() {
      JsonNode status = awaitEnd();
      assertThat(status.get("runtimeStatus").textValue())
          .as(status.toString())
          .isEqualTo("Completed");
      return status.get("output");
    }

    /** Polls until the status is as wanted. */
    public JsonNode await(Predicate<JsonNode> wanted) {
      return Awaitility.await()
          .atMost(END_MAX)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> json(status().body()), wanted);
    }

    private HttpResponse<String> status() {
      HttpResponse<String> response = get(url("statusQueryGetUri"));
      assertThat(response.statusCode()).as(response.body()).isIn(200, 202);
      return response;
    }

    public JsonNode awaitCustomStatus(String text) {
      return await(status -> text.equals(status.get("customStatus").textValue()));
    }

    public void raise(String event, String json) {
      HttpResponse<String> response =
          post(url("sendEventPostUri").replace("{eventName}", event), json);
      assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    }

    public void terminate(String reason) {
      HttpResponse<String> response = post(url("terminatePostUri").replace("{text}", reason), "");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    }

    /** Returns the names of the activities that have completed, in the order of completion. */
    public List<String> completedActivities() {
      String status = url("statusQueryGetUri");
      String query = (status.contains("?") ? "&" : "?") + "showHistory=true";
      List<String> names = new ArrayList<>();
      for (JsonNode event : json(get(status + query).body()).get("historyEvents")) {
        if (event.get("EventType").textValue().equals("TaskCompleted")) {
          names.add(event.get("FunctionName").textValue());
        }
      }
      return names;
    }

    private String url(String name) {
      return urls.get(name).textValue();
    }
  }
}
