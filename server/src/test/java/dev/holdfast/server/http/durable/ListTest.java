package dev.holdfast.server.http.durable;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.server.FakeTaskHub.at;
import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.StringValue;
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

class ListTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  private void put(String id, OrchestrationStatus status, long created) {
    server.hub.put(
        id,
        status,
        state ->
            state
                .setInput(StringValue.of("\"in\""))
                .setCreatedTimestamp(at(1_772_359_200 + created)));
  }

  private List<String> ids(HttpResponse<String> reply) throws IOException {
    assertThat(reply.statusCode()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    for (JsonNode item : MAPPER.readTree(reply.body())) {
      ids.add(item.get("instanceId").asText());
    }
    return ids;
  }

  @Test
  void no_instances_are_an_empty_array_and_an_empty_token() {
    HttpResponse<String> reply = server.get(DURABLE + "/instances/");

    assertThat(reply.body()).isEqualTo("[]");
    assertThat(reply.headers().firstValue("x-ms-continuation-token")).hasValue("");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 6})
  void pages_follow_each_other_until_the_token_is_empty(int top) throws IOException {
    for (int i = 0; i < 5; i++) {
      put("i" + i, ORCHESTRATION_STATUS_RUNNING, i);
    }

    List<String> seen = new ArrayList<>();
    String token = "";
    do {
      HttpResponse<String> page =
          token.isEmpty()
              ? server.get(DURABLE + "/instances?top=" + top)
              : server.get(DURABLE + "/instances?top=" + top, "x-ms-continuation-token", token);
      List<String> ids = ids(page);
      assertThat(ids).hasSizeBetween(1, top);
      seen.addAll(ids);
      token = page.headers().firstValue("x-ms-continuation-token").orElseThrow();
      assertThat(token).matches("[A-Za-z0-9_-]*");
    } while (!token.isEmpty());

    assertThat(seen).containsExactly("i0", "i1", "i2", "i3", "i4");
  }

  @Test
  void a_token_that_is_none_is_refused() {
    HttpResponse<String> reply =
        server.get(DURABLE + "/instances", "x-ms-continuation-token", "not ours!");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("x-ms-continuation-token");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "runtimeStatus=Running | a",
        "runtimeStatus=Running,Failed | a c",
        "runtimeStatus=Running&runtimeStatus=Failed | a c",
        "runtimeStatus=%20Running%20,%20Failed | a c",
        "RUNTIMESTATUS=0 | a",
        "runtimeStatus=1,3 | b c",
        "runtimeStatus=running | a b c",
        "runtimeStatus=Nonsense,Failed | c",
        "runtimeStatus= | a b c",
        "createdTimeFrom=2026-03-01T10:00:01Z | b c",
        "createdTimeTo=2026-03-01T10:00:01Z | a b",
        "createdTimeFrom=2026-03-01T10:00:01&createdTimeTo=2026-03-01T10:00:01 | b",
        "createdTimeFrom=2026-03-01T12:00:01%2B02:00 | b c",
        "createdTimeFrom=2026-03-01T12:00:01+02:00 | b c",
        "createdTimeFrom=03/01/2026%2010:00:02 | c",
        "createdTimeFrom=Sun,%2001%20Mar%202026%2010:00:02%20GMT | c",
        "createdTimeFrom=26-03-01 | a b c",
        "createdTimeFrom=whenever | a b c",
        "createdTimeFrom=2026-99-99 | a b c",
        "createdTimeTo=2026-02-28 | ''",
        "instanceIdPrefix=b | b",
        "instanceIdPrefix= | a b c",
        "top=x | a b c",
        "top=0 | a b c",
        "top=-1 | a b c",
        "top=99999999999 | a b c"
      })
  void filters(String query, String expected) throws IOException {
    put("a", ORCHESTRATION_STATUS_RUNNING, 0);
    put("b", ORCHESTRATION_STATUS_COMPLETED, 1);
    put("c", ORCHESTRATION_STATUS_FAILED, 2);

    List<String> ids = ids(server.get(DURABLE + "/instances?" + query));

    assertThat(ids)
        .containsExactlyElementsOf(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
  }

  @Test
  void items_are_status_payloads_without_history() throws IOException {
    put("a", ORCHESTRATION_STATUS_COMPLETED, 0);

    assertThat(server.get(DURABLE + "/instances?showHistory=true").body())
        .isEqualTo(
            "[{\"name\":\"Flow\",\"instanceId\":\"a\",\"runtimeStatus\":\"Completed\",\"input\":\"in\","
                + "\"customStatus\":null,\"output\":null,\"createdTime\":\"2026-03-01T10:00:00Z\","
                + "\"lastUpdatedTime\":\"2026-03-01T10:00:01Z\"}]");
    assertThat(server.get(DURABLE + "/instances?showInput=false").body())
        .contains("\"input\":null");
  }

  @Test
  void outputs_are_left_out_when_nobody_wants_them() {
    server.hub.put(
        "a",
        ORCHESTRATION_STATUS_COMPLETED,
        state -> state.setInput(StringValue.of("1")).setOutput(StringValue.of("2")));
    server.hub.put("b", ORCHESTRATION_STATUS_FAILED, state -> state);

    assertThat(server.get(DURABLE + "/instances").body()).contains("\"input\":1", "\"output\":2");
    assertThat(server.get(DURABLE + "/instances?showOutput=false").body())
        .contains("\"input\":1")
        .doesNotContain("\"output\":2")
        .contains("\"output\":null");
  }
}
