package dev.holdfast.server.http;

import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.server.http.HttpServerConfig.Cors;
import dev.holdfast.server.http.HttpServerConfig.Limits;
import dev.holdfast.server.http.routes.FakeFunctions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrontTest {

  private static TestServer with(
      boolean forwarded, boolean homepage, Map<String, String> headers, Cors cors) {
    return new TestServer(
        options ->
            options.withConfig(
                before ->
                    new HttpServerConfig(
                        "127.0.0.1", 0, forwarded, homepage, headers, cors, Limits.DEFAULT)));
  }

  private static TestServer named(String name) {
    return new TestServer(
        options ->
            options.withConfig(
                before ->
                    new HttpServerConfig(
                        before.bind(),
                        before.port(),
                        before.useForwardedHost(),
                        before.homepage(),
                        before.customHeaders(),
                        before.cors(),
                        before.limits(),
                        Set.of(name),
                        before.admission())));
  }

  @Test
  void the_homepage_says_that_the_host_is_up() {
    try (TestServer server = new TestServer()) {
      HttpResponse<String> page = server.get("/");

      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
      assertThat(page.body()).contains("up and running");
    }
    try (TestServer server = with(false, false, Map.of(), Cors.OFF)) {
      assertThat(server.get("/").statusCode()).isEqualTo(204);
    }
  }

  @Test
  void what_is_meant_for_another_host_is_refused_and_not_done() {
    try (TestServer server = new TestServer()) {
      String start = DURABLE + "/orchestrators/Flow/a";
      HttpResponse<String> refused = server.post(start, "1", "x-holdfast-host", "host-0");

      assertThat(refused.statusCode()).isEqualTo(421);
      assertThat(refused.body()).startsWith("{\"Message\":").contains("another host");
      assertThat(server.get("/healthz", "x-holdfast-host", "host-0").statusCode()).isEqualTo(421);
      assertThat(server.get(DURABLE + "/instances").body()).isEqualTo("[]");

      assertThat(server.post(start, "1", "x-holdfast-host", "host-1").statusCode()).isEqualTo(202);
      assertThat(server.post(start + "2", "1").statusCode()).isEqualTo(202);
    }
  }

  @Test
  void without_a_prefix_a_function_may_serve_the_root_but_no_path_of_ours() {
    try (TestServer server = new TestServer(options -> options.withRoutePrefix(""))) {
      server
          .site
          .functions()
          .serve(
              new FakeFunctions(
                  List.of(new HttpRoute("All", "{*rest}", List.of("GET"), AuthLevel.ANONYMOUS))));

      assertThat(server.get("/").body()).isEqualTo("All{}");
      assertThat(server.get("/x/y").body()).isEqualTo("All{rest=x/y}");
      assertThat(server.get("/healthz").body()).isEqualTo("{\"status\":\"live\"}");
      assertThat(server.get("/admin/host/ping").body()).isEmpty();
      assertThat(server.get(DURABLE + "/instances").body()).isEqualTo("[]");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere",
        "/runtime",
        "/runtime/webhooks",
        "/runtime/webhooks/durabletaskx",
        "/runtime/webhooks/durabletask",
        "/runtime/webhooks/durabletask/",
        "/runtime/webhooks/durabletask/instances/a/b/c",
        "/runtime/webhooks/durabletask/instances//terminate",
        "//runtime/webhooks/durabletask/instances",
        "/./runtime/webhooks/durabletask/instances",
        "/api/../runtime/webhooks/durabletask/instances",
        "/runtime/webhooks/durabletask/../../../admin/host/status",
        "/runtime/webhooks/durabletask/instances;x",
        "/runtime/webhooks/durabletask/orchestrators",
        "/administration",
        "/admin//host/status",
        "/admin/host//status",
        "/favicon.ico"
      })
  void what_matches_nothing_is_404_without_a_body(String path) throws IOException {
    try (TestServer server = new TestServer();
        RawClient client = new RawClient(server.port)) {
      server.site.functions().serve(new FakeFunctions(List.of()));

      RawClient.Answer answer =
          client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void names_of_segments_may_be_written_in_any_case() {
    try (TestServer server = new TestServer()) {
      assertThat(server.get("/Runtime/WEBHOOKS/DurableTask/INSTANCES").body()).isEqualTo("[]");
    }
  }

  @Test
  void before_there_is_an_app_its_routes_are_not_ready() {
    try (TestServer server = new TestServer()) {
      HttpResponse<String> reply = server.get("/api/hello");

      assertThat(reply.statusCode()).isEqualTo(503);
      assertThat(reply.body()).contains("Function host is not running.");
    }
  }

  @Test
  void a_header_cannot_change_the_verb() {
    try (TestServer server = new TestServer()) {
      HttpResponse<String> reply =
          server.get(DURABLE + "/orchestrators/Flow", "X-HTTP-Method-Override", "POST");

      assertThat(reply.statusCode()).isEqualTo(404);
      assertThat(server.hub.starts()).isEmpty();
    }
  }

  @Test
  void requests_on_one_connection_are_answered_in_their_order() throws IOException {
    try (TestServer server = new TestServer();
        RawClient client = new RawClient(server.port)) {
      String start = "POST " + DURABLE + "/orchestrators/Flow/%s HTTP/1.1\r\nHost: localhost\r\n";
      client.send(
          String.format(start, "a")
              + "Content-Length: 1\r\n\r\n1"
              + String.format(start, "b")
              + "Transfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\n"
              + "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
              + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");

      assertThat(client.answer().body()).contains("\"id\":\"a\"");
      assertThat(client.answer().body()).contains("\"id\":\"b\"");
      assertThat(client.answer().status()).isIn(404, 503);
      assertThat(client.answer().body()).isEqualTo("{\"status\":\"live\"}");
    }
  }

  @Test
  void urls_are_built_from_the_host_header() throws IOException {
    try (TestServer server = named("flows.test");
        RawClient client = new RawClient(server.port)) {
      RawClient.Answer answer =
          client
              .send(
                  "POST "
                      + DURABLE
                      + "/orchestrators/Flow HTTP/1.1\r\nHost: flows.test:8080\r\nContent-Length: 0\r\n\r\n")
              .answer();

      assertThat(answer.headers().get("location")).startsWith("http://flows.test:8080/runtime/");
    }
  }

  @Test
  void behind_a_proxy_urls_are_built_from_what_it_forwards() {
    try (TestServer server = with(true, true, Map.of(), Cors.OFF)) {
      HttpResponse<String> both =
          server.post(
              DURABLE + "/orchestrators/Flow",
              "1",
              "X-Forwarded-Proto",
              "https, http",
              "X-Forwarded-Host",
              "flows.test, inner:80");
      HttpResponse<String> one =
          server.post(DURABLE + "/orchestrators/Flow", "1", "X-Forwarded-Host", "flows.test");

      assertThat(both.body()).contains("\"statusQueryGetUri\":\"https://flows.test/runtime/");
      assertThat(one.body()).contains("\"statusQueryGetUri\":\"" + server.origin());
    }
  }

  @Test
  void custom_headers_are_on_every_response() {
    try (TestServer server = with(false, true, Map.of("X-Frame-Options", "DENY"), Cors.OFF)) {
      assertThat(server.get("/healthz").headers().firstValue("X-Frame-Options")).hasValue("DENY");
      assertThat(server.get("/nowhere").headers().firstValue("X-Frame-Options")).hasValue("DENY");
    }
  }

  @Test
  void without_cors_there_is_no_cors_header() {
    try (TestServer server = new TestServer()) {
      HttpResponse<String> reply = server.get("/healthz", "Origin", "http://a.test");
      HttpResponse<String> preflight =
          server.send(
              "OPTIONS",
              DURABLE + "/instances",
              null,
              "Origin",
              "http://a.test",
              "Access-Control-Request-Method",
              "GET");

      assertThat(reply.headers().map().keySet()).noneMatch(name -> name.contains("access-control"));
      assertThat(reply.headers().firstValue("Vary")).isEmpty();
      assertThat(preflight.statusCode()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @CsvSource({"http://a.test, true", "http://b.test, true", "http://c.test, false"})
  void listed_origins_may_call(String origin, boolean allowed) {
    Cors cors = new Cors(Set.of("http://a.test", "http://b.test"), true);
    try (TestServer server = with(false, true, Map.of(), cors)) {
      HttpResponse<String> reply = server.get("/healthz", "Origin", origin);
      HttpResponse<String> preflight =
          server.send(
              "OPTIONS",
              DURABLE + "/orchestrators/Flow",
              null,
              "Origin",
              origin,
              "Access-Control-Request-Method",
              "POST",
              "Access-Control-Request-Headers",
              "content-type,x-mine");

      assertThat(reply.headers().firstValue("Access-Control-Allow-Origin").isPresent())
          .isEqualTo(allowed);
      assertThat(reply.headers().firstValue("Vary")).hasValue("Origin");
      assertThat(preflight.statusCode()).isEqualTo(allowed ? 204 : 403);
      if (allowed) {
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).hasValue(origin);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods")).hasValue("POST");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
            .hasValue("content-type,x-mine");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials"))
            .hasValue("true");
      }
    }
  }

  @Test
  void any_origin_may_call_but_not_with_credentials() {
    try (TestServer server = with(false, true, Map.of(), new Cors(Set.of("*"), false))) {
      assertThat(
              server
                  .get("/healthz", "Origin", "http://x.test")
                  .headers()
                  .firstValue("Access-Control-Allow-Origin"))
          .hasValue("*");
    }
    assertThatThrownBy(() -> new Cors(Set.of("*"), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CORSCredentials");
  }

  @Test
  void a_page_of_another_site_cannot_steer_what_needs_no_key() {
    String start = DURABLE + "/orchestrators/Flow";
    try (TestServer server =
        with(false, true, Map.of(), new Cors(Set.of("http://a.test"), false))) {
      HttpResponse<String> forged =
          server.post(start, "1", "Sec-Fetch-Site", "cross-site", "Origin", "http://evil.test");

      assertThat(forged.statusCode()).isEqualTo(403);
      assertThat(forged.body()).contains("CORS");
      assertThat(server.hub.starts()).isEmpty();
      assertThat(
              server
                  .post(start, "1", "Sec-Fetch-Site", "cross-site", "Origin", "http://a.test")
                  .statusCode())
          .isEqualTo(202);
      assertThat(server.post(start, "1", "Sec-Fetch-Site", "same-site").statusCode())
          .isEqualTo(202);
      assertThat(server.post(start, "1", "Origin", "http://evil.test").statusCode()).isEqualTo(403);
      assertThat(server.get(DURABLE + "/instances", "Sec-Fetch-Site", "cross-site").statusCode())
          .isEqualTo(200);
    }
    try (TestServer server = new TestServer(TestServer.Options::withKeys)) {
      assertThat(server.post(start, "1", "Sec-Fetch-Site", "cross-site").statusCode())
          .isEqualTo(401);
    }
  }

  @Test
  void readiness_tells_its_reasons() {
    try (TestServer server = new TestServer()) {
      assertThat(server.get("/readyz").body()).isEqualTo("{\"status\":\"ready\",\"reasons\":[]}");

      server.host.notReady("The app is still loading.");

      HttpResponse<String> reply = server.get("/readyz");
      assertThat(reply.statusCode()).isEqualTo(503);
      assertThat(reply.body())
          .isEqualTo("{\"status\":\"not ready\",\"reasons\":[\"The app is still loading.\"]}");
    }
  }
}
