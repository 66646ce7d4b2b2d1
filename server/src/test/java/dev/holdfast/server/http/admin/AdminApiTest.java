package dev.holdfast.server.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.server.http.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminApiTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
    secured.close();
  }

  /** A host that asks for keys, and who has its master key. */
  private static final class Secured implements AutoCloseable {
    private final TestServer server = new TestServer(TestServer.Options::withKeys);
    private String master = server.keys.createMissing().get(0).secret();

    HttpResponse<String> get(String path) {
      return server.get(path, "x-functions-key", master);
    }

    HttpResponse<String> send(String method, String path, @Nullable String body) {
      return server.send(method, path, body, "x-functions-key", master);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private final Secured secured = new Secured();

  private JsonNode json(HttpResponse<String> reply) throws IOException {
    return MAPPER.readTree(reply.body());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /admin/host/ping, 200",
    "POST, /admin/host/ping, 200",
    "HEAD, /admin/host/ping, 200",
    "OPTIONS, /admin/host/ping, 204",
    "DELETE, /admin/host/ping, 405",
    "POST, /admin/host/restart, 202",
    "GET, /admin/host/restart, 405",
    "POST, /admin/host/drain, 202",
    "POST, /admin/host/resume, 202",
    "GET, /admin/host/drain/status, 200",
    "GET, /admin/host/config, 200",
    "GET, /admin/host/processes, 200",
    "GET, /admin/host/extensions, 200",
    "POST, /admin/host/synctriggers, 200",
    "POST, /admin/host/log, 200",
    "GET, /admin/host/clock, 200",
    "POST, /admin/host/clock, 200",
    "PUT, /admin/host/clock, 405",
    "GET, /admin/warmup, 200",
    "POST, /Admin/Warmup, 200",
    "GET, /admin, 404",
    "GET, /admin/host, 404",
    "GET, /admin/host/status/x, 404",
    "GET, /admin/functions/Nope, 404",
    "GET, /admin/functions/Nope/status, 404",
    "DELETE, /admin/functions/Hello, 405",
    "POST, /admin/functions, 405",
    "GET, /admin/functions/Hello/x, 404",
    "GET, /admin/functions/Hello/keys/a/b, 404",
    "GET, /admin/functions/Nope/keys, 403"
  })
  void verbs_and_paths(String method, String path, int status) {
    assertThat(server.send(method, path, null).statusCode()).isEqualTo(status);
  }

  @Test
  void the_clock_tells_why_it_is_not_followed_until_somebody_confirms_it() throws IOException {
    JsonNode jumped = json(server.send("GET", "/admin/host/clock", null));
    assertThat(jumped.path("hub").asText()).isEqualTo("1970-01-01T00:00:00Z");
    assertThat(jumped.path("aheadMillis").asLong()).isEqualTo(3_000);
    assertThat(jumped.path("alarm").asText()).isEqualTo("It has jumped.");

    JsonNode confirmed = json(server.send("POST", "/admin/host/clock", null));

    assertThat(confirmed.path("alarm").isNull()).isTrue();
    assertThat(server.host.done()).contains("clock confirmed");
  }

  @Test
  void the_status_tells_how_the_host_is() throws IOException {
    JsonNode status = json(server.get("/admin/host/status"));

    assertThat(status.get("id").asText()).isEqualTo("host-1");
    assertThat(status.get("state").asText()).isEqualTo("Running");
    assertThat(status.get("processUptime").asLong()).isEqualTo(3000);
    assertThat(status.get("errors").isArray()).isTrue();
  }

  @Test
  void the_host_can_be_taken_off_and_put_on_again() {
    assertThat(server.get("/admin/host/state").body()).isEqualTo("\"running\"");
    assertThat(server.send("PUT", "/admin/host/state", "\"offline\"").statusCode()).isEqualTo(202);
    assertThat(server.get("/admin/host/state").body()).isEqualTo("\"offline\"");
    assertThat(server.get("/admin/host/drain/status").body()).isEqualTo("{\"state\":\"Draining\"}");
    assertThat(server.send("PUT", "/admin/host/state", "running").statusCode()).isEqualTo(202);
    assertThat(server.send("PUT", "/admin/host/state", "asleep").statusCode()).isEqualTo(400);
    assertThat(server.host.done()).containsExactly("drain", "resume");
  }

  @Test
  void functions_are_listed_with_their_urls() throws IOException {
    JsonNode all = json(server.get("/admin/functions"));
    JsonNode hello = json(server.get("/admin/functions/hello"));

    assertThat(all.findValuesAsText("name")).containsExactly("Hello", "Nightly", "Off");
    assertThat(hello).isEqualTo(all.get(0));
    assertThat(hello.get("invoke_url_template").asText())
        .isEqualTo(server.origin() + "/api/greet/{name}");
    assertThat(hello.get("href").asText()).isEqualTo(server.origin() + "/admin/functions/Hello");
    assertThat(hello.get("isDisabled").asBoolean()).isFalse();
    assertThat(all.get(2).get("isDisabled").asBoolean()).isTrue();
    assertThat(hello.get("config").get("bindings").isArray()).isTrue();
    assertThat(json(server.get("/admin/functions/Broken/status")).get("errors").get(0).asText())
        .contains("%X%");
  }

  @Test
  void a_function_is_run_by_hand_and_answered_at_once() {
    HttpResponse<String> reply = server.post("/admin/functions/nightly", "{\"input\":\"x y\"}");

    assertThat(reply.statusCode()).isEqualTo(202);
    assertThat(reply.body()).isEmpty();
    assertThat(server.post("/admin/functions/Nightly", "{}").statusCode()).isEqualTo(202);
    assertThat(server.post("/admin/functions/Nightly", "{\"input\":{\"a\":1}}").statusCode())
        .isEqualTo(202);
    assertThat(server.host.done())
        .containsExactly("Nightly(x y)", "Nightly()", "Nightly({\"a\":1})");
    assertThat(server.send("POST", "/admin/functions/Nightly", null).statusCode()).isEqualTo(400);
    assertThat(server.post("/admin/functions/Nope", "{}").statusCode()).isEqualTo(404);
    assertThat(server.post("/admin/functions/Off", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void keys_are_made_listed_renewed_and_deleted() throws IOException {
    String at = "/admin/functions/Hello/keys/mine";
    HttpResponse<String> made = secured.send("POST", at, null);
    HttpResponse<String> renewed = secured.send("POST", at, null);
    HttpResponse<String> chosen =
        secured.send("PUT", at, "{\"name\":\"mine\",\"value\":\"0123456789abcdef\"}");

    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(renewed.statusCode()).isEqualTo(200);
    String first = json(made).get("value").asText();
    String second = json(renewed).get("value").asText();
    assertThat(first).startsWith("hfk_function_").isNotEqualTo(second);
    assertThat(json(chosen).get("value").asText()).isEqualTo("0123456789abcdef");
    assertThat(secured.server.keys.recognise(first)).isEmpty();
    assertThat(secured.server.keys.recognise(second)).isEmpty();
    assertThat(secured.server.keys.recognise("0123456789abcdef")).isPresent();
    assertThat(secured.get("/admin/functions/Hello/keys").body())
        .isEqualTo("{\"keys\":[{\"name\":\"mine\",\"value\":null}],\"links\":[]}");
    assertThat(secured.send("PUT", at, "{\"value\":\"short\"}").statusCode()).isEqualTo(400);
    assertThat(secured.send("DELETE", at, null).statusCode()).isEqualTo(204);
    assertThat(secured.send("DELETE", at, null).statusCode()).isEqualTo(404);
    assertThat(secured.get(at).statusCode()).isEqualTo(404);
  }

  @Test
  void host_keys_and_the_master_key_have_paths_of_their_own() throws IOException {
    assertThat(secured.get("/admin/host/keys").body()).contains("\"name\":\"default\"");
    assertThat(secured.get("/admin/host/functionkeys/default").statusCode()).isEqualTo(200);
    assertThat(secured.get("/admin/host/default").statusCode()).isEqualTo(200);
    assertThat(secured.get("/admin/host/systemkeys").body()).contains("durabletask_extension");
    assertThat(secured.send("DELETE", "/admin/host/keys/_master", null).statusCode())
        .isEqualTo(400);
    String master = json(secured.send("POST", "/admin/host/master", null)).get("value").asText();
    assertThat(master).startsWith("hfk_master_");
    assertThat(secured.get("/admin/host/ping").statusCode()).as("the one before").isEqualTo(401);
    secured.master = master;
    assertThat(
            json(secured.send("POST", "/admin/host/systemkeys/durabletask_extension", null))
                .get("value")
                .asText())
        .startsWith("hfk_system_");
    assertThat(secured.get("/admin/host/keys/none").statusCode()).isEqualTo(404);
  }
}
