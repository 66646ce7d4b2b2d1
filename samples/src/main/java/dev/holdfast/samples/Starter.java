package dev.holdfast.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatus;
import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does the work of most samples' HTTP starters: reads the body, starts the orchestrator, and
 * answers with its URLs.
 */
public final class Starter {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Starter() {}

  /**
   * Starts the orchestrator with the request's body as input, or without input if there is none.
   *
   * @param inputType the type that the body must fit, so that a wrong body is answered with an
   *     error at once and not by a failed instance later
   * @return a response with status 202 and the management URLs, or with status 400 and the fault of
   *     the body
   */
  public static HttpResponseMessage start(
      HttpRequestMessage<Optional<String>> request,
      DurableClientContext durable,
      String orchestrator,
      Class<?> inputType) {
    Object input;
    try {
      input = read(request, inputType);
    } catch (JsonProcessingException e) {
      return badBody(request, e);
    }
    // The client is closed to release its connection, because this release of the library opens one
    // per client.
    try (DurableTaskClient client = durable.getClient()) {
      String instanceId = client.scheduleNewOrchestrationInstance(orchestrator, input);
      return durable.createCheckStatusResponse(request, instanceId);
    }
  }

  /**
   * Returns the request's body as an object; null when it is empty.
   *
   * @throws JsonProcessingException the body is not JSON, or does not fit the type
   */
  public static <T> @Nullable T read(
      HttpRequestMessage<Optional<String>> request, Class<T> inputType)
      throws JsonProcessingException {
    String body = request.getBody().orElse("");
    return body.isBlank() ? null : JSON.readValue(body, inputType);
  }

  /** Returns a response with status 400 and the reason. */
  public static HttpResponseMessage badBody(
      HttpRequestMessage<?> request, JsonProcessingException e) {
    return json(request, HttpStatus.BAD_REQUEST, Map.of("error", e.getOriginalMessage()));
  }

  /** Returns a response with a JSON body. */
  public static HttpResponseMessage json(
      HttpRequestMessage<?> request, HttpStatus status, Object body) {
    return request
        .createResponseBuilder(status)
        .header("Content-Type", "application/json")
        .body(body)
        .build();
  }
}
