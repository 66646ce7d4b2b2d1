package dev.holdfast.server.http.durable;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.InstanceBlock;
import dev.holdfast.server.http.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is blocked keeps its status, says that it is blocked, and can be tried again. */
class BlockedTest {
  private static final String INSTANCES = DURABLE + "/instances";
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  private void putBlocked(String id) {
    server.hub.put(
        id,
        ORCHESTRATION_STATUS_RUNNING,
        state ->
            state.setBlocked(
                InstanceBlock.newBuilder()
                    .setKind("HANGS")
                    .setReason("it does not end")
                    .setPlace("activity 'Charge', task 4")
                    .setSince(1_772_359_200_000_000L)));
  }

  private int post(String rest) {
    return server.send("POST", INSTANCES + rest, null).statusCode();
  }

  @Test
  void its_status_says_what_blocks_it() {
    putBlocked("a");
    HttpResponse<String> reply = server.get(INSTANCES + "/a");

    assertThat(reply.statusCode()).isEqualTo(202);
    assertThat(reply.body())
        .contains("\"runtimeStatus\":\"Running\"")
        .endsWith(
            ",\"blocked\":{\"kind\":\"code that does not end\",\"reason\":\"it does not end\","
                + "\"place\":\"activity 'Charge', task 4\",\"since\":\"2026-03-01T10:00:00Z\"}}");
  }

  @Test
  void a_list_of_what_is_blocked() {
    putBlocked("a");
    server.hub.put("b", ORCHESTRATION_STATUS_RUNNING);

    assertThat(server.get(INSTANCES + "?blocked=true").body())
        .contains("\"instanceId\":\"a\"")
        .doesNotContain("\"instanceId\":\"b\"");
    assertThat(server.get(INSTANCES).body()).contains("\"a\"", "\"b\"");
  }

  @Test
  void it_is_tried_again_once() {
    putBlocked("a");
    server.hub.put("ended", ORCHESTRATION_STATUS_COMPLETED);

    assertThat(post("/a/retry")).isEqualTo(202);
    HttpResponse<String> again = server.send("POST", INSTANCES + "/a/retry", null);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("is not blocked");
    assertThat(post("/nobody/retry")).isEqualTo(404);
    assertThat(post("/ended/retry")).isEqualTo(410);
  }

  @Test
  void it_can_be_purged_by_its_id() {
    putBlocked("a");
    server.hub.put("b", ORCHESTRATION_STATUS_RUNNING);

    assertThat(server.send("DELETE", INSTANCES + "/a", null).statusCode()).isEqualTo(200);
    assertThat(server.send("DELETE", INSTANCES + "/b", null).statusCode()).isEqualTo(412);
  }
}
