package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.durabletask.DurableTaskGrpcWorker;
import com.microsoft.durabletask.DurableTaskGrpcWorkerBuilder;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a running host, against the page that describes them. */
@Timeout(120)
class MetricsPageTest {
  private static final Pattern NAME = Pattern.compile("`(holdfast_[a-z_]+)`");

  /** Shown only while there is such work. */
  private static final String NOT_ALWAYS = "holdfast_unserved_work";

  @TempDir Path folder;

  private static Set<String> described() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "operating.md"));
    Set<String> names =
        NAME.matcher(page)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    names.remove(NOT_ALWAYS);
    assertThat(names).hasSizeGreaterThan(15);
    return names;
  }

  private static Set<String> shown(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("# TYPE holdfast_"))
        .map(line -> line.split(" ", -1)[2])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static DurableTaskGrpcWorker worker(int port) {
    DurableTaskGrpcWorker worker =
        new DurableTaskGrpcWorkerBuilder()
            .port(port)
            .addOrchestration(
                new TaskOrchestrationFactory() {
                  @Override
                  public String getName() {
                    return "Counted";
                  }

                  @Override
                  public TaskOrchestration create() {
                    return ctx -> {
                      try {
                        ctx.callActivity("Missing").await();
                      } catch (com.microsoft.durabletask.TaskFailedException e) {
                        ctx.complete("no such activity");
                      }
                    };
                  }
                })
            .addActivity(
                new com.microsoft.durabletask.TaskActivityFactory() {
                  @Override
                  public String getName() {
                    return "Missing";
                  }

                  @Override
                  public com.microsoft.durabletask.TaskActivity create() {
                    return ctx -> {
                      throw new IllegalStateException("on purpose");
                    };
                  }
                })
            .build();
    worker.start();
    return worker;
  }

  @Test
  void every_metric_of_the_page_is_shown_and_counts() throws Exception {
    HostOptions options =
        HostOptions.onFreePorts(null, new DataFolder(folder.resolve("data")), StoreKind.SQLITE)
            .withoutApp();
    try (Holdfast host = Holdfast.start(options, Map.of());
        DurableTaskGrpcWorker worker = worker(host.grpcPort())) {
      Http http = new Http(host.url());
      String done =
          http.post("/runtime/webhooks/durabletask/orchestrators/Counted/c?timeout=60", "1").body();
      assertThat(done).isEqualTo("\"no such activity\"");

      String page = "/runtime/webhooks/holdfast/metrics";
      String ended =
          "holdfast_orchestrations_ended_total{orchestrator=\"Counted\",status=\"completed\"} 1.0";
      await().untilAsserted(() -> assertThat(http.get(page).body()).contains(ended));
      String metrics = http.get(page).body();

      assertThat(metrics)
          .contains("holdfast_orchestrations_started_total{orchestrator=\"Counted\"} 1.0")
          .contains("holdfast_activities_ended_total{activity=\"Missing\",outcome=\"failed\"} 1.0")
          .contains("holdfast_activity_duration_seconds_count{activity=\"Missing\"} 1")
          .contains("holdfast_events_set_aside_total{orchestrator=\"Counted\"} 0.0");
      assertThat(shown(metrics)).containsAll(described());
    }
  }
}
