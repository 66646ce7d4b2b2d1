package dev.holdfast.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.host.cli.DataFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Commands in this process, and a host that answers what the test wants and notes what it is asked.
 */
abstract class CommandsAtHost {
  @TempDir Path data;

  final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  final List<@Nullable String> addressees = Collections.synchronizedList(new ArrayList<>());
  final Deque<Answer> answers = new ArrayDeque<>();
  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();
  HttpServer host;
  Runnable meanwhile = () -> {};

  record Answer(int status, String body, String continuation) {}

  @BeforeEach
  void start() throws IOException {
    host = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    host.createContext("/", this::answer);
    host.start();
    new DataFolder(data).announce(url(), "id-1");
  }

  final URI url() {
    return URI.create("http://127.0.0.1:" + host.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    host.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String page = exchange.getRequestHeaders().getFirst("x-ms-continuation-token");
    String key = exchange.getRequestHeaders().getFirst("x-functions-key");
    addressees.add(exchange.getRequestHeaders().getFirst("x-holdfast-host"));
    asked.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + (body.isEmpty() ? "" : " " + body)
            + (page == null ? "" : " page " + page)
            + (key == null ? "" : " key " + key));
    Answer answer;
    synchronized (answers) {
      answer = answers.size() > 1 ? answers.remove() : answers.element();
    }
    if (answer.status() == 421) {
      meanwhile.run();
    }
    byte[] bytes = answer.body().getBytes(UTF_8);
    exchange.getResponseHeaders().add("x-ms-continuation-token", answer.continuation());
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  final void willAnswer(int status, String body) {
    willAnswer(status, body, "");
  }

  final void willAnswer(int status, String body, String continuation) {
    synchronized (answers) {
      answers.add(new Answer(status, body, continuation));
    }
  }

  /** Runs a command line; a text between single quotes is one argument. */
  final int run(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  final int runHere(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--data");
    all.add(data.toString());
    return run(all.toArray(String[]::new));
  }
}
