package dev.holdfast.samples.asynchttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.samples.RunningApp;
import dev.holdfast.samples.SharedHost;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedHost.class)
class ReportsIT {

  @Test
  void is_accepted_then_polled_until_it_is_there(RunningApp app) {
    HttpResponse<String> accepted =
        app.post("/api/reports", "{\"title\":\"Sales\",\"pages\":2,\"pauseMillis\":500}");
    assertThat(accepted.statusCode()).isEqualTo(202);
    String location = accepted.headers().firstValue("Location").orElseThrow();

    HttpResponse<String> early = app.get(URI.create(location).getPath());
    assertThat(early.statusCode()).isEqualTo(202);
    assertThat(early.headers().firstValue("Retry-After")).hasValue("1");

    HttpResponse<String> report =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> app.get(location), answer -> answer.statusCode() != 202);
    assertThat(report.statusCode()).isEqualTo(200);
    assertThat(report.body())
        .isEqualToIgnoringWhitespace(
            "{\"title\":\"Sales\",\"pages\":[\"Sales, page 1\",\"Sales, page 2\"]}");
  }

  @Test
  void tells_how_far_it_is(RunningApp app) {
    RunningApp.Started report =
        app.startOrchestrator("MakeReport", "{\"pages\":3,\"pauseMillis\":60000}");
    report.awaitCustomStatus("page 1 of 3");

    HttpResponse<String> status = app.get("/api/reports/" + report.id());

    assertThat(status.statusCode()).isEqualTo(202);
    assertThat(status.body()).contains("\"RUNNING\"").contains("page 1 of 3");
  }

  @Test
  void a_report_that_was_stopped_is_a_server_error(RunningApp app) {
    RunningApp.Started report = app.startOrchestrator("MakeReport", "{\"pauseMillis\":60000}");
    report.terminate("enough");
    report.awaitEnd();

    HttpResponse<String> answer = app.get("/api/reports/" + report.id());

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("TERMINATED");
  }

  @Test
  void what_is_no_report_is_not_found(RunningApp app) {
    assertThat(app.get("/api/reports/nothing-of-the-kind").statusCode()).isEqualTo(404);
  }
}
