package dev.holdfast.host.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.holdfast.host.config.PlainJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client that keeps apart what it knows to be done, what it knows not to be, and the rest. */
final class Caller {
  private static final String API = "/runtime/webhooks/durabletask";

  /** So long that only a host that hangs exceeds it. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .build();
  private final URI base;

  Caller(URI base) {
    this.base = base;
  }

  /**
   * What came back.
   *
   * @param status 0 when there was no answer, −1 when there was not even a connection
   * @param retryAfter as the header says; empty without
   */
  record Reply(int status, String body, String retryAfter) {

    private static Reply none(int status, Exception why) {
      return new Reply(status, why.toString(), "");
    }

    /** Nobody knows whether it was done. */
    boolean isUnknown() {
      return status == 0 || status == 504;
    }

    /** It was surely not done, and may be tried again. */
    boolean isNotNow() {
      return status == -1 || status == 503 || status == 429 || status == 507;
    }

    Map<String, @Nullable Object> object() {
      try {
        return PlainJson.names((Map<?, ?>) PlainJson.read(body));
      } catch (JsonProcessingException | ClassCastException e) {
        throw new AssertionError("expected a JSON object, but got " + status + " " + body, e);
      }
    }
  }

  Reply start(String orchestrator, String id, String input) {
    return post(API + "/orchestrators/" + orchestrator + "/" + id, input);
  }

  Reply raise(String id, String event, String json) {
    return post(API + "/instances/" + id + "/raiseEvent/" + event, json);
  }

  Reply terminate(String id, String reason) {
    return post(API + "/instances/" + id + "/terminate?recursive=true&reason=" + reason, "");
  }

  Reply suspend(String id) {
    return post(API + "/instances/" + id + "/suspend?reason=pause", "");
  }

  Reply resume(String id) {
    return post(API + "/instances/" + id + "/resume?reason=enough", "");
  }

  Reply purge(String id) {
    return send(request(API + "/instances/" + id).DELETE().build());
  }

  /** Status, output and history. */
  Reply status(String id) {
    return get(API + "/instances/" + id + "?showHistory=true&showHistoryOutput=true");
  }

  Reply why(String id) {
    return get("/runtime/webhooks/holdfast/instances/" + id + "/why");
  }

  Reply get(String path) {
    return send(request(path).GET().build());
  }

  Reply post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
  }

  private Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new Reply(
          response.statusCode(),
          response.body(),
          response.headers().firstValue("Retry-After").orElse(""));
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return Reply.none(-1, e);
    } catch (IOException e) {
      return Reply.none(0, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.none(0, e);
    }
  }
}
