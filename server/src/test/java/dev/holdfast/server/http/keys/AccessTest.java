package dev.holdfast.server.http.keys;

import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.TestServer;
import dev.holdfast.server.http.keys.Key.Kind;
import dev.holdfast.server.http.routes.FakeFunctions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may do what, over real requests, with keys required. */
class AccessTest {
  private static final List<String> WHO =
      List.of(
          "nobody",
          "wrong",
          "function",
          "other",
          "host",
          "worker",
          "system",
          "master",
          "all",
          "read");

  private final TestServer server = new TestServer(TestServer.Options::withKeys);
  private Map<String, String> secrets = Map.of();

  @BeforeEach
  void keys() {
    server
        .site
        .functions()
        .serve(
            new FakeFunctions(
                List.of(
                    new HttpRoute("Open", "open", List.of(), AuthLevel.ANONYMOUS),
                    new HttpRoute("Hello", "hello", List.of(), AuthLevel.FUNCTION),
                    new HttpRoute("Boss", "boss", List.of(), AuthLevel.ADMIN))));
    server.hub.put("a", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    Capabilities capabilities = new Capabilities(server.keys, "TestHub");
    secrets =
        Map.of(
            "wrong", "hfk_master_00000000_nothing",
            "function", server.keys.create(Kind.FUNCTION, "Hello", "default").secret(),
            "other", server.keys.create(Kind.FUNCTION, "Other", "default").secret(),
            "host", server.keys.create(Kind.HOST, "", "default").secret(),
            "worker", server.keys.create(Kind.SYSTEM, "worker1", "worker1").secret(),
            "system", server.keys.create(Kind.SYSTEM, Key.DURABLE, Key.DURABLE).secret(),
            "master", server.keys.create(Kind.MASTER, "", Key.MASTER_NAME).secret(),
            "all", capabilities.ofEverything(),
            "read", capabilities.of("a", EnumSet.of(Permission.READ)));
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** Each line: verb, path, and the code for each of {@link #WHO}, by header. */
  private static final List<String> TABLE =
      List.of(
          "GET /api/open 200 200 200 200 200 200 200 200 200 200",
          "GET /api/hello 401 401 200 401 200 401 401 200 401 401",
          "GET /api/boss 401 401 401 401 401 401 401 200 401 401",
          "GET /api/nowhere 404 404 404 404 404 404 404 404 404 404",
          "GET /admin/host/status 401 401 401 401 401 401 401 200 401 401",
          "GET /admin/functions 401 401 401 401 401 401 401 200 401 401",
          "POST /admin/host/ping 401 401 401 401 401 401 401 200 401 401",
          "GET /admin/nowhere 401 401 401 401 401 401 401 404 401 401",
          "GET /healthz 200 200 200 200 200 200 200 200 200 200",
          "GET /readyz 200 200 200 200 200 200 200 200 200 200",
          "GET / 200 200 200 200 200 200 200 200 200 200",
          "GET D/instances/a 401 401 401 401 401 401 202 202 202 202",
          "GET D/instances/b 401 401 401 401 401 401 404 404 404 401",
          "GET D/instances 401 401 401 401 401 401 200 200 200 401",
          "DELETE D/instances 401 401 401 401 401 401 400 400 400 401",
          "DELETE D/instances/a 401 401 401 401 401 401 412 412 412 401",
          "POST D/instances/a/resume 401 401 401 401 401 401 500 500 500 401",
          "POST D/instances/a/rewind 401 401 401 401 401 401 412 412 412 401",
          "POST D/instances/a/raiseEvent/E 401 401 401 401 401 401 400 400 400 401",
          "POST D/instances/b/restart 401 401 401 401 401 401 400 400 400 401",
          "POST D/instances/b/terminate 401 401 401 401 401 401 404 404 404 401",
          "POST D/instances/b/suspend 401 401 401 401 401 401 404 404 404 401",
          "POST D/orchestrators/Nope 401 401 401 401 401 401 400 400 400 401",
          "POST D/instances/a/nonsense 401 401 401 401 401 401 404 404 404 401",
          "PUT D/instances/a 401 401 401 401 401 401 404 404 404 401",
          "GET D/entities 401 401 401 401 401 401 200 200 200 401",
          "POST D/makeprimary 401 401 401 401 401 401 400 400 400 401",
          "GET D/instances?taskHub=Other 401 401 401 401 401 401 400 400 400 401",
          "GET /runtime/webhooks/holdfast/instances/a/why 401 401 401 401 401 401 404 404 404 404",
          "GET /runtime/webhooks/holdfast/x 401 401 401 401 401 401 404 404 404 401");

  @Test
  void every_path_asks_for_its_key() {
    for (String row : TABLE) {
      String[] cells = row.split(" ", -1);
      for (int i = 0; i < WHO.size(); i++) {
        // A server of its own limits guesses by address; these are not guesses.
        String key = secrets.get(WHO.get(i));
        String path = cells[1].replaceFirst("^D/", DURABLE + "/");
        HttpResponse<String> reply =
            key == null
                ? server.send(cells[0], path, null)
                : server.send(cells[0], path, null, "x-functions-key", key);

        int status = reply.statusCode();
        boolean slowedDown = status == 429 && cells[2 + i].equals("401");
        assertThat(slowedDown ? "401" : String.valueOf(status))
            .as(row + " for " + WHO.get(i))
            .isEqualTo(cells[2 + i]);
        if (status == 401) {
          assertThat(reply.body()).isEmpty();
        }
      }
    }
  }

  @Test
  void the_query_carries_keys_too_but_not_for_admin() {
    assertThat(server.get("/api/hello?code=" + secrets.get("function")).statusCode())
        .isEqualTo(200);
    assertThat(server.get(DURABLE + "/instances?CODE=" + secrets.get("system")).statusCode())
        .isEqualTo(200);
    assertThat(server.get("/admin/host/status?code=" + secrets.get("master")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void the_header_wins_over_the_query() {
    assertThat(
            server
                .get(
                    "/api/hello?code=" + secrets.get("function"),
                    "x-functions-key",
                    secrets.get("wrong"))
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void the_urls_of_a_start_open_their_instance() throws IOException {
    HttpResponse<String> reply =
        server.post(
            DURABLE + "/orchestrators/Flow/mine", "1", "x-functions-key", secrets.get("system"));
    JsonNode urls = new ObjectMapper().readTree(reply.body());
    String status = urls.get("statusQueryGetUri").asText();

    assertThat(server.get(status).statusCode()).isEqualTo(202);
    assertThat(server.get(status).headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(server.get(status.replace("/mine?", "/a?")).statusCode()).isEqualTo(401);
    assertThat(server.send("DELETE", status, null).statusCode()).isEqualTo(401);
    assertThat(
            server
                .post(
                    urls.get("sendEventPostUri").asText().replace("{eventName}", "Go"),
                    "1",
                    "Content-Type",
                    "application/json")
                .statusCode())
        .isEqualTo(202);
    assertThat(
            server
                .post(urls.get("suspendPostUri").asText().replace("{text}", "x"), "")
                .statusCode())
        .isEqualTo(202);
    assertThat(
            server.post(urls.get("resumePostUri").asText().replace("{text}", "x"), "").statusCode())
        .isEqualTo(202);
    assertThat(
            server
                .post(urls.get("terminatePostUri").asText().replace("{text}", "x"), "")
                .statusCode())
        .isEqualTo(202);
    assertThat(server.post(urls.get("restartPostUri").asText(), "").statusCode()).isEqualTo(202);
    assertThat(server.send("DELETE", urls.get("purgeHistoryDeleteUri").asText(), null).statusCode())
        .isEqualTo(200);
  }

  @Test
  void an_app_gets_a_code_that_opens_every_instance() {
    String required = server.site.requiredQueryStringParameters();

    assertThat(required).startsWith("code=");
    assertThat(server.get(DURABLE + "/instances/a?" + required).statusCode()).isEqualTo(202);
  }

  @Test
  void who_keeps_guessing_is_slowed_down_and_a_valid_key_is_not() {
    for (int i = 0; i < 10; i++) {
      assertThat(server.get("/api/hello?code=wrong" + i).statusCode()).isEqualTo(401);
    }
    HttpResponse<String> eleventh = server.get("/api/hello?code=wrong");

    assertThat(eleventh.statusCode()).isEqualTo(429);
    assertThat(eleventh.headers().firstValue("Retry-After")).hasValue("60");
    assertThat(server.get("/api/hello?code=" + secrets.get("function")).statusCode())
        .isEqualTo(200);
    assertThat(server.get("/api/hello").statusCode()).isEqualTo(401);
  }
}
