package dev.holdfast.server.http.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.Why;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.TestServer;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhyTest {

  @Test
  void what_an_instance_waits_for_is_told() {
    try (TestServer server = new TestServer()) {
      server.hub.putWhy(
          new Why(
              "a b",
              "Flow",
              OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING,
              "Waiting for event 'Approval'.",
              List.of(
                  new Why.Waiting(
                      "event", "Approval", Instant.ofEpochSecond(1_772_359_200), null, null)),
              "T: m",
              "{\"step\":3}",
              List.of("An event lies there.")));

      HttpResponse<String> reply = server.get("/runtime/webhooks/holdfast/instances/a%20b/why");

      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.body())
          .isEqualTo(
              "{\"instanceId\":\"a b\",\"name\":\"Flow\",\"runtimeStatus\":\"Running\","
                  + "\"summary\":\"Waiting for event 'Approval'.\",\"waitingFor\":[{\"kind\":\"event\","
                  + "\"what\":\"Approval\",\"since\":\"2026-03-01T10:00:00Z\",\"until\":null,"
                  + "\"detail\":null}],\"lastError\":\"T: m\",\"customStatus\":{\"step\":3},"
                  + "\"notices\":[\"An event lies there.\"]}");
    }
  }

  @Test
  void about_an_unknown_instance_that_much_is_told() {
    try (TestServer server = new TestServer()) {
      HttpResponse<String> reply = server.get("/runtime/webhooks/holdfast/instances/a/why");

      assertThat(reply.statusCode()).isEqualTo(404);
      assertThat(reply.body()).startsWith("{\"Message\":\"There is no instance 'a'");
      assertThat(server.get("/runtime/webhooks/holdfast/instances/a").body()).isEmpty();
      assertThat(server.post("/runtime/webhooks/holdfast/instances/a/why", "").statusCode())
          .isEqualTo(405);
    }
  }

  @Test
  void what_comes_later_says_so() {
    try (TestServer server = new TestServer()) {
      assertThat(server.send("PUT", TestServer.DURABLE + "/makeprimary", null).statusCode())
          .isEqualTo(400);
    }
  }
}
