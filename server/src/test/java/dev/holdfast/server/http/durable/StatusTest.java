package dev.holdfast.server.http.durable;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
import static dev.holdfast.server.FakeTaskHub.at;
import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.server.http.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTest {
  private static final String TIMES =
      "\"createdTime\":\"2026-03-01T10:00:00Z\",\"lastUpdatedTime\":\"2026-03-01T10:00:01Z\"}";
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void a_running_instance_is_told_field_by_field() {
    server.hub.put(
        "a",
        ORCHESTRATION_STATUS_RUNNING,
        state ->
            state
                .setInput(StringValue.of(" { \"b\" : [1.0 , \"x y\"] }\n"))
                .setCustomStatus(StringValue.of("")));
    String path = DURABLE + "/Instances/a?taskHub=TestHub&connection=Storage&code=x%2By";

    HttpResponse<String> reply = server.get(path);

    assertThat(reply.statusCode()).isEqualTo(202);
    assertThat(reply.headers().firstValue("Location")).hasValue(server.origin() + path);
    assertThat(reply.headers().firstValue("Retry-After")).hasValue("5");
    assertThat(reply.body())
        .isEqualTo(
            "{\"name\":\"Flow\",\"instanceId\":\"a\",\"runtimeStatus\":\"Running\","
                + "\"input\":{\"b\":[1.0,\"x y\"]},\"customStatus\":\"\",\"output\":null,"
                + TIMES);
  }

  @Test
  void a_finished_instance_has_neither_location_nor_retry() {
    server.hub.put("a", ORCHESTRATION_STATUS_COMPLETED);

    HttpResponse<String> reply = server.get(DURABLE + "/instances/a");

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Location")).isEmpty();
    assertThat(reply.headers().firstValue("Retry-After")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "5 | 5",
        "`\"5\"` | `\"5\"`",
        "`   ` | `\"\"`",
        "plain text | `\"plain text\"`",
        "{\"a\":1}x | `\"{\\\"a\\\":1}x\"`",
        "1e999 | 1e999",
        "{\"a\":1,\"a\":2} | {\"a\":1,\"a\":2}",
        "\"2026-03-01T10:00:00+02:00\" | \"2026-03-01T10:00:00+02:00\"",
        "\"\\u00e4\" | \"\\u00e4\"",
        "null | null"
      })
  void what_was_stored_is_embedded_as_the_json_it_holds(String stored, String shown) {
    server.hub.put(
        "a", ORCHESTRATION_STATUS_COMPLETED, state -> state.setOutput(StringValue.of(stored)));

    assertThat(server.get(DURABLE + "/instances/a").body())
        .contains("\"output\":" + shown + ",\"createdTime\"");
  }

  @Test
  void stored_text_nested_too_deep_to_embed_is_told_as_text() {
    String deep = "[".repeat(100_000);
    server.hub.put(
        "a", ORCHESTRATION_STATUS_COMPLETED, state -> state.setOutput(StringValue.of(deep)));

    HttpResponse<String> reply = server.get(DURABLE + "/instances/a");

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).contains("\"output\":\"" + deep + "\"");
  }

  @Test
  void the_input_can_be_left_out() {
    server.hub.put(
        "a", ORCHESTRATION_STATUS_COMPLETED, state -> state.setInput(StringValue.of("7")));

    assertThat(server.get(DURABLE + "/instances/a?SHOWINPUT=%20False%20").body())
        .contains("\"input\":null");
    assertThat(server.get(DURABLE + "/instances/a?showInput=0").body()).contains("\"input\":7");
  }

  @Test
  void a_failure_is_told_as_type_and_message() {
    server.hub.put(
        "a",
        ORCHESTRATION_STATUS_FAILED,
        state ->
            state.setFailureDetails(
                TaskFailureDetails.newBuilder()
                    .setErrorType("java.lang.RuntimeException")
                    .setErrorMessage("no \"luck\"")));

    assertThat(server.get(DURABLE + "/instances/a").body())
        .contains("\"output\":\"java.lang.RuntimeException: no \\\"luck\\\"\"");
  }

  private static final TaskFailureDetails.Builder HIDDEN =
      TaskFailureDetails.newBuilder()
          .setErrorType("java.lang.RuntimeException")
          .setErrorMessage("Unexpected failure in the task execution")
          .setSeen(
              TaskFailureDetails.newBuilder()
                  .setErrorType("com.acme.NoStock")
                  .setErrorMessage("7 left")
                  .setInnerFailure(
                      TaskFailureDetails.newBuilder()
                          .setErrorType("java.io.IOException")
                          .setErrorMessage("wire cut")));

  @Test
  void what_user_code_threw_is_told_beside_the_output_of_the_cloud() {
    server.hub.put("a", ORCHESTRATION_STATUS_FAILED, state -> state.setFailureDetails(HIDDEN));

    assertThat(server.get(DURABLE + "/instances/a").body())
        .contains(
            "\"output\":\"java.lang.RuntimeException: Unexpected failure in the task execution\"")
        .endsWith(
            "\"failure\":{\"type\":\"com.acme.NoStock\",\"message\":\"7 left\","
                + "\"cause\":{\"type\":\"java.io.IOException\",\"message\":\"wire cut\"}}}");
  }

  @Test
  void what_user_code_threw_is_the_output_if_host_json_says_so() {
    try (TestServer telling =
        new TestServer(
            options ->
                options.withDurable(
                    new DurableSettings("TestHub", "Storage", null, false, false, true)))) {
      telling.hub.put("a", ORCHESTRATION_STATUS_FAILED, state -> state.setFailureDetails(HIDDEN));

      assertThat(telling.get(DURABLE + "/instances/a").body())
          .contains(
              "\"output\":\"com.acme.NoStock: 7 left; caused by java.io.IOException: wire cut\"");
    }
  }

  @Test
  void the_reason_of_a_termination_is_the_output() {
    server.hub.put("a", ORCHESTRATION_STATUS_RUNNING);

    server.post(DURABLE + "/instances/a/terminate?reason=a+%22b%22%20c", "");

    assertThat(server.get(DURABLE + "/instances/a").body())
        .contains("\"runtimeStatus\":\"Terminated\"")
        .contains("\"output\":\"a \\\"b\\\" c\"");
  }

  @Test
  void a_status_that_this_release_does_not_know_is_a_500() {
    server.hub.put(
        "a", ORCHESTRATION_STATUS_RUNNING, state -> state.setOrchestrationStatusValue(42));

    HttpResponse<String> reply = server.get(DURABLE + "/instances/a");

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body()).contains("\"runtimeStatus\":\"Unknown\"");
  }

  @ParameterizedTest
  @EnumSource(
      value = OrchestrationStatus.class,
      names = {"ORCHESTRATION_STATUS_CANCELED", "ORCHESTRATION_STATUS_CONTINUED_AS_NEW"})
  void the_rare_statuses_have_their_codes(OrchestrationStatus status) {
    server.hub.put("a", status);

    assertThat(server.get(DURABLE + "/instances/a").statusCode())
        .isEqualTo(status == OrchestrationStatus.ORCHESTRATION_STATUS_CANCELED ? 200 : 202);
  }

  @Test
  void ids_that_nothing_can_have_are_not_found() {
    for (String id : new String[] {"%00x", "..", ".", "%20", "x".repeat(1024), "%F0%9F%9A%80"}) {
      HttpResponse<String> reply = server.get(DURABLE + "/instances/" + id);

      assertThat(reply.statusCode()).as(id).isIn(400, 404);
      assertThat(reply.body()).as(id).doesNotContain("Exception");
    }
  }

  @Test
  void suspended_twice_and_resumed_twice_are_told_as_errors() {
    server.hub.put("a", ORCHESTRATION_STATUS_SUSPENDED);

    HttpResponse<String> reply = server.post(DURABLE + "/instances/a/suspend", "");

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body())
        .startsWith("{\"Message\":\"Something went wrong while processing your request\"")
        .contains("\"ExceptionMessage\":\"The instance 'a' is suspended already");
  }

  @Test
  void refusals_of_rewind_and_purge_are_json_strings() {
    server.hub.put("a", ORCHESTRATION_STATUS_RUNNING);

    assertThat(server.post(DURABLE + "/instances/a/rewind", "").body())
        .isEqualTo(
            "\"This orchestration has status Running, but only orchestrations in the \\\"Failed\\\""
                + " state can be rewound.\"");
    assertThat(server.post(DURABLE + "/instances/b/rewind", "").body())
        .isEqualTo("\"No orchestration with instance ID \\\"$b\\\" found.\"");
    assertThat(server.send("DELETE", DURABLE + "/instances/a", null).body())
        .isEqualTo(
            "\"Only orchestrations in a terminal state can be purged, but the orchestration with"
                + " instance ID a has status Running\"");
  }

  @Test
  void a_purged_instance_is_counted_and_gone() {
    server.hub.put("a", ORCHESTRATION_STATUS_TERMINATED);

    assertThat(server.send("DELETE", DURABLE + "/instances/a", null).body())
        .isEqualTo("{\"instancesDeleted\":1}");
    assertThat(server.get(DURABLE + "/instances/a").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "runtimeStatus=Foo",
        "runtimeStatus=Completed,failed",
        "runtimeStatus=Completed&createdTimeTo=yesterday"
      })
  void a_filter_that_cannot_be_read_purges_nothing(String filter) {
    HttpResponse<String> refused =
        server.send("DELETE", DURABLE + "/instances?createdTimeFrom=2020-01-01&" + filter, null);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("Nothing was purged");
  }

  @Test
  void many_are_purged_from_a_time_on() {
    for (int i = 0; i < 4; i++) {
      int second = i;
      server.hub.put(
          "c" + i,
          i == 3 ? ORCHESTRATION_STATUS_RUNNING : ORCHESTRATION_STATUS_COMPLETED,
          state -> state.setCreatedTimestamp(at(1_772_359_200 + second)));
    }
    server.hub.put("f", ORCHESTRATION_STATUS_FAILED);

    String all = DURABLE + "/instances";
    HttpResponse<String> missing = server.send("DELETE", all, null);
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(missing.body())
        .isEqualTo("\"Please provide value for 'createdTimeFrom' parameter.\"");
    assertThat(server.send("DELETE", all + "?createdTimeFrom=never", null).statusCode())
        .isEqualTo(400);
    assertThat(
            server
                .send(
                    "DELETE",
                    all + "?createdTimeFrom=2026-03-01T10:00:01Z&runtimeStatus=Completed",
                    null)
                .body())
        .isEqualTo("{\"instancesDeleted\":2}");
    HttpResponse<String> again =
        server.send(
            "DELETE", all + "?createdTimeFrom=2026-03-01T10:00:01Z&runtimeStatus=Completed", null);
    assertThat(again.statusCode()).isEqualTo(404);
    assertThat(again.body()).isEmpty();
    assertThat(server.hub.state("c0")).isNotNull();
    assertThat(server.hub.state("c3")).isNotNull();
    assertThat(server.hub.state("f")).isNotNull();
    assertThat(
            server
                .send("DELETE", all + "/?createdTimeFrom=2026-03-01&createdTimeTo=2026-03-02", null)
                .body())
        .isEqualTo("{\"instancesDeleted\":2}");
  }

  @Test
  void an_entity_id_is_purged_without_a_look() {
    HttpResponse<String> reply = server.send("DELETE", DURABLE + "/instances/@counter@k", null);

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("{\"instancesDeleted\":0}");
  }

  @Test
  void pending_instances_have_no_history() {
    server.hub.put("a", ORCHESTRATION_STATUS_PENDING);

    assertThat(server.get(DURABLE + "/instances/a?showHistory=true").body())
        .doesNotContain("historyEvents");
  }
}
