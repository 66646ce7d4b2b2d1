package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.SpanReceiver.Received;
import dev.holdfast.host.cli.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An app on the released library, whose host is told where spans go. */
@Timeout(120)
class TracesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER = "b7ad6b7169203331";
  private static final String API = "/runtime/webhooks/durabletask";

  @TempDir Path folder;
  private DemoApp app;

  @BeforeEach
  void makeApp() throws IOException {
    app = DemoApp.in(folder.resolve("app"));
  }

  private Holdfast start(Map<String, String> environment) {
    return Holdfast.start(
        HostOptions.onFreePorts(
            app.folder(), new DataFolder(folder.resolve("data")), StoreKind.SQLITE),
        environment);
  }

  /** The file in which the instance leaves its steps; to name in JSON. */
  private Path notes() {
    return folder.resolve("notes");
  }

  private static Received one(List<Received> spans, String name) {
    List<Received> found = spans.stream().filter(it -> it.name().equals(name)).toList();
    assertThat(found).as(name + " of " + spans).hasSize(1);
    return found.get(0);
  }

  @Test
  void a_call_by_http_is_one_trace_over_a_restart_of_the_host() throws Exception {
    try (SpanReceiver receiver = new SpanReceiver()) {
      Map<String, String> environment =
          Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url(), "OTEL_SERVICE_NAME", "shop");
      try (Holdfast host = start(environment)) {
        var started =
            new Http(host.url())
                .post(
                    API + "/orchestrators/TwoSteps/t",
                    "\"" + notes() + "\"",
                    "traceparent",
                    "00-" + TRACE + "-" + CALLER + "-01");
        assertThat(started.statusCode()).isEqualTo(202);
        await().until(() -> Files.exists(notes()));
      }
      try (Holdfast host = start(environment)) {
        new Http(host.url()).post(API + "/instances/t/raiseEvent/Go", "\"go\"");
        assertThat(
                host.hub().waitForCompletion("t", true).join().orElseThrow().getOutput().getValue())
            .isEqualTo("\"first go second\"");
      }

      List<Received> spans = receiver.spans();
      Received orchestration = one(spans, "orchestration:TwoSteps");
      assertThat(orchestration.parentId()).isEqualTo(CALLER);
      assertThat(orchestration.attributes())
          .containsEntry("durabletask.task.instance_id", "t")
          .containsEntry("durabletask.task.status", "Completed");
      assertThat(spans).hasSize(3).allMatch(it -> it.traceId().equals(TRACE));
      assertThat(spans)
          .filteredOn(it -> it.name().equals("activity:Note"))
          .hasSize(2)
          .allMatch(it -> it.parentId().equals(orchestration.spanId()));
      assertThat(spans)
          .allMatch(
              it -> it.service().equals("shop") && it.scope().equals("Microsoft.DurableTask"));
    }
  }

  @Test
  void host_json_switches_it_off_where_the_environment_names_a_receiver() throws Exception {
    try (SpanReceiver receiver = new SpanReceiver();
        Holdfast host =
            start(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    receiver.url(),
                    "AzureFunctionsJobHost__extensions__durableTask__tracing__distributedTracingEnabled",
                    "false"))) {
      new Http(host.url()).post(API + "/orchestrators/TwoSteps/t", "\"" + notes() + "\"");
      await().until(() -> Files.exists(notes()));
      host.close();

      assertThat(receiver.spans()).isEmpty();
    }
  }
}
