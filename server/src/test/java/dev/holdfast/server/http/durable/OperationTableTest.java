package dev.holdfast.server.http.durable;

import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on every status an instance can have, and on none. */
class OperationTableTest {
  private static final List<String> STATUSES =
      List.of("unknown", "Pending", "Running", "Suspended", "Completed", "Failed", "Terminated");

  /**
   * Verb and path after the id, then the codes in the order of {@link #STATUSES}; E is "no body", H
   * is "no body, but its head".
   */
  private static final Map<String, String> TABLE =
      Map.ofEntries(
          Map.entry("GET ", "404E 202 202 202 200 200 200"),
          Map.entry("GET ?returnInternalServerErrorOnFailure=true", "404E 202 202 202 200 500 200"),
          Map.entry("DELETE ", "404E 412 412 412 200 200 200"),
          Map.entry("POST /terminate?reason=x", "404E 202E 202E 202E 410E 410E 410E"),
          Map.entry("POST /suspend?reason=x", "404E 202E 202E 500 410E 410E 410E"),
          Map.entry("POST /resume?reason=x", "404E 500 500 202E 410E 410E 410E"),
          Map.entry("POST /rewind?reason=x", "404 412 412 412 412 202E 412"),
          Map.entry("POST /restart", "400 202 202 202 202 202 202"),
          Map.entry("POST /restart?restartWithNewInstanceId=false", "400 409 409 409 202 202 202"),
          Map.entry("POST /raiseEvent/Go", "404E 202E 202E 202E 410E 410E 410E"),
          Map.entry("PUT ", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("POST ", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("HEAD ", "404E 202H 202H 202H 200H 200H 200H"),
          Map.entry("OPTIONS ", "204E 204E 204E 204E 204E 204E 204E"),
          Map.entry("PATCH ", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("GET /terminate", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("DELETE /terminate", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("GET /raiseEvent/Go", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("POST /raiseEvent", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("POST /raiseEvent/", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("POST /raiseEvent/a/b", "404E 404E 404E 404E 404E 404E 404E"),
          Map.entry("POST /nonsense", "404E 404E 404E 404E 404E 404E 404E"));

  private static TestServer server;

  @BeforeAll
  static void open() {
    server = new TestServer();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  static List<Arguments> rows() {
    List<Arguments> rows = new ArrayList<>();
    TABLE.forEach(
        (operation, codes) -> {
          String[] expected = codes.split(" ", -1);
          for (int i = 0; i < expected.length; i++) {
            rows.add(Arguments.of(operation, STATUSES.get(i), expected[i]));
          }
        });
    return rows;
  }

  @ParameterizedTest(name = "{0} on {1} is {2}")
  @MethodSource("rows")
  void row(String operation, String status, String expected) {
    String id = "row-" + Integer.toHexString((operation + status).hashCode());
    if (!status.equals("unknown")) {
      server.hub.put(
          id,
          OrchestrationStatus.valueOf("ORCHESTRATION_STATUS_" + status.toUpperCase(Locale.ROOT)));
    }
    String[] verbAndRest = operation.split(" ", 2);

    HttpResponse<String> reply =
        server.send(
            verbAndRest[0],
            DURABLE + "/instances/" + id + verbAndRest[1],
            verbAndRest[1].startsWith("/raiseEvent") ? "{}" : null,
            "Content-Type",
            "application/json");

    boolean empty = expected.endsWith("E");
    assertThat(reply.statusCode()).isEqualTo(Integer.parseInt(expected.replaceAll("[EH]", "")));
    if (empty) {
      assertThat(reply.body()).isEmpty();
      assertThat(reply.headers().firstValue("Content-Type")).isEmpty();
    } else {
      assertThat(reply.body().isEmpty()).isEqualTo(expected.endsWith("H"));
      assertThat(reply.headers().firstValue("Content-Type"))
          .hasValue("application/json; charset=utf-8");
    }
  }
}
