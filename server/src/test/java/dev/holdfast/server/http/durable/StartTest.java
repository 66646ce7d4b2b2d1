package dev.holdfast.server.http.durable;

import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void a_start_is_answered_with_the_urls_of_the_instance() throws IOException {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/my-id", "1");

    assertThat(reply.statusCode()).isEqualTo(202);
    assertThat(reply.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
    assertThat(reply.headers().firstValue("Retry-After")).hasValue("10");
    JsonNode body = MAPPER.readTree(reply.body());
    List<String> names = new ArrayList<>();
    body.fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .containsExactly(
            "id",
            "statusQueryGetUri",
            "sendEventPostUri",
            "terminatePostUri",
            "purgeHistoryDeleteUri",
            "restartPostUri",
            "suspendPostUri",
            "resumePostUri");
    assertThat(body.get("id").asText()).isEqualTo("my-id");
    assertThat(reply.headers().firstValue("Location"))
        .hasValue(body.get("statusQueryGetUri").asText());
    String at = server.origin() + DURABLE + "/instances/my-id";
    String query = "taskHub=TestHub&connection=Storage&code=";
    assertThat(body.get("statusQueryGetUri").asText()).startsWith(at + "?" + query);
    assertThat(body.get("sendEventPostUri").asText())
        .startsWith(at + "/raiseEvent/{eventName}?" + query);
    assertThat(body.get("terminatePostUri").asText())
        .startsWith(at + "/terminate?reason={text}&" + query);
    assertThat(body.get("purgeHistoryDeleteUri").asText()).startsWith(at + "?" + query);
    assertThat(body.get("restartPostUri").asText()).startsWith(at + "/restart?" + query);
    assertThat(body.get("suspendPostUri").asText())
        .startsWith(at + "/suspend?reason={text}&" + query);
    assertThat(body.get("resumePostUri").asText())
        .startsWith(at + "/resume?reason={text}&" + query);
  }

  @Test
  void a_start_may_ask_that_nothing_is_replaced() {
    server.post(DURABLE + "/orchestrators/Flow/a", "1");
    server.post(DURABLE + "/orchestrators/Flow/b?replaceEnded=true", "1");
    server.post(DURABLE + "/orchestrators/Flow/c?replaceEnded=false", "1");

    assertThat(server.hub.starts())
        .extracting(CreateInstanceRequest::hasOrchestrationIdReusePolicy)
        .containsExactly(false, false, true);
    assertThat(
            server.hub.starts().get(2).getOrchestrationIdReusePolicy().getReplaceableStatusList())
        .isEmpty();
  }

  @Test
  void without_an_id_one_is_made() throws IOException {
    HttpResponse<String> reply = server.send("POST", DURABLE + "/orchestrators/Flow", null);

    assertThat(MAPPER.readTree(reply.body()).get("id").asText()).matches("[0-9a-f]{32}");
    assertThat(server.hub.starts().get(0).hasInput()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\" : 1.50 ,\n\"a\": 2}",
        "123456789012345678901234567890123456789012345678901234567890",
        "1e400",
        "\"\\u0000 \\ud800\"",
        "null",
        "[]",
        " true "
      })
  void the_input_is_stored_as_it_came(String json) {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow", json);

    assertThat(reply.statusCode()).isEqualTo(202);
    assertThat(server.hub.starts().get(0).getInput().getValue()).isEqualTo(json);
  }

  @Test
  void any_content_type_is_taken() {
    HttpResponse<String> reply =
        server.post(DURABLE + "/orchestrators/Flow", "1", "Content-Type", "text/plain");

    assertThat(reply.statusCode()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "{\"a\":1} 2", "nul", "'x'", "NaN", "  ", "01", "[1,]", "\"a\nb\"", "\u0000"})
  void what_is_not_json_is_refused(String text) throws IOException {
    HttpResponse<String> reply =
        server.post(DURABLE + "/orchestrators/Flow", text, "Content-Type", "application/json");

    assertThat(reply.statusCode()).isEqualTo(400);
    JsonNode error = MAPPER.readTree(reply.body());
    assertThat(error.get("Message").asText()).isEqualTo("Invalid JSON content");
    assertThat(error.get("ExceptionMessage").asText()).isNotEmpty();
    assertThat(error.get("ExceptionType").asText()).startsWith("com.fasterxml.jackson");
    assertThat(error.has("StackTrace")).isTrue();
    assertThat(server.hub.starts()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "hello; Line 1, column 1: 'hello' is no JSON value. A text needs double quotes around it.",
        "{b:1}; Line 1, column 2: 'b' cannot stand here.",
        "[1 2]; cannot stand here.",
        "{\"a\":; something is still open"
      })
  void what_is_wrong_with_the_json_is_told_in_plain_words(String text, String words)
      throws IOException {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow", text);

    assertThat(MAPPER.readTree(reply.body()).get("ExceptionMessage").asText())
        .contains(words)
        .doesNotContain("REDACTED");
  }

  @Test
  void json_nested_too_deep_is_refused() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow", deep);

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("1000");
    assertThat(server.hub.starts()).isEmpty();
  }

  @Test
  void json_nested_as_deep_as_allowed_is_started_and_shown() {
    String deep = "[".repeat(1000) + "]".repeat(1000);

    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/deep", deep);

    assertThat(reply.statusCode()).isEqualTo(202);
    assertThat(server.get(DURABLE + "/instances/deep").body()).contains("\"input\":" + deep);
  }

  @Test
  void bytes_that_are_no_text_are_refused() {
    HttpResponse<String> reply =
        server.post(
            DURABLE + "/orchestrators/Flow",
            "\"ä\"",
            "Content-Type",
            "application/json; charset=us-ascii");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("US-ASCII");
  }

  @Test
  void an_unknown_orchestrator_is_refused_with_the_known_ones() throws IOException {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Nope", "1");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(MAPPER.readTree(reply.body()).get("Message").asText())
        .contains("'Nope'", "doesn't exist, is disabled, or is not an orchestrator function")
        .contains("Flow, HelloSequence");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "%20, blank",
        "%09, blank",
        ".., '..'",
        "., '.'",
        "@counter@k, '@'",
        "a%23b, '#'",
        "a%3Fb, '?'",
        "a%5Cb, '\\'",
        "a%0Ab, U+000A",
        "a%C2%85b, U+0085"
      })
  void an_id_that_no_instance_may_have_is_refused(String id, String named) throws IOException {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/" + id, "1");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(MAPPER.readTree(reply.body()).get("Message").asText())
        .contains("The instance ID", named);
    assertThat(server.hub.starts()).isEmpty();
  }

  @Test
  void nul_in_an_id_is_refused() {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/a%00b", "1");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("\"Message\"");
    assertThat(server.hub.starts()).isEmpty();
  }

  @Test
  void a_lone_surrogate_in_an_id_is_refused() {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/%ED%A0%80", "1");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("does not decode");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "%F0%9F%9A%80, 🚀",
        "it's, it's",
        "a%20b, a b",
        "a+b, a b",
        "a%2Bb, a+b",
        "%C3%BC, ü",
        "a%25b, a%b",
        "a;b=c&d, a;b=c&d"
      })
  void an_odd_but_legal_id_can_be_started_and_found_by_its_url(String encoded, String id)
      throws IOException {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/" + encoded, "1");

    assertThat(reply.statusCode()).isEqualTo(202);
    JsonNode body = MAPPER.readTree(reply.body());
    assertThat(body.get("id").asText()).isEqualTo(id);
    HttpResponse<String> status = server.get(body.get("statusQueryGetUri").asText());
    assertThat(status.statusCode()).isEqualTo(202);
    assertThat(MAPPER.readTree(status.body()).get("instanceId").asText()).isEqualTo(id);
  }

  @Test
  void an_id_with_a_slash_is_refused_but_found_where_somebody_else_took_it() {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/a%2Fb", "1");
    server.hub.put("a/b", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("contains '/'");
    assertThat(server.get(DURABLE + "/instances/a%2Fb").statusCode()).isEqualTo(202);
    assertThat(server.get(DURABLE + "/instances/a/b").statusCode()).isEqualTo(404);
  }

  @Test
  void an_id_of_an_instance_that_has_not_ended_is_a_conflict() throws IOException {
    server.hub.put("taken", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);

    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/taken", "1");

    assertThat(reply.statusCode()).isEqualTo(409);
    assertThat(MAPPER.readTree(reply.body()).get("Message").asText()).contains("taken");
  }

  @Test
  void an_id_of_an_instance_that_has_ended_is_taken_over() {
    server.hub.put("done", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);

    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/done", "1");

    assertThat(reply.statusCode()).isEqualTo(202);
  }

  @Test
  void version_and_trace_go_with_the_start() {
    String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    server.post(
        DURABLE + "/orchestrators/Flow?version=2.1",
        "1",
        "traceparent",
        parent,
        "tracestate",
        "a=1");

    CreateInstanceRequest start = server.hub.starts().get(0);
    assertThat(start.getVersion().getValue()).isEqualTo("2.1");
    assertThat(start.getParentTraceContext().getTraceParent()).isEqualTo(parent);
    assertThat(start.getParentTraceContext().getTraceState().getValue()).isEqualTo("a=1");
  }

  @Test
  void a_start_without_version_gets_the_default_one_if_there_is_one() {
    server.post(DURABLE + "/orchestrators/Flow", "1", "traceparent", "nonsense");
    assertThat(server.hub.starts().get(0).hasVersion()).isFalse();
    assertThat(server.hub.starts().get(0).hasParentTraceContext()).isFalse();

    try (TestServer versioned =
        new TestServer(
            options ->
                options.withDurable(
                    new DurableSettings("TestHub", "Storage", "1.5", true, false, false)))) {
      versioned.hub.put("live", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);

      assertThat(versioned.post(DURABLE + "/orchestrators/Flow/live", "1").statusCode())
          .isEqualTo(202);
      assertThat(versioned.hub.starts().get(0).getVersion().getValue()).isEqualTo("1.5");
    }
  }

  @Test
  void another_task_hub_is_not_served_here() {
    assertThat(server.post(DURABLE + "/orchestrators/Flow?taskHub=testhub", "1").statusCode())
        .isEqualTo(202);
    assertThat(server.post(DURABLE + "/orchestrators/Flow?taskHub=", "1").statusCode())
        .isEqualTo(202);

    HttpResponse<String> reply =
        server.post(DURABLE + "/orchestrators/Flow?taskHub=Other&connection=X", "1");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("TestHub", "Other");
  }

  @Test
  void urls_name_the_host_that_the_client_named() {
    HttpResponse<String> reply =
        server.post(
            DURABLE + "/orchestrators/Flow/x",
            "1",
            "X-Forwarded-Host",
            "example.test",
            "X-Forwarded-Proto",
            "https");

    assertThat(reply.body()).contains("\"statusQueryGetUri\":\"" + server.origin());
  }
}
