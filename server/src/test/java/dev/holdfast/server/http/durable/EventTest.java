package dev.holdfast.server.http.durable;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.FakeTaskHub;
import dev.holdfast.server.http.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest {
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void an_event_is_handed_on_as_it_came() {
    server.hub.put("a", ORCHESTRATION_STATUS_RUNNING);

    HttpResponse<String> reply =
        server.post(
            DURABLE + "/instances/a/RAISEEVENT/%C3%9Cber%20Approval",
            "{ \"ok\": 1.0 }",
            "Content-Type",
            "Application/JSON; charset=utf-8");

    assertThat(reply.statusCode()).isEqualTo(202);
    assertThat(server.hub.raised())
        .containsExactly(new FakeTaskHub.Raised("a", "Über Approval", "{ \"ok\": 1.0 }"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/json-patch+json", "application/x-json"})
  void only_json_is_taken(String type) {
    server.hub.put("a", ORCHESTRATION_STATUS_RUNNING);

    HttpResponse<String> reply =
        server.post(DURABLE + "/instances/a/raiseEvent/Go", "{}", "Content-Type", type);

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body())
        .isEqualTo("{\"Message\":\"Only application/json request content is supported\"}");
    assertThat(server.hub.raised()).isEmpty();
  }

  @Test
  void without_a_content_type_nothing_is_taken() {
    server.hub.put("a", ORCHESTRATION_STATUS_RUNNING);

    assertThat(server.send("POST", DURABLE + "/instances/a/raiseEvent/Go", null).body())
        .contains("Only application/json request content is supported");
    assertThat(server.post(DURABLE + "/instances/a/raiseEvent/Go", "{}").statusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "yes", "{} {}"})
  void what_is_not_json_is_refused(String text) {
    server.hub.put("a", ORCHESTRATION_STATUS_RUNNING);

    HttpResponse<String> reply =
        server.post(
            DURABLE + "/instances/a/raiseEvent/Go", text, "Content-Type", "application/json");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("\"Message\":\"Invalid JSON content\"");
    assertThat(server.hub.raised()).isEmpty();
  }

  @Test
  void the_checks_come_in_their_order() {
    server.hub.put("done", ORCHESTRATION_STATUS_COMPLETED);

    assertThat(
            server
                .post(DURABLE + "/instances/none/raiseEvent/Go", "{", "Content-Type", "x/y")
                .statusCode())
        .isEqualTo(404);
    assertThat(
            server
                .post(DURABLE + "/instances/done/raiseEvent/Go", "{", "Content-Type", "x/y")
                .statusCode())
        .isEqualTo(410);
  }
}
