package dev.holdfast.host;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An orchestrator that calls a URL through the host, which here is the host's own. */
@Timeout(60)
class DurableHttpTest {
  @TempDir Path folder;

  private OrchestrationState fetchHello(Map<String, String> environment) throws IOException {
    HostOptions options =
        HostOptions.onFreePorts(
            DemoApp.in(folder.resolve("app")).folder(),
            new DataFolder(folder.resolve("data")),
            StoreKind.MEMORY);
    try (Holdfast host = Holdfast.start(options, environment)) {
      String input = "\"" + host.url() + "/api/Hello?name=you\"";
      return host.hub()
          .start(
              CreateInstanceRequest.newBuilder()
                  .setName("Fetch")
                  .setInput(StringValue.of(input))
                  .build())
          .thenCompose(id -> host.hub().waitForCompletion(id, true))
          .join()
          .orElseThrow();
    }
  }

  @Test
  void a_host_that_is_allowed_is_called() throws IOException {
    OrchestrationState end =
        fetchHello(
            Map.of(
                "AzureFunctionsJobHost__extensions__holdfast__durableHttp__allowedHosts__0",
                "localhost"));

    assertThat(end.getOrchestrationStatus())
        .as(end.getFailureDetails().toString())
        .isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(end.getOutput().getValue()).contains("\"statusCode\":200", "Hello you");
  }

  @Test
  void this_machine_is_not_called_unless_it_is_allowed() throws IOException {
    OrchestrationState end = fetchHello(Map.of());

    assertThat(end.getOrchestrationStatus()).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(end.getFailureDetails().toString())
        .contains("is refused", "extensions.holdfast.durableHttp.allowedHosts");
  }
}
