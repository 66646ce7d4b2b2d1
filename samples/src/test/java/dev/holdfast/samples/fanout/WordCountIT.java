package dev.holdfast.samples.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class WordCountIT {

  @Test
  void counts_texts_two_at_a_time(RunningApp app) {
    String job = "{\"texts\":[\"to be or not to be\",\"\",\"the question\"],\"inFlightMax\":2}";

    assertThat(app.start("/api/StartWordCount", job).awaitOutput())
        .hasToString("{\"total\":8,\"counts\":[6,0,2]}");
  }

  @Test
  void counts_a_hundred_texts(RunningApp app) {
    String texts = String.join(",", Collections.nCopies(100, "\"one two\""));

    assertThat(
            app.startOrchestrator("WordCount", "{\"texts\":[" + texts + "]}")
                .awaitOutput()
                .get("total")
                .intValue())
        .isEqualTo(200);
  }

  @Test
  void without_a_body_it_counts_texts_of_its_own(RunningApp app) {
    assertThat(app.startOrchestrator("WordCount", "").awaitOutput().get("counts")).hasSize(3);
  }

  @Test
  void a_body_that_does_not_fit_is_refused(RunningApp app) {
    assertThat(app.post("/api/StartWordCount", "{\"text\":1}").statusCode()).isEqualTo(400);
    assertThat(app.post("/api/StartWordCount", "{").statusCode()).isEqualTo(400);
  }
}
