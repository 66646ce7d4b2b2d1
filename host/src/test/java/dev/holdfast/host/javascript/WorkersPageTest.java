package dev.holdfast.host.javascript;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The worker that people copy from docs/workers.md runs as it stands there. */
@NeedsNode
@Timeout(360)
class WorkersPageTest {
  private static final Path PAGE = Path.of("..", "docs", "workers.md");
  private static final Pattern CODE = Pattern.compile("```js\\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void the_worker_in_javascript_greets() throws Exception {
    Matcher code = CODE.matcher(Files.readString(PAGE));
    assertThat(code.find()).isTrue();
    assertThat(code.group(1)).contains("localhost:4001");

    try (JavaScript js = new JavaScript(folder)) {
      js.workerOf(code.group(1).replace("localhost:4001", "localhost:" + js.host.grpcPort()));

      assertThat(js.run("Greet", List.of("Tokyo", "London", "Seattle")).output())
          .isEqualTo("[\"Hello Tokyo!\",\"Hello London!\",\"Hello Seattle!\"]");
    }
  }
}
