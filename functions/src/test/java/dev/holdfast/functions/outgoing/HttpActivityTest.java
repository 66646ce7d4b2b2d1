package dev.holdfast.functions.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.StringValue;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.ActivityResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in activity against servers on this machine. */
@Timeout(60)
class HttpActivityTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int BODY_MAX = 10_000;

  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicReference<HttpExchange> seen = new AtomicReference<>();
  private final AtomicReference<String> seenBody = new AtomicReference<>();
  private HttpServer server;
  private HttpServer other;
  private HttpActivity activity;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (HttpServer each : List.of(server, other)) {
      each.setExecutor(Executors.newCachedThreadPool());
      each.createContext("/echo", exchange -> reply(exchange, 200, "{\"hello\":\"wörld\"}"));
      each.createContext("/missing", exchange -> reply(exchange, 404, "no"));
      each.createContext("/accepted", exchange -> reply(exchange, 202, ""));
      each.createContext("/long", exchange -> reply(exchange, 200, "x".repeat(BODY_MAX + 1)));
      each.createContext("/here", exchange -> redirect(exchange, "/echo"));
      each.createContext("/round", exchange -> redirect(exchange, "/round"));
      each.createContext(
          "/there", exchange -> redirect(exchange, "http://" + name(other) + "/echo"));
      each.createContext(
          "/inside", exchange -> redirect(exchange, "http://169.254.169.254/latest"));
      each.createContext("/octal", exchange -> redirect(exchange, "https://0177.0.0.1/"));
      each.createContext("/never", this::never);
      each.start();
    }
    activity = activity(SystemDefaultDnsResolver.INSTANCE, name(server), name(other));
  }

  @AfterEach
  void close() {
    over.countDown();
    activity.close();
    server.stop(0);
    other.stop(0);
  }

  private static HttpActivity activity(DnsResolver names, String... allowed) {
    return new HttpActivity(new Destinations(List.of(allowed)), names, BODY_MAX);
  }

  private static String name(HttpServer server) {
    return "localhost:" + server.getAddress().getPort();
  }

  private void reply(HttpExchange exchange, int status, String body) throws IOException {
    seenBody.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    seen.set(exchange);
    exchange.getResponseHeaders().add("X-Two", "a");
    exchange.getResponseHeaders().add("X-Two", "b");
    exchange.getResponseHeaders().add("Set-Cookie", "secret=1");
    exchange.getResponseHeaders().add("Retry-After", "7");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void never(HttpExchange exchange) {
    asked.countDown();
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private ActivityResponse run(String input) {
    return run(activity, input);
  }

  private static CompletableFuture<Answer> begin(HttpActivity activity, String input) {
    CompletableFuture<Answer> answered = new CompletableFuture<>();
    WorkItem.Activity item =
        new WorkItem.Activity(
            1,
            null,
            ActivityRequest.newBuilder()
                .setName(HttpActivity.NAME)
                .setTaskId(3)
                .setInput(StringValue.of(input))
                .build());
    activity.execute(List.of(item), answered::complete);
    return answered;
  }

  private static ActivityResponse run(HttpActivity activity, String input) {
    ActivityResponse response = ((Answer.ActivityDone) begin(activity, input).join()).response();
    assertThat(response.getTaskId()).isEqualTo(3);
    return response;
  }

  private JsonNode result(String input) throws IOException {
    ActivityResponse response = run(input);
    assertThat(response.hasFailureDetails()).as(response.toString()).isFalse();
    return JSON.readTree(response.getResult().getValue());
  }

  private String get(String path) {
    return "[{\"method\":\"get\",\"uri\":\"http://%s%s\"}]".formatted(name(server), path);
  }

  @Test
  void an_answer_has_status_headers_and_content() throws IOException {
    JsonNode result = result(get("/echo"));

    assertThat(result.path("statusCode").asInt()).isEqualTo(200);
    assertThat(result.path("content").asText()).isEqualTo("{\"hello\":\"wörld\"}");
    assertThat(result.path("headers").path("Retry-after").asText()).isEqualTo("7");
    assertThat(result.path("headers").path("X-two")).hasToString("[\"a\",\"b\"]");
    assertThat(result.path("headers").path("Set-cookie").asText())
        .as("kept out of the history")
        .isEqualTo("***");
  }

  @Test
  void method_headers_and_content_are_sent() throws IOException {
    result(
        "{\"method\":\"PUT\",\"uri\":\"http://%s/echo\",\"content\":\"{\\\"a\\\":1}\",\"headers\":{\"X-One\":\"1\",\"X-Many\":[\"2\",\"3\"]}}"
            .formatted(name(server)));

    assertThat(seen.get().getRequestMethod()).isEqualTo("PUT");
    assertThat(seenBody.get()).isEqualTo("{\"a\":1}");
    assertThat(seen.get().getRequestHeaders().getFirst("X-One")).isEqualTo("1");
    assertThat(seen.get().getRequestHeaders().get("X-Many")).containsExactly("2", "3");
    assertThat(seen.get().getRequestHeaders().getFirst("Content-Type"))
        .startsWith("application/json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1e12", "1e300", "\"99999999999999999999.00:00:00\"", "\"PT9999999999H\""})
  void a_timeout_beyond_all_measure_is_refused(String timeout) {
    ActivityResponse response =
        run("{\"uri\":\"http://%s/echo\",\"timeout\":%s}".formatted(name(server), timeout));

    assertThat(response.getFailureDetails().getErrorType()).isEqualTo("HttpRequestRefused");
    assertThat(response.getFailureDetails().getErrorMessage()).contains("longer than 365 days");
  }

  @Test
  void any_status_is_an_answer() throws IOException {
    assertThat(result(get("/missing")).path("statusCode").asInt()).isEqualTo(404);
    assertThat(result(get("/accepted")).path("statusCode").asInt()).isEqualTo(202);
  }

  @Test
  void a_redirect_is_followed_and_credentials_stay_at_home() throws IOException {
    String headers =
        ",\"headers\":{\"Authorization\":\"Bearer x\",\"X-Key\":\"k\",\"Accept\":\"a/b\"}}";
    String start = "{\"uri\":\"http://" + name(server);

    result(start + "/here\"" + headers);
    assertThat(seen.get().getRequestHeaders().getFirst("Authorization")).isEqualTo("Bearer x");

    result(start + "/there\"" + headers);
    assertThat(seen.get().getRequestHeaders()).doesNotContainKeys("Authorization", "X-key");
    assertThat(seen.get().getRequestHeaders().getFirst("Accept")).isEqualTo("a/b");
  }

  @Test
  void a_redirect_to_where_it_must_not_go_is_refused() {
    ActivityResponse response = run(get("/inside"));

    assertThat(response.getFailureDetails().getErrorType()).isEqualTo("HttpRequestRefused");
    assertThat(response.getFailureDetails().getErrorMessage())
        .contains("169.254.169.254", "is refused");
    assertThat(response.getFailureDetails().getIsNonRetriable()).isTrue();
  }

  @Test
  void a_redirect_to_an_address_that_can_be_read_as_another_is_refused() {
    ActivityResponse response = run(get("/octal"));

    assertThat(response.getFailureDetails().getErrorType()).isEqualTo("HttpRequestRefused");
    assertThat(response.getFailureDetails().getErrorMessage())
        .contains("https://0177.0.0.1/ is refused", "four decimal numbers");
  }

  @Test
  void redirects_without_end_are_given_up() {
    assertThat(run(get("/round")).getFailureDetails().getErrorMessage())
        .contains("redirect to redirect");
  }

  @Test
  void a_name_that_leads_inside_is_refused_even_beside_a_public_address() {
    DnsResolver twoFaced =
        new DnsResolver() {
          @Override
          public InetAddress[] resolve(String host) throws java.net.UnknownHostException {
            return new InetAddress[] {
              InetAddress.getByAddress(new byte[] {8, 8, 8, 8}), InetAddress.getLoopbackAddress()
            };
          }

          @Override
          public String resolveCanonicalHostname(String host) {
            return host;
          }
        };
    try (HttpActivity strict = activity(twoFaced)) {
      ActivityResponse response = run(strict, "{\"uri\":\"https://innocent.example/\"}");

      assertThat(response.getFailureDetails().getErrorMessage())
          .contains("leads to 127.0.0.1", "allowedHosts");
    }
  }

  @Test
  void this_machine_is_refused_unless_it_is_named() {
    try (HttpActivity strict = activity(SystemDefaultDnsResolver.INSTANCE)) {
      assertThat(run(strict, get("/echo")).getFailureDetails().getErrorMessage())
          .contains("is refused", "allowedHosts");
      assertThat(seen.get()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f000001/",
        "https://[::ffff:0177.0.0.1]/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://169.254.169.254/latest/meta-data"
      })
  void an_address_inside_is_refused_however_it_is_written(String url) {
    assertThat(run("{\"uri\":\"" + url + "\"}").getFailureDetails().getErrorMessage())
        .contains("is refused");
  }

  @Test
  void an_answer_that_does_not_come_in_time_is_a_failure_that_may_be_retried() {
    ActivityResponse response =
        run("{\"uri\":\"http://%s/never\",\"timeout\":\"00:00:00.2\"}".formatted(name(server)));

    assertThat(response.getFailureDetails().getErrorType()).isEqualTo("HttpRequestFailed");
    assertThat(response.getFailureDetails().getErrorMessage()).contains("/never", "within PT0.2S");
    assertThat(response.getFailureDetails().getIsNonRetriable()).isFalse();
  }

  @Test
  void what_is_cut_off_when_the_host_stops_has_not_failed() throws Exception {
    CompletableFuture<Answer> answered = begin(activity, get("/never"));
    asked.await();

    assertThat(activity.drain(Duration.ofMillis(1))).isFalse();
    assertThat(activity.places(WorkItem.Kind.ACTIVITY)).isZero();
    assertThat(answered).isNotDone();
    activity.close();

    assertThat(answered.join()).isInstanceOf(Answer.Abandoned.class);
  }

  @Test
  void what_ends_in_time_when_the_host_stops_counts() throws Exception {
    CompletableFuture<Answer> answered = begin(activity, get("/never"));
    asked.await();
    over.countDown();

    assertThat(activity.drain(Duration.ofSeconds(30))).isTrue();

    assertThat(answered.join()).isInstanceOf(Answer.ActivityDone.class);
  }

  @Test
  void an_answer_that_is_too_long_is_not_taken() {
    assertThat(run(get("/long")).getFailureDetails().getErrorMessage())
        .contains("more than " + BODY_MAX + " bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "[1]",
        "\"https://example.com\"",
        "{\"uri\":\"\"}",
        "{\"uri\":\"https://exa mple.com\"}",
        "{\"uri\":\"https://example.com\",\"method\":\"GET / HTTP/1.1\"}",
        "{\"uri\":\"https://example.com\",\"method\":\"CONNECT\"}",
        "{\"uri\":\"https://example.com\",\"headers\":{\"Host\":\"other\"}}",
        "{\"uri\":\"https://example.com\",\"headers\":{\"proxy-authorization\":\"x\"}}",
        "{\"uri\":\"https://example.com\",\"headers\":{\"Content-Length\":\"5\"}}",
        "{\"uri\":\"https://example.com\",\"headers\":{\"X\":\"a\\r\\nY: b\"}}",
        "{\"uri\":\"https://example.com\",\"headers\":{\"X Y\":\"a\"}}",
        "{\"uri\":\"https://example.com\",\"timeout\":\"soon\"}",
        "{\"uri\":\"https://example.com\",\"timeout\":\"00:00:00\"}",
        "{\"uri\":\"https://example.com\",\"tokenSource\":{\"kind\":\"AzureManagedIdentity\"}}"
      })
  void what_cannot_be_sent_is_refused(String input) {
    ActivityResponse response = run(input);

    assertThat(response.getFailureDetails().getErrorType()).isEqualTo("HttpRequestRefused");
    assertThat(response.getFailureDetails().getIsNonRetriable()).isTrue();
  }
}
