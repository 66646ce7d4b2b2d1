package dev.holdfast.server.http.routes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.server.http.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionRoutesTest {
  private final TestServer server = new TestServer();
  private final FakeFunctions functions =
      new FakeFunctions(
          List.of(
              new HttpRoute("Greet", "greet/{name}", List.of("GET", "POST"), AuthLevel.ANONYMOUS)));

  @BeforeEach
  void serve() {
    assertThat(server.site.functions().serve(functions)).isEmpty();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void a_request_reaches_its_function_with_all_it_brought() {
    server.post(
        "/API/Greet/J%C3%BCrgen%20M+?a=1&a=2&b=%20x%20&empty=&bare",
        "héllo", "X-Tag", "one", "X-Tag", "two", "Content-Type", "text/plain");

    HttpCall call = functions.calls().get(0);
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.uri().toString())
        .isEqualTo(server.origin() + "/API/Greet/J%C3%BCrgen%20M+?a=1&a=2&b=%20x%20&empty=&bare");
    assertThat(call.routeValues()).containsExactly(Map.entry("name", "Jürgen M+"));
    assertThat(call.query()).containsOnly(Map.entry("a", "1,2"), Map.entry("b", " x "));
    assertThat(call.headers().get("X-Tag")).containsExactly("one", "two");
    assertThat(new String(call.body(), UTF_8)).isEqualTo("héllo");
  }

  @Test
  void a_reply_goes_out_as_the_function_made_it() {
    functions.answer(
        call ->
            CompletableFuture.completedFuture(
                new HttpReply(
                    418,
                    Map.of("X-Mine", "yes", "Content-Length", "99999", "Connection", "close"),
                    "application/x-tea",
                    List.of("a=1; Path=/", "b=2"),
                    "short".getBytes(UTF_8))));

    HttpResponse<String> reply = server.get("/api/greet/x");

    assertThat(reply.statusCode()).isEqualTo(418);
    assertThat(reply.headers().firstValue("X-Mine")).hasValue("yes");
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/x-tea");
    assertThat(reply.headers().allValues("Set-Cookie")).containsExactly("a=1; Path=/", "b=2");
    assertThat(reply.headers().firstValue("Content-Length")).hasValue("5");
    assertThat(reply.body()).isEqualTo("short");
  }

  @Test
  void a_reply_without_a_type_gets_none() {
    functions.answer(call -> CompletableFuture.completedFuture(HttpReply.empty(204)));

    HttpResponse<String> reply = server.get("/api/greet/x");

    assertThat(reply.statusCode()).isEqualTo(204);
    assertThat(reply.headers().firstValue("Content-Type")).isEmpty();
    assertThat(reply.headers().firstValue("Content-Length")).isEmpty();
  }

  @Test
  void a_header_value_cannot_end_the_header() {
    functions.answer(
        call ->
            CompletableFuture.completedFuture(
                new HttpReply(
                    200, Map.of("X-Mine", "a\r\nX-Evil: b"), null, List.of(), new byte[0])));

    assertThat(server.get("/api/greet/x").headers().firstValue("X-Evil")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void a_status_without_a_body_gets_none(int status) {
    functions.answer(
        call ->
            CompletableFuture.completedFuture(
                new HttpReply(status, Map.of(), "text/plain", List.of(), new byte[100_000])));

    HttpResponse<String> reply = server.get("/api/greet/x");

    assertThat(reply.statusCode()).isEqualTo(status);
    assertThat(reply.body()).isEmpty();
    assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 101, 199, 0, -1, 1000})
  void a_status_that_cannot_end_a_request_is_a_500(int status) {
    functions.answer(call -> CompletableFuture.completedFuture(HttpReply.empty(status)));

    assertThat(server.get("/api/greet/x").statusCode()).isEqualTo(500);
  }

  @Test
  void a_header_that_is_none_is_left_out() {
    functions.answer(
        call ->
            CompletableFuture.completedFuture(
                new HttpReply(
                    200,
                    Map.of("a b", "1", "a:b", "2", "a\r\nX-Evil", "3", "", "4", "Good", "5"),
                    null,
                    List.of(),
                    new byte[0])));

    HttpResponse<String> reply = server.get("/api/greet/x");

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Good")).hasValue("5");
    assertThat(reply.headers().firstValue("X-Evil")).isEmpty();
  }

  @Test
  void a_function_that_answers_later_holds_nobody() {
    CompletableFuture<HttpReply> later = new CompletableFuture<>();
    functions.answer(call -> later);
    CompletableFuture<HttpResponse<String>> reply =
        CompletableFuture.supplyAsync(
            () -> server.get("/api/greet/x"), runnable -> new Thread(runnable, "client").start());

    assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    later.complete(HttpReply.empty(202));

    assertThat(reply.join().statusCode()).isEqualTo(202);
  }

  @Test
  void wrong_verbs_and_unknown_paths_are_404_without_a_body() {
    for (HttpResponse<String> reply :
        List.of(
            server.send("DELETE", "/api/greet/x", null),
            server.send("HEAD", "/api/greet/x", null),
            server.get("/api/greet"),
            server.get("/api/greet/x/y"),
            server.get("/api/greet/.."),
            server.get("/apix/greet/x"),
            server.get("/api"))) {
      assertThat(reply.statusCode()).isEqualTo(404);
      assertThat(reply.body()).isEmpty();
    }
    assertThat(functions.calls()).isEmpty();
  }

  @Test
  void an_app_that_goes_away_is_not_found_or_not_running() {
    functions.answer(call -> CompletableFuture.failedFuture(new NoSuchElementException("Greet")));
    assertThat(server.get("/api/greet/x").statusCode()).isEqualTo(404);

    functions.answer(
        call -> CompletableFuture.failedFuture(new RejectedExecutionException("closing")));
    assertThat(server.get("/api/greet/x").statusCode()).isEqualTo(503);
  }

  @Test
  void another_app_can_take_over() {
    FakeFunctions next =
        new FakeFunctions(List.of(new HttpRoute("New", "new", List.of(), AuthLevel.ANONYMOUS)));

    server.site.functions().serve(next);

    assertThat(server.get("/api/greet/x").statusCode()).isEqualTo(404);
    assertThat(server.get("/api/new").body()).isEqualTo("New{}");
  }
}
