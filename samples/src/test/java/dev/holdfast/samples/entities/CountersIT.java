package dev.holdfast.samples.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class CountersIT {

  @Test
  void clients_and_orchestrators_add_and_nobody_is_lost(RunningApp app) {
    for (int i = 0; i < 10; i++) {
      add(app, "crowd", 2);
    }
    List<RunningApp.Started> visits = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      visits.add(app.start("/api/StartCountVisit", "{\"counter\":\"crowd\",\"guests\":3}"));
    }
    for (RunningApp.Started visit : visits) {
      assertThat(visit.awaitOutput().longValue()).isBetween(3L, 50L);
    }

    await().until(() -> count(app, "crowd") == 50);
  }

  @Test
  void case_counts_in_the_key_only(RunningApp app) {
    add(app, "Case", 1);

    await().until(() -> count(app, "Case") == 1);
    assertThat(count(app, "case")).isZero();
  }

  private static void add(RunningApp app, String counter, long amount) {
    String path = "/api/counters/" + counter + "/add/" + amount;
    assertThat(app.post(path, "").statusCode()).isEqualTo(202);
  }

  private static long count(RunningApp app, String counter) {
    return app.startOrchestrator(
            "CountVisit", "{\"counter\":\"%s\",\"guests\":0}".formatted(counter))
        .awaitOutput()
        .longValue();
  }
}
