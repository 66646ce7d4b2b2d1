package dev.holdfast.server.http;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.server.http.TestServer.DURABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.server.admission.Admission;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  private static final String START = DURABLE + "/orchestrators/Flow";

  private static TestServer with(UnaryOperator<HttpServerConfig.Limits> limits) {
    return new TestServer(options -> options.withLimits(limits));
  }

  @Test
  void a_body_of_the_limit_is_taken_and_one_byte_more_is_not() {
    try (TestServer server = with(limits -> limits.withBodyBytes(1000))) {
      String fits = "\"" + "x".repeat(998) + "\"";

      assertThat(server.post(START, fits).statusCode()).isEqualTo(202);
      HttpResponse<String> reply = server.post(START, fits + " ");

      assertThat(reply.statusCode()).isEqualTo(413);
      assertThat(reply.headers().firstValue("Content-Type"))
          .hasValue("application/json; charset=utf-8");
      assertThat(reply.body()).contains("\"Message\"", "1000 bytes");
      assertThat(server.hub.starts()).hasSize(1);
    }
  }

  @Test
  void a_body_that_does_not_say_how_long_it_is_is_measured_as_it_comes() throws IOException {
    try (TestServer server = with(limits -> limits.withBodyBytes(1000));
        RawClient client = new RawClient(server.port)) {
      String head =
          "POST " + START + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

      assertThat(client.send(head + "3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n").answer().status())
          .isEqualTo(202);
      client.send(head);
      for (int i = 0; i < 3; i++) {
        client.send("190\r\n" + "x".repeat(0x190) + "\r\n");
      }
      RawClient.Answer answer = client.send("0\r\n\r\n").answer();

      assertThat(server.hub.starts().get(0).getInput().getValue()).isEqualTo("[1,2]");
      assertThat(answer.status()).isEqualTo(413);
      assertThat(server.hub.starts()).hasSize(1);
    }
  }

  @Test
  void who_asks_before_sending_too_much_is_told_at_once() throws IOException {
    try (TestServer server = with(limits -> limits.withBodyBytes(1000));
        RawClient client = new RawClient(server.port)) {
      RawClient.Answer answer =
          client
              .send(
                  "POST "
                      + START
                      + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n")
              .answer();

      assertThat(answer.status()).isEqualTo(413);
    }
  }

  @Test
  void a_body_far_over_the_limit_is_not_read() throws IOException {
    try (TestServer server = with(limits -> limits.withBodyBytes(1000));
        RawClient client = new RawClient(server.port)) {
      RawClient.Answer answer =
          client
              .send(
                  "POST "
                      + START
                      + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
              .answer();

      assertThat(answer.status()).isEqualTo(413);
    }
  }

  @Test
  void a_large_body_arrives_whole() {
    try (TestServer server = new TestServer()) {
      String large = "\"" + "0123456789abcdef".repeat(200_000) + "\"";

      assertThat(server.post(START + "/big", large).statusCode()).isEqualTo(202);
      assertThat(server.hub.starts().get(0).getInput().getValue()).isEqualTo(large);
      assertThat(server.get(DURABLE + "/instances/big").body())
          .contains("\"input\":" + large + ",");
    }
  }

  @Test
  void bodies_that_do_not_fit_into_memory_together_are_refused() {
    Admission admission = new Admission(1_000);
    try (TestServer server = new TestServer(options -> options.withAdmission(admission))) {
      try (Admission.Claim others = admission.open()) {
        others.take(1_300);
        HttpResponse<String> reply = server.post(START, " ".repeat(200) + "1");

        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(reply.body()).contains("memory", "-Xmx");
        assertThat(server.hub.starts()).isEmpty();
      }
      assertThat(server.post(START, " ".repeat(200) + "1").statusCode())
          .as("alone it may be larger than the room for all")
          .isEqualTo(202);
      await().until(() -> admission.held() == 0);
      for (int i = 0; i < 5; i++) {
        assertThat(server.post(START, " ".repeat(30) + "1").statusCode()).isEqualTo(202);
      }
    }
  }

  @Test
  void headers_over_the_limit_are_refused_in_json() throws IOException {
    try (TestServer server = new TestServer();
        RawClient client = new RawClient(server.port)) {
      RawClient.Answer answer =
          client
              .send(
                  "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: "
                      + "a".repeat(40_000)
                      + "\r\n\r\n")
              .answer();

      assertThat(answer.status()).isEqualTo(431);
      assertThat(answer.body()).startsWith("{\"Message\":").contains("32768 bytes");
    }
  }

  @Test
  void what_is_not_http_is_refused_in_json() throws IOException {
    try (TestServer server = new TestServer();
        RawClient client = new RawClient(server.port)) {
      RawClient.Answer answer = client.send("GET\0 / HTTP/1.1\r\n\r\n").answer();

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).startsWith("{\"Message\":\"The request is not well-formed HTTP");
      assertThat(answer.headers().get("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void a_trickle_of_headers_is_cut_off() throws Exception {
    Duration patience = Duration.ofMillis(300);
    try (TestServer server = with(limits -> limits.withPatience(Duration.ofSeconds(60), patience));
        RawClient client = new RawClient(server.port)) {
      assertThat(client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status())
          .isEqualTo(200);
      client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      CompletableFuture<Boolean> closed =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return client.isClosedByServer();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptions()
          .until(
              () -> {
                if (!closed.isDone()) {
                  client.send("a");
                }
                return closed.isDone();
              });

      assertThat(closed.join()).isTrue();
    }
  }

  @Test
  void a_connection_that_waits_for_its_answer_is_not_taken_for_slow() {
    Duration patience = Duration.ofSeconds(1);
    try (TestServer server = with(limits -> limits.withPatience(patience, patience))) {
      CompletableFuture<HttpResponse<String>> reply =
          CompletableFuture.supplyAsync(
              () -> server.post(START + "/a?timeout=3", "1"),
              runnable -> new Thread(runnable, "client").start());

      assertThat(reply.join().statusCode()).isEqualTo(202);
    }
  }

  @Test
  void a_body_that_stops_arriving_is_refused() throws IOException {
    try (TestServer server =
            with(limits -> limits.withPatience(Duration.ofSeconds(1), Duration.ofSeconds(1)));
        RawClient client = new RawClient(server.port)) {
      RawClient.Answer answer =
          client
              .send(
                  "POST " + START + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[1")
              .answer();

      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("1024 bytes a second");
      assertThat(server.hub.starts()).isEmpty();
    }
  }

  private static TestServer atLeast(int bytesPerSecond) {
    return with(
        limits ->
            new HttpServerConfig.Limits(
                limits.bodyBytes(),
                limits.headerBytes(),
                limits.outstandingRequests(),
                limits.connections(),
                limits.idle(),
                Duration.ofMillis(200),
                bytesPerSecond,
                limits.heldWaits(),
                limits.waitMax()));
  }

  private static String startOf(long bytes) {
    return "POST "
        + START
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        + bytes
        + "\r\n\r\n";
  }

  @Test
  void a_body_that_trickles_is_refused() throws IOException {
    try (TestServer server = atLeast(10_000);
        RawClient client = new RawClient(server.port)) {
      client.send(startOf(10_000));

      await()
          .pollInterval(Duration.ofMillis(50))
          .until(() -> client.send("1").in().available() > 0);

      assertThat(client.answer().status()).isEqualTo(408);
      assertThat(server.hub.starts()).isEmpty();
    }
  }

  @Test
  void a_body_that_is_too_large_may_not_trickle_either() throws IOException {
    try (TestServer server = atLeast(10_000);
        RawClient client = new RawClient(server.port)) {
      client.send(startOf(HttpServerConfig.Limits.DEFAULT.bodyBytes() + 1));

      await()
          .pollInterval(Duration.ofMillis(50))
          .until(() -> client.send("1").in().available() > 0);

      assertThat(client.answer().status()).isEqualTo(413);
    }
  }

  @Test
  void a_body_that_takes_long_but_comes_fast_enough_is_taken() throws IOException {
    try (TestServer server = atLeast(1);
        RawClient client = new RawClient(server.port)) {
      client.send(startOf(30) + "1");
      AtomicInteger sent = new AtomicInteger(1);

      await()
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                client.send(" ");
                return sent.incrementAndGet() == 30;
              });

      assertThat(client.answer().status()).isEqualTo(202);
    }
  }

  @Test
  void slow_bodies_hold_no_threads() throws IOException {
    try (TestServer server = new TestServer()) {
      List<RawClient> slow = new ArrayList<>();
      try {
        for (int i = 0; i < 200; i++) {
          RawClient client = new RawClient(server.port);
          slow.add(client);
          client.send(
              "POST " + START + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n[");
        }

        for (int i = 0; i < 20; i++) {
          assertThat(server.post(START, "1").statusCode()).isEqualTo(202);
        }
        assertThat(server.hub.starts()).hasSize(20);
        for (RawClient client : slow) {
          assertThat(client.send("1]").answer().status()).isEqualTo(202);
        }
        assertThat(server.hub.starts().subList(20, 220))
            .allMatch(start -> start.getInput().getValue().equals("[1]"));
      } finally {
        for (RawClient client : slow) {
          client.close();
        }
      }
    }
  }

  @Test
  void slow_readers_of_large_answers_hold_no_threads() throws IOException {
    try (TestServer server = new TestServer()) {
      server.hub.put(
          "big",
          ORCHESTRATION_STATUS_COMPLETED,
          state -> state.setOutput(StringValue.of("\"" + "x".repeat(8 << 20) + "\"")));
      List<RawClient> slow = new ArrayList<>();
      try {
        for (int i = 0; i < 70; i++) {
          RawClient client = new RawClient(server.port);
          slow.add(client);
          client.send("GET " + DURABLE + "/instances/big HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        for (RawClient client : slow) {
          assertThat(client.in().read()).isEqualTo('H');
        }

        for (int i = 0; i < 20; i++) {
          assertThat(server.post(START, "1").statusCode()).isEqualTo(202);
        }
        byte[] rest = slow.get(0).in().readNBytes(8 << 20);
        assertThat(new String(rest, UTF_8)).startsWith("TTP/1.1 200").contains("Content-Length");
      } finally {
        for (RawClient client : slow) {
          client.close();
        }
      }
    }
  }

  @Test
  void beyond_the_outstanding_requests_the_answer_is_429() {
    try (TestServer server = with(limits -> limits.withOutstandingRequests(1))) {
      CompletableFuture<HttpResponse<String>> first =
          CompletableFuture.supplyAsync(
              () -> server.post(START + "/a?timeout=60", "1"),
              runnable -> new Thread(runnable, "client").start());
      await().until(() -> server.hub.waiting("a") == 1);

      HttpResponse<String> second = server.get(DURABLE + "/instances/a");
      server.hub.put("a", ORCHESTRATION_STATUS_COMPLETED);

      assertThat(second.statusCode()).isEqualTo(429);
      assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(second.body()).contains("maxOutstandingRequests");
      assertThat(first.join().statusCode()).isEqualTo(200);
      await().until(() -> server.get(DURABLE + "/instances/a").statusCode() == 200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, 400",
    "ALREADY_EXISTS, 409",
    "FAILED_PRECONDITION, 409",
    "NOT_FOUND, 404",
    "OVERLOADED, 429",
    "UNAVAILABLE, 503",
    "STORE_FULL, 507"
  })
  void what_the_engine_refuses_has_a_code(Reason reason, int status) {
    try (TestServer server = new TestServer()) {
      server.hub.failWith(new RefusedException(reason, "no, because"));

      HttpResponse<String> reply = server.post(START, "1");

      assertThat(reply.statusCode()).isEqualTo(status);
      assertThat(reply.body())
          .isEqualTo(reason == Reason.NOT_FOUND ? "" : "{\"Message\":\"no, because\"}");
      assertThat(reply.headers().firstValue("Retry-After").isPresent())
          .isEqualTo(status == 429 || status > 500);
    }
  }

  @Test
  void our_own_failures_are_a_500_that_tells_what_it_was() {
    try (TestServer server = new TestServer()) {
      server.hub.failWith(new IllegalStateException("expected a, but b"));

      HttpResponse<String> reply = server.get(DURABLE + "/instances/a");

      assertThat(reply.statusCode()).isEqualTo(500);
      assertThat(reply.body())
          .startsWith(
              "{\"Message\":\"Something went wrong while processing your request\","
                  + "\"ExceptionMessage\":\"expected a, but b\","
                  + "\"ExceptionType\":\"java.lang.IllegalStateException\",\"StackTrace\":\"java.lang");
    }
  }

  @Test
  void a_port_that_is_taken_is_named_with_the_way_out() {
    try (TestServer first = new TestServer()) {
      assertThatThrownBy(() -> first.another("127.0.0.1", first.port).start())
          .isInstanceOf(PortUnavailableException.class)
          .hasMessageContaining("Port " + first.port + " on 127.0.0.1 is in use")
          .hasMessageContaining("--port");
    }
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1", "no.such.host.invalid"})
  void an_address_that_is_not_ours_is_named_with_the_way_out(String address) {
    try (TestServer first = new TestServer()) {
      assertThatThrownBy(() -> first.another(address, 0).start())
          .isInstanceOf(PortUnavailableException.class)
          .hasMessageContaining("'" + address + "'")
          .hasMessageContaining("--bind");
    }
  }
}
