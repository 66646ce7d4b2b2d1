package dev.holdfast.server.http;

import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.http.HttpServerConfig.Cors;
import dev.holdfast.server.http.HttpServerConfig.Limits;
import dev.holdfast.server.http.RawClient.Answer;
import dev.holdfast.server.http.routes.FakeFunctions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser sends because a page of another site wants it to, to a host without keys. */
class ForeignPagesTest {
  private static final List<String> PATHS =
      List.of(
          "/",
          "/healthz",
          "/readyz",
          DURABLE + "/instances",
          DURABLE + "/instances/a",
          DURABLE + "/orchestrators/Flow",
          "/runtime/webhooks/holdfast/metrics",
          "/runtime/webhooks/holdfast/instances/a/why",
          "/admin/host/status",
          "/admin/host/keys",
          "/admin/host/drain",
          "/admin/functions/Hello",
          "/api/open",
          "/nothing");

  private final TestServer server =
      new TestServer(
          options ->
              options.withConfig(
                  before ->
                      new HttpServerConfig(
                          "127.0.0.1",
                          0,
                          false,
                          true,
                          Map.of(),
                          new Cors(Set.of("http://a.test"), false),
                          Limits.DEFAULT,
                          Set.of("dev.example"),
                          Admission.ofHeap())));

  @BeforeEach
  void serve() {
    server
        .site
        .functions()
        .serve(
            new FakeFunctions(
                List.of(new HttpRoute("Open", "open", List.of(), AuthLevel.ANONYMOUS))));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Answer ask(String method, String path, String host, String... lines) throws IOException {
    try (RawClient client = new RawClient(server.port)) {
      StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
      request.append("Host: ").append(host).append("\r\nContent-Length: 0\r\n");
      for (String line : lines) {
        request.append(line).append("\r\n");
      }
      return client.send(request + "\r\n").answer();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:7071",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "127.evil.example",
        "0.0.0.0:7071",
        "10.0.0.1",
        "[::2]",
        "[::]",
        "a\"<script>"
      })
  void a_name_that_is_not_ours_is_refused_whatever_is_asked(String host) throws IOException {
    for (String method : List.of("GET", "POST", "PUT", "DELETE", "OPTIONS")) {
      for (String path : PATHS) {
        // As after DNS rebinding: to the browser this is one site.
        Answer answer = ask(method, path, host, "Origin: http://" + host);

        assertThat(answer.status()).as("%s %s", method, path).isIn(403, 400);
      }
    }
    assertThat(server.hub.starts()).isEmpty();
    assertThat(server.host.done()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:7071",
        "LocalHost.",
        "127.0.0.1",
        "127.0.0.2:80",
        "[::1]:7071",
        "[0:0:0:0:0:0:0:1]",
        "dev.example:8080"
      })
  void our_names_are_answered(String host) throws IOException {
    assertThat(ask("GET", "/admin/host/status", host).status()).isEqualTo(200);
    assertThat(ask("POST", "/api/open", host, "Origin: http://" + host).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example",
        "null",
        "http://localhost:3000",
        "http://127.0.0.1",
        "file://",
        "http://a.test.evil.example",
        "chrome-extension://x"
      })
  void an_origin_that_is_not_allowed_is_refused_on_every_verb(String origin) throws IOException {
    for (String method : List.of("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")) {
      for (String path : PATHS) {
        Answer answer = ask(method, path, "localhost:7071", "Origin: " + origin);

        assertThat(answer.status()).as("%s %s", method, path).isEqualTo(403);
      }
    }
    assertThat(server.send("HEAD", "/api/open", null, "Origin", origin).statusCode())
        .isEqualTo(403);
    assertThat(server.hub.starts()).isEmpty();
    assertThat(server.host.done()).isEmpty();
  }

  @Test
  void our_own_pages_allowed_ones_and_programs_go_on() throws IOException {
    String start = DURABLE + "/orchestrators/Flow";
    assertThat(ask("POST", start, "localhost:7071").status()).isEqualTo(202);
    for (String origin :
        List.of("http://localhost:7071", "http://127.0.0.1:7071", "http://a.test")) {
      assertThat(ask("POST", start, "localhost:7071", "Origin: " + origin).status())
          .as(origin)
          .isEqualTo(202);
    }
  }

  @Test
  void a_picture_of_another_page_calls_no_function_but_a_followed_link_does() throws IOException {
    String[] picture = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"};
    String[] link = {
      "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"
    };
    assertThat(ask("GET", "/api/open", "localhost", picture).status()).isEqualTo(403);
    assertThat(ask("GET", "/api/open", "localhost", "Sec-Fetch-Site: same-site").status())
        .isEqualTo(403);
    assertThat(
            ask(
                    "GET",
                    "/api/open",
                    "localhost",
                    "Sec-Fetch-Site: cross-site",
                    "Referer: http://a.test/page")
                .status())
        .isEqualTo(200);
    assertThat(ask("GET", "/api/open", "localhost", link).status()).isEqualTo(200);
    assertThat(ask("GET", "/api/open", "localhost", "Sec-Fetch-Site: none").status())
        .isEqualTo(200);
  }

  @Test
  void keys_are_not_managed_while_none_is_required() throws IOException {
    for (String path :
        List.of(
            "/admin/host/keys",
            "/admin/host/keys/_master",
            "/admin/host/functionkeys/mine",
            "/admin/host/systemkeys/durabletask_extension",
            "/admin/host/default",
            "/admin/host/master",
            "/admin/functions/Hello/keys",
            "/admin/functions/Hello/keys/mine")) {
      for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
        Answer answer = ask(method, path, "localhost");

        boolean all = path.endsWith("keys") && !method.equals("GET");
        assertThat(answer.status()).as("%s %s", method, path).isEqualTo(all ? 405 : 403);
        assertThat(answer.body()).contains(all ? "" : "holdfast keys");
      }
    }
    assertThat(server.keys.active()).isEmpty();
  }
}
