package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.durabletask.DurableTaskGrpcWorker;
import com.microsoft.durabletask.DurableTaskGrpcWorkerBuilder;
import com.microsoft.durabletask.TaskActivity;
import com.microsoft.durabletask.TaskActivityFactory;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.config.CannotException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A host without an app, and a worker of the released SDK that runs everything. */
@Timeout(120)
class EngineOnlyTest {
  @TempDir Path folder;

  private Holdfast start() {
    return Holdfast.start(
        HostOptions.onFreePorts(null, new DataFolder(folder.resolve("data")), StoreKind.SQLITE)
            .withoutApp(),
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
                    return "Greets";
                  }

                  @Override
                  public TaskOrchestration create() {
                    return ctx ->
                        ctx.complete(ctx.callActivity("Hello", "Tokyo", String.class).await());
                  }
                })
            .addActivity(
                new TaskActivityFactory() {
                  @Override
                  public String getName() {
                    return "Hello";
                  }

                  @Override
                  public TaskActivity create() {
                    return ctx -> "Hello " + ctx.getInput(String.class);
                  }
                })
            .build();
    worker.start();
    return worker;
  }

  @Test
  void waits_for_workers_and_says_so_and_outlives_a_restart() throws Exception {
    try (Holdfast host = start()) {
      var started =
          new Http(host.url()).post("/runtime/webhooks/durabletask/orchestrators/Greets/g", "1");
      assertThat(started.statusCode()).isEqualTo(202);
      await()
          .untilAsserted(
              () ->
                  assertThat(host.hub().why("g").join().orElseThrow().summary())
                      .contains("no connected worker serves orchestrator 'Greets'"));
    }
    try (Holdfast host = start();
        DurableTaskGrpcWorker worker = worker(host.grpcPort())) {
      assertThat(
              host.hub().waitForCompletion("g", true).join().orElseThrow().getOutput().getValue())
          .isEqualTo("\"Hello Tokyo\"");
      assertThat(host.app().functions()).isEmpty();
    }
  }

  @Test
  void an_app_beside_it_is_a_contradiction() {
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setErr(new PrintWriter(err));

    assertThat(line.execute("start", "--engine-only", folder.toString()))
        .isEqualTo(CannotException.USAGE);
    assertThat(err.toString()).contains("--engine-only").contains("Workers can connect beside");
  }

  @Test
  void the_banner_says_how_to_connect() {
    java.net.URI url = java.net.URI.create("http://localhost:7071");
    assertThat(Banner.workers("localhost:4001", "gRPC, plain text", url))
        .contains(
            "localhost:4001", "DurableTaskGrpcWorkerBuilder().port(4001)", "orchestrators/NAME");
    assertThat(Banner.workers("0.0.0.0:4001", "gRPC, TLS", url))
        .contains("0.0.0.0:4001 (gRPC, TLS)", "grpcChannel(");
  }
}
