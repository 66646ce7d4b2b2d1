package dev.holdfast.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The streams that tell open pages of changes. */
class LiveTest {
  private final TestServer server = new TestServer(options -> options.withAnnex(new Dashboard()));
  private final List<BufferedReader> open = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (BufferedReader each : open) {
      each.close();
    }
    server.close();
  }

  private HttpURLConnection connect(String query) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create(server.origin() + "/dashboard/live" + query).toURL().openConnection();
    connection.setReadTimeout(30_000);
    return connection;
  }

  private BufferedReader stream(String query) throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connect(query).getInputStream(), StandardCharsets.UTF_8));
    open.add(lines);
    return lines;
  }

  private static String data(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data: ")) {
        return line;
      }
    }
    throw new AssertionError("The stream ended without an event");
  }

  @Test
  void a_page_hears_that_its_instance_has_changed_and_not_how() throws IOException {
    server.hub.put("one", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    BufferedReader lines = stream("?id=one");
    String before = data(lines);

    server.hub.becomes("one", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED, "\"secret\"");
    String after = data(lines);

    assertThat(after).isNotEqualTo(before).doesNotContain("secret", "one");
  }

  @Test
  void streams_beyond_the_limit_of_a_session_are_refused_and_the_page_polls() throws IOException {
    for (int i = 0; i < Live.SHARED_STREAMS_MAX; i++) {
      stream("");
    }

    assertThat(connect("").getResponseCode()).isEqualTo(429);
  }
}
