package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every curl line that people will copy from README, docs or the samples is sent, page by page. */
@ExtendWith(SharedHost.class)
class PagesIT {

  private static final Pattern URL = Pattern.compile("http://localhost:7071(/[^\\s'\";]*)");
  private static final Pattern DATA = Pattern.compile("-d '([^']*)'");
  private static final Pattern START = Pattern.compile("(until )?curl .*");

  /** Pages write this where readers put in the id that the answer before has shown them. */
  private static final String ID = "/ID";

  private final List<String> sent = new ArrayList<>();
  private String lastId = "";

  @Test
  void lines_of_readme_and_docs(RunningApp app) throws IOException {
    Path root = module().getParent();
    startOne(app);
    sendAll(app, Files.readAllLines(root.resolve("README.md")));
    try (Stream<Path> pages = Files.list(root.resolve("docs"))) {
      for (Path page : pages.filter(it -> it.toString().endsWith(".md")).sorted().toList()) {
        sendAll(app, Files.readAllLines(page));
      }
    }

    assertThat(sent)
        .hasSizeGreaterThan(30)
        .contains("/readyz", "/api/StartBookTrip", "/runtime/webhooks/holdfast/metrics");
  }

  @Test
  void lines_above_the_samples(RunningApp app) throws IOException {
    startOne(app);
    try (Stream<Path> files = Files.walk(module().resolve("src/main/java"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).sorted().toList()) {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
          lines.add(line.replaceFirst("^ \\* ?", ""));
        }
        sendAll(app, lines);
      }
    }

    assertThat(sent).hasSizeGreaterThan(10);
  }

  /** Lines with {@link #ID} before any line that starts something are about this instance. */
  private void startOne(RunningApp app) {
    lastId = app.start("/api/StartHelloSequence", "").id();
  }

  private void sendAll(RunningApp app, List<String> lines) {
    for (String command : commands(lines)) {
      Matcher url = URL.matcher(command);
      assertThat(url.find()).as(command).isTrue();
      String path = url.group(1);
      HttpResponse<String> response = send(app, command, path.replace(ID, "/" + lastId));
      if (path.endsWith("/retry")) {
        // Nothing is blocked here: the instance runs (409) or has ended (410).
        assertThat(response.statusCode()).as(command + " → " + response.body()).isIn(409, 410);
      } else {
        assertThat(response.statusCode()).as(command + " → " + response.body()).isLessThan(300);
      }
      rememberId(command, response);
      sent.add(path);
    }
  }

  private void rememberId(String command, HttpResponse<String> response) {
    if (command.contains("-X POST") && response.body().startsWith("{")) {
      JsonNode id = RunningApp.json(response.body()).get("id");
      lastId = id == null ? lastId : id.textValue();
    }
  }

  private static List<String> commands(List<String> lines) {
    List<String> commands = new ArrayList<>();
    boolean continued = false;
    for (String line : lines) {
      String text = line.strip();
      boolean begins = START.matcher(text).matches();
      if (continued) {
        int last = commands.size() - 1;
        commands.set(last, commands.get(last) + " " + text);
      } else if (begins) {
        commands.add(text);
      }
      continued = (continued || begins) && text.endsWith("\\");
    }
    return commands;
  }

  private static HttpResponse<String> send(RunningApp app, String command, String path) {
    Matcher data = DATA.matcher(command);
    String body = data.find() ? data.group(1) : "";
    if (command.contains("-X POST")) {
      return app.post(path, body);
    }
    // What the line before has only signalled may not have happened yet.
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> app.get(path), response -> response.statusCode() != 404);
  }

  private static Path module() {
    return Path.of(System.getProperty("samples.module"));
  }
}
