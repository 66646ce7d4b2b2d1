package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The curl lines that people will copy are tried, each in its order. */
@ExtendWith(Samples.class)
class ReadmeIT {

  private static final Pattern URL = Pattern.compile("http://localhost:7071(/[^\\s'\"]*)");
  private static final Pattern DATA = Pattern.compile("-d '([^']*)'");

  @Test
  void lines_of_readme(SampleApp app) throws IOException {
    Path readme = module().getParent().resolve("README.md");

    assertThat(tryAll(app, Files.readAllLines(readme))).isGreaterThan(15);
  }

  @Test
  void lines_above_the_samples(SampleApp app) throws IOException {
    try (Stream<Path> files = Files.walk(module().resolve("src/main/java"))) {
      int tried = 0;
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).sorted().toList()) {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
          lines.add(line.replaceFirst("^ \\* ?", ""));
        }
        tried += tryAll(app, lines);
      }
      assertThat(tried).isGreaterThan(10);
    }
  }

  private static int tryAll(SampleApp app, List<String> lines) {
    int tried = 0;
    for (String command : commands(lines)) {
      Matcher url = URL.matcher(command);
      assertThat(url.find()).as(command).isTrue();
      // A line with a place for an id cannot be tried as it stands.
      if (!url.group(1).contains("/ID")) {
        HttpResponse<String> response = run(app, command, url.group(1));
        assertThat(response.statusCode()).as(command + " → " + response.body()).isLessThan(300);
        tried++;
      }
    }
    return tried;
  }

  private static List<String> commands(List<String> lines) {
    List<String> commands = new ArrayList<>();
    boolean continued = false;
    for (String line : lines) {
      String text = line.strip();
      if (continued) {
        int last = commands.size() - 1;
        commands.set(last, commands.get(last) + " " + text);
      } else if (text.startsWith("curl ")) {
        commands.add(text);
      }
      continued = (continued || text.startsWith("curl ")) && text.endsWith("\\");
    }
    return commands;
  }

  private static HttpResponse<String> run(SampleApp app, String command, String path) {
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
