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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An orchestrator that calls a URL through the host, which here is the host's own. */
@Timeout(60)
class DurableHttpTest {
  @TempDir Path folder;

  private Holdfast start(Map<String, String> environment) throws IOException {
    return Holdfast.start(
        HostOptions.onFreePorts(
            DemoApp.in(folder.resolve("app")).folder(),
            new DataFolder(folder.resolve("data")),
            StoreKind.MEMORY),
        environment);
  }

  private static OrchestrationState fetch(Holdfast host, String url) {
    return host.hub()
        .start(
            CreateInstanceRequest.newBuilder()
                .setName("Fetch")
                .setInput(StringValue.of("\"" + url + "\""))
                .build())
        .thenCompose(id -> host.hub().waitForCompletion(id, true))
        .join()
        .orElseThrow();
  }

  @Test
  void functions_of_the_same_host_are_called() throws IOException {
    try (Holdfast host = start(Map.of())) {
      for (String name : List.of("localhost", "127.0.0.1", "LOCALHOST")) {
        String url = "http://" + name + ":" + host.httpPort() + "/api/Hello?name=you";

        OrchestrationState end = fetch(host, url);

        assertThat(end.getOrchestrationStatus())
            .as(end.getFailureDetails().toString())
            .isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
        assertThat(end.getOutput().getValue()).contains("\"statusCode\":200", "Hello you");
      }
    }
  }

  @Test
  void nothing_else_of_this_machine_is_called_unless_it_is_allowed() throws IOException {
    try (Holdfast host = start(Map.of())) {
      int port = host.httpPort();
      List<String> refused = new ArrayList<>();
      for (String path :
          List.of(
              "/admin/host/status",
              "/ADMIN/host/keys",
              "/admin",
              "/runtime/webhooks/durabletask/instances",
              "/runtime/webhooks/holdfast/metrics",
              "/healthz",
              "/readyz",
              "/",
              "",
              "/api",
              "/api/Nothing",
              "/api/../admin/host/status",
              "/api/%2e%2e/admin/host/status",
              "//admin/host/status",
              "/api/TwoSteps")) {
        refused.add("http://localhost:" + port + path);
      }
      refused.add("http://localhost:" + host.grpcPort() + "/api/Hello");
      refused.add("http://localhost/api/Hello");
      refused.add("https://localhost:" + port + "/api/Hello");
      refused.add("http://localhost.:" + port + "/api/Hello");
      refused.add("http://127.0.0.2:" + port + "/api/Hello");
      refused.add("http://127.1:" + port + "/api/Hello");
      refused.add("http://a@localhost:" + port + "/api/Hello");
      for (String url : refused) {
        OrchestrationState end = fetch(host, url);

        assertThat(end.getOrchestrationStatus()).as(url).isEqualTo(ORCHESTRATION_STATUS_FAILED);
        assertThat(end.getFailureDetails().toString()).as(url).contains("refused");
      }
    }
  }

  @Test
  void a_function_that_redirects_leads_no_further_than_functions() throws IOException {
    try (Holdfast host = start(Map.of())) {
      String redirect = "http://localhost:" + host.httpPort() + "/api/redirect?to=";

      assertThat(fetch(host, redirect + "/api/Hello").getOutput().getValue()).contains("Hello");
      for (String path :
          List.of("/admin/host/status", "/runtime/webhooks/durabletask/instances", "/healthz")) {
        assertThat(fetch(host, redirect + path).getFailureDetails().toString())
            .as(path)
            .contains("refused");
      }
    }
  }

  @Test
  void a_host_that_is_allowed_is_called_whatever_is_asked() throws IOException {
    try (Holdfast host =
        start(
            Map.of(
                "AzureFunctionsJobHost__extensions__holdfast__durableHttp__allowedHosts__0",
                "localhost"))) {
      assertThat(fetch(host, host.url() + "/healthz").getOutput().getValue()).contains("live");
    }
  }
}
