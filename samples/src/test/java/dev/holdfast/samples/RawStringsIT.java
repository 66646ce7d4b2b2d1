package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples do not depend on whether the host takes the quotes off text parameters. */
class RawStringsIT {

  @TempDir Path data;

  @Test
  void results_are_the_same_when_text_comes_with_its_quotes() throws Exception {
    Map<String, String> raw =
        Map.of("AzureFunctionsJobHost__extensions__durableTask__activityStringInput", "raw");
    try (AppHost host = AppHost.start(data, raw)) {
      RunningApp app = new RunningApp(host.url());

      assertThat(app.startOrchestrator("HelloSequence", "").awaitOutput())
          .hasToString("[\"Hello Tokyo!\",\"Hello London!\",\"Hello Seattle!\"]");
      assertThat(app.startOrchestrator("WordCount", "").awaitOutput().get("total").intValue())
          .isEqualTo(16);
      assertThat(app.startOrchestrator("MakeReport", "{\"pages\":1}").awaitOutput().get("pages"))
          .hasToString("[\"Untitled, page 1\"]");
      assertThat(app.startOrchestrator("OnboardTeam", "").awaitOutput().get("ready").get(0))
          .asString()
          .startsWith("\"grace@compilers with laptop");
      assertThat(app.startOrchestrator("BookTrip", "").awaitOutput().get("status").textValue())
          .isEqualTo("Booked");
    }
  }
}
