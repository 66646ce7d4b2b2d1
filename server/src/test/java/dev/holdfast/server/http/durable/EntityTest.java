package dev.holdfast.server.http.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.http.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** The rows about entities of the HTTP API: functions-host.md A.2 and A.10. */
class EntityTest {
  private static final String ENTITIES = TestServer.DURABLE + "/entities";

  @Test
  void a_signal_is_accepted_and_the_state_read() {
    try (TestServer server = new TestServer()) {
      HttpResponse<String> accepted =
          server.post(
              ENTITIES + "/Counter/k1?op=add", "{\"n\":1}", "Content-Type", "application/json");
      HttpResponse<String> state = server.get(ENTITIES + "/counter/k1");

      assertThat(accepted.statusCode()).isEqualTo(202);
      assertThat(accepted.body()).isEmpty();
      assertThat(state.statusCode()).isEqualTo(200);
      assertThat(state.body()).isEqualTo("{\"n\":1}");
    }
  }

  @Test
  void what_is_no_json_is_a_text() {
    try (TestServer server = new TestServer()) {
      server.post(ENTITIES + "/note/k?op=write", "two words", "Content-Type", "text/plain");

      assertThat(server.get(ENTITIES + "/note/k").body()).isEqualTo("\"two words\"");
    }
  }

  @Test
  void the_dollar_sign_is_the_empty_key() {
    try (TestServer server = new TestServer()) {
      server.post(ENTITIES + "/counter/$?op=add", "1", "Content-Type", "application/json");

      assertThat(server.get(ENTITIES + "/counter/$").body()).isEqualTo("1");
      assertThat(server.get(ENTITIES + "/counter?fetchState=true").body())
          .contains("\"entityId\":{\"name\":\"counter\",\"key\":\"\"}")
          .contains("\"state\":1");
      assertThat(server.get(ENTITIES).body()).doesNotContain("\"state\"");
    }
  }

  @Test
  void an_escaped_slash_is_part_of_the_key() {
    try (TestServer server = new TestServer()) {
      server.post(ENTITIES + "/note/a%2Fb?op=write", "1", "Content-Type", "application/json");

      assertThat(server.get(ENTITIES + "/note/a%2fb").body()).isEqualTo("1");
      assertThat(server.get(ENTITIES + "/note/a/b").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void what_is_wrong_says_so() {
    try (TestServer server = new TestServer()) {
      HttpResponse<String> bad =
          server.post(ENTITIES + "/counter/k?op=add", "{", "Content-Type", "application/json");

      assertThat(bad.statusCode()).isEqualTo(400);
      assertThat(bad.body()).contains("Could not parse JSON content");
      assertThat(server.get(ENTITIES + "/counter/none").statusCode()).isEqualTo(404);
      assertThat(server.post(ENTITIES + "/counter", "1").statusCode()).isEqualTo(404);
      assertThat(server.send("PUT", ENTITIES + "/counter/k", null).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void deleting_signals_it() {
    try (TestServer server = new TestServer()) {
      assertThat(server.send("DELETE", ENTITIES + "/counter/k", null).statusCode()).isEqualTo(202);
    }
  }
}
