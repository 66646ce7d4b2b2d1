package dev.holdfast.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.server.http.HttpServerConfig.Cors;
import dev.holdfast.server.http.HttpServerConfig.Limits;
import dev.holdfast.server.http.routes.FakeFunctions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Header lines as they are on the wire. */
class HeadersTest {
  private final FakeFunctions functions =
      new FakeFunctions(List.of(new HttpRoute("Open", "open", List.of(), AuthLevel.ANONYMOUS)));
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
                          Map.of("X-Custom", "host", "X-Other", "host", "Content-Type", "x/host"),
                          new Cors(Set.of("http://a.test"), false),
                          Limits.DEFAULT)));

  @BeforeEach
  void serve() {
    server.site.functions().serve(functions);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void answer(String... lines) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < lines.length; i += 2) {
      headers.put(lines[i], lines[i + 1]);
    }
    functions.answer(
        call ->
            CompletableFuture.completedFuture(
                new HttpReply(200, headers, "text/mine", List.of("a=1", "b=2"), new byte[0])));
  }

  /** The lines of the head, as they came. */
  private List<String> head(String... lines) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port)) {
      StringBuilder request = new StringBuilder("GET /api/open HTTP/1.1\r\nHost: localhost\r\n");
      for (String line : lines) {
        request.append(line).append("\r\n");
      }
      request.append("Connection: close\r\n\r\n");
      socket.getOutputStream().write(request.toString().getBytes(ISO_8859_1));
      String all = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      return new ArrayList<>(List.of(all.split("\r\n", -1)));
    }
  }

  private static List<String> of(List<String> head, String name) {
    return head.stream()
        .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .toList();
  }

  @Test
  void each_header_is_one_line_and_the_functions_value_wins() throws IOException {
    answer("x-custom", "mine", "Date", "Thu, 01 Jan 1970 00:00:00 GMT", "Vary", "Accept");

    List<String> head = head("Origin: http://a.test");

    assertThat(of(head, "x-custom")).containsExactly("mine");
    assertThat(of(head, "x-other")).containsExactly("host");
    assertThat(of(head, "date")).containsExactly("Thu, 01 Jan 1970 00:00:00 GMT");
    assertThat(of(head, "content-type")).containsExactly("text/mine");
    assertThat(of(head, "vary")).containsExactly("Origin, Accept");
    assertThat(of(head, "set-cookie")).containsExactly("a=1", "b=2");
    assertThat(of(head, "access-control-allow-origin")).containsExactly("http://a.test");
  }

  @Test
  void request_headers_are_utf_8_or_else_latin_1() throws IOException {
    List<String> seen = new ArrayList<>();
    functions.answer(
        call -> {
          seen.add(call.headers().get("X-Name").get(0));
          return CompletableFuture.completedFuture(HttpReply.empty(200));
        });

    head("X-Name: " + new String("M\u00f6ller \u2603 \ud83d\ude00".getBytes(UTF_8), ISO_8859_1));
    head("X-Name: M\u00f6ller");
    head("X-Name: plain");

    assertThat(seen).containsExactly("M\u00f6ller \u2603 \ud83d\ude00", "M\u00f6ller", "plain");
  }

  @Test
  void lines_of_one_header_belong_together_in_whatever_case_its_name_is_written()
      throws IOException {
    List<String> seen = new ArrayList<>();
    functions.answer(
        call -> {
          seen.addAll(call.headers().get("X-Part"));
          return CompletableFuture.completedFuture(HttpReply.empty(200));
        });

    head("X-Part: 1", "x-part: 2", "X-PART: 3");

    assertThat(seen).containsExactly("1", "2", "3");
  }

  @Test
  void a_header_that_cannot_be_sent_is_left_out_whole() throws IOException {
    answer(
        "X-Snow",
        "a\u2603b",
        "X-Split",
        "a\r\nX-Evil: b",
        "X-Nul",
        "a\u0000b",
        "X-Latin",
        "\u00e9");

    List<String> head = head();

    assertThat(head.get(0)).contains("200");
    assertThat(head)
        .noneMatch(line -> line.startsWith("X-Snow"))
        .noneMatch(line -> line.startsWith("X-Split"))
        .noneMatch(line -> line.startsWith("X-Evil"))
        .noneMatch(line -> line.startsWith("X-Nul"));
    assertThat(of(head, "x-latin")).containsExactly("\u00e9");
  }

  @Test
  void localhost_is_there_under_both_its_addresses() throws IOException {
    for (String address : List.of("127.0.0.1", "::1")) {
      try (Socket socket = new Socket(InetAddress.getByName(address), server.port)) {
        socket
            .getOutputStream()
            .write(
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(UTF_8));
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
            .as(address)
            .startsWith("HTTP/1.1 200");
      }
    }
  }
}
