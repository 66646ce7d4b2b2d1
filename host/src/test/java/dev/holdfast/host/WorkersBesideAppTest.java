package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.DurableTaskGrpcClientBuilder;
import com.microsoft.durabletask.DurableTaskGrpcWorker;
import com.microsoft.durabletask.DurableTaskGrpcWorkerBuilder;
import com.microsoft.durabletask.OrchestrationRuntimeStatus;
import com.microsoft.durabletask.TaskActivity;
import com.microsoft.durabletask.TaskActivityFactory;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host with an app, and a worker with names that the app has not. */
@Timeout(120)
class WorkersBesideAppTest {
  @TempDir Path folder;
  private DemoApp app;

  @BeforeEach
  void build() throws IOException {
    app = DemoApp.in(folder.resolve("app"));
  }

  private Holdfast start() {
    return Holdfast.start(
        HostOptions.onFreePorts(
            app.folder(), new DataFolder(folder.resolve("data")), StoreKind.SQLITE),
        Map.of());
  }

  private static DurableTaskGrpcWorker worker(int port) {
    DurableTaskGrpcWorker worker =
        new DurableTaskGrpcWorkerBuilder()
            .port(port)
            .addOrchestration(
                new TaskOrchestrationFactory() {
                  @Override
                  public String getName() {
                    return "Remote";
                  }

                  @Override
                  public TaskOrchestration create() {
                    return ctx -> {
                      ctx.waitForExternalEvent("Go").await();
                      ctx.complete(ctx.callActivity("RemoteToo", String.class).await());
                    };
                  }
                })
            .addActivity(
                new TaskActivityFactory() {
                  @Override
                  public String getName() {
                    return "RemoteToo";
                  }

                  @Override
                  public TaskActivity create() {
                    return ctx -> "from afar";
                  }
                })
            .build();
    worker.start();
    return worker;
  }

  @Test
  void work_of_workers_waits_for_them_over_a_restart_and_shows() throws Exception {
    try (Holdfast host = start();
        DurableTaskGrpcWorker worker = worker(host.grpcPort());
        DurableTaskClient client =
            new DurableTaskGrpcClientBuilder().port(host.grpcPort()).build()) {
      await().until(() -> host.engine().isServed(dev.holdfast.core.WorkItem.Kind.ACTIVITY, "Any"));
      client.scheduleNewOrchestrationInstance("Remote", null, "r");
      assertThat(client.waitForInstanceStart("r", Duration.ofSeconds(30)).isRunning()).isTrue();
    }
    try (Holdfast host = start();
        DurableTaskClient client =
            new DurableTaskGrpcClientBuilder().port(host.grpcPort()).build()) {
      client.raiseEvent("r", "Go");
      Http http = new Http(host.url());
      for (String name : new String[] {"Remote", "Remoet"}) {
        assertThat(
                http.post("/runtime/webhooks/durabletask/orchestrators/" + name + "/r2", "")
                    .statusCode())
            .as("a start is for those who are there")
            .isEqualTo(400);
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(http.get("/runtime/webhooks/holdfast/metrics").body())
                      .contains("# TYPE holdfast_unserved_work gauge")
                      .contains(
                          "holdfast_unserved_work{kind=\"orchestrator\",name=\"Remote\"} 1.0\n")
                      .contains("holdfast_workers_connected 0.0\n"));
      assertThat(http.get("/admin/host/status").body())
          .contains("No connected worker serves orchestrator 'Remote': 1 waits for one.")
          .contains("It was served until 20");
      assertThat(host.hub().why("r").join().orElseThrow().summary())
          .contains("no connected worker serves orchestrator 'Remote'");

      try (DurableTaskGrpcWorker worker = worker(host.grpcPort())) {
        var end = client.waitForInstanceCompletion("r", Duration.ofSeconds(60), true);
        assertThat(end.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.COMPLETED);
        assertThat(end.readOutputAs(String.class)).isEqualTo("from afar");
      }
    }
  }
}
