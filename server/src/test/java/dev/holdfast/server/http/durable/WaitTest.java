package dev.holdfast.server.http.durable;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.server.http.HttpServerConfig;
import dev.holdfast.server.http.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitTest {
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  private CompletableFuture<HttpResponse<String>> start(String id, String query) {
    CompletableFuture<HttpResponse<String>> reply =
        CompletableFuture.supplyAsync(
            () -> server.post(DURABLE + "/orchestrators/Flow/" + id + "?" + query, "1"),
            runnable -> new Thread(runnable, "client").start());
    await().until(() -> server.hub.waiting(id) == 1);
    return reply;
  }

  @Test
  void a_start_waits_for_the_output_if_asked_to() {
    CompletableFuture<HttpResponse<String>> reply = start("a", "timeout=30&pollingInterval=0.5");

    server.hub.put(
        "a", ORCHESTRATION_STATUS_COMPLETED, state -> state.setOutput(StringValue.of("[1, 2]")));

    assertThat(reply.join().statusCode()).isEqualTo(200);
    assertThat(reply.join().body()).isEqualTo("[1,2]");
  }

  @Test
  void a_failure_while_waiting_is_the_status_payload() {
    for (boolean flag : new boolean[] {false, true}) {
      String id = "a" + flag;
      CompletableFuture<HttpResponse<String>> reply =
          start(id, "timeout=30&returnInternalServerErrorOnFailure=" + flag);

      server.hub.put(
          id,
          ORCHESTRATION_STATUS_FAILED,
          state ->
              state.setFailureDetails(
                  TaskFailureDetails.newBuilder().setErrorType("T").setErrorMessage("m")));

      assertThat(reply.join().statusCode()).isEqualTo(flag ? 500 : 200);
      assertThat(reply.join().body())
          .contains("\"runtimeStatus\":\"Failed\"")
          .contains("\"output\":\"T: m\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"timeout=0.05", "timeout=0&pollingInterval=0", "timeout=0.1&pollingInterval=0.1"})
  void when_time_is_over_the_urls_are_the_answer(String query) {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/a?" + query, "1");

    assertThat(reply.statusCode()).isEqualTo(202);
    assertThat(reply.body()).contains("statusQueryGetUri");
    await().until(() -> server.hub.waiting("a") == 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"timeout=x", "timeout=-1", "timeout=NaN", "pollingInterval=1", "timeout="})
  void what_is_no_time_is_not_waited_for(String query) {
    HttpResponse<String> reply = server.post(DURABLE + "/orchestrators/Flow/a?" + query, "1");

    assertThat(reply.statusCode()).isEqualTo(202);
  }

  @Test
  void an_interval_longer_than_the_whole_time_is_refused_before_anything_starts() {
    HttpResponse<String> reply =
        server.post(DURABLE + "/orchestrators/Flow/a?timeout=1&pollingInterval=1.5", "1");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(server.hub.starts()).isEmpty();
  }

  @Test
  void a_restart_waits_too() {
    server.hub.put("a", ORCHESTRATION_STATUS_COMPLETED);
    CompletableFuture<HttpResponse<String>> reply =
        CompletableFuture.supplyAsync(
            () ->
                server.post(
                    DURABLE + "/instances/a/restart?restartWithNewInstanceId=false&timeout=30", ""),
            runnable -> new Thread(runnable, "client").start());
    await().until(() -> server.hub.waiting("a") == 1);

    server.hub.put(
        "a", ORCHESTRATION_STATUS_COMPLETED, state -> state.setOutput(StringValue.of("3")));

    assertThat(reply.join().body()).isEqualTo("3");
  }

  @Test
  void many_wait_at_once_on_few_threads() {
    int many = 150;
    List<CompletableFuture<HttpResponse<String>>> replies = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      int number = i;
      replies.add(
          CompletableFuture.supplyAsync(
              () -> server.post(DURABLE + "/orchestrators/Flow/w" + number + "?timeout=60", "1"),
              runnable -> new Thread(runnable, "client").start()));
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> IntStream.range(0, many).allMatch(i -> server.hub.waiting("w" + i) == 1));

    assertThat(server.get("/healthz").statusCode()).isEqualTo(200);

    for (int i = 0; i < many; i++) {
      server.hub.put("w" + i, ORCHESTRATION_STATUS_COMPLETED);
    }
    for (CompletableFuture<HttpResponse<String>> reply : replies) {
      assertThat(reply.join().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void beyond_the_limit_nobody_is_held_but_told_to_poll() {
    try (TestServer small =
        new TestServer(
            options ->
                options.withLimits(
                    limits ->
                        new HttpServerConfig.Limits(
                            limits.bodyBytes(),
                            limits.headerBytes(),
                            limits.outstandingRequests(),
                            limits.connections(),
                            limits.idle(),
                            limits.headersWithin(),
                            limits.bytesPerSecond(),
                            0,
                            limits.waitMax())))) {
      HttpResponse<String> reply = small.post(DURABLE + "/orchestrators/Flow/a?timeout=60", "1");

      assertThat(reply.statusCode()).isEqualTo(202);
      assertThat(small.hub.waiting("a")).isZero();
    }
  }

  @Test
  void stopping_answers_those_who_wait_and_refuses_the_rest() {
    CompletableFuture<HttpResponse<String>> waiting = start("a", "timeout=60");

    CompletableFuture<Void> stopped = server.server.stop();

    assertThat(waiting.join().statusCode()).isEqualTo(202);
    stopped.join();
    HttpResponse<String> refused = server.get(DURABLE + "/instances/a");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
    assertThat(refused.body()).contains("stopping");
    assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    server.server.resume();
    assertThat(server.get("/admin/host/state").statusCode()).isEqualTo(503);
  }

  @Test
  void a_drained_front_answers_what_steers_it_and_can_take_requests_again() {
    CompletableFuture<HttpResponse<String>> waiting = start("a", "timeout=60");

    server.server.drain();

    assertThat(waiting.join().statusCode()).isEqualTo(202);
    HttpResponse<String> refused = server.get(DURABLE + "/instances/a");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
    assertThat(refused.body()).contains("drained", "/admin/host/resume");
    assertThat(server.get("/api/hello").body()).contains("drained");
    assertThat(server.get("/admin/functions").statusCode()).isEqualTo(503);
    assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(server.get("/admin/host/state").statusCode()).isEqualTo(200);
    assertThat(server.get("/admin/host/status").statusCode()).isEqualTo(200);
    assertThat(server.get("/admin/host/drain/status").statusCode()).isEqualTo(200);
    assertThat(server.get("/runtime/webhooks/holdfast/metrics").statusCode()).isEqualTo(200);

    server.server.resume();

    CompletableFuture<HttpResponse<String>> again = start("b", "timeout=60");
    server.server.drain();
    assertThat(again.join().statusCode()).isEqualTo(202);
    assertThat(server.get(DURABLE + "/instances/a").statusCode()).isEqualTo(503);
  }
}
