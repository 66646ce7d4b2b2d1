package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that an operator drains, looks at, and takes back. */
@Timeout(120)
class DrainedHostTest {
  @TempDir Path folder;

  @Test
  void it_says_everywhere_that_it_was_drained_and_draining_can_be_undone() throws Exception {
    DemoApp app = DemoApp.in(folder.resolve("app"));
    HostOptions options =
        HostOptions.onFreePorts(
            app.folder(), new DataFolder(folder.resolve("data")), StoreKind.MEMORY);
    try (Holdfast host = Holdfast.start(options, Map.of())) {
      Http http = new Http(host.url());
      assertThat(http.post("/admin/host/drain", "").statusCode()).isEqualTo(202);
      assertThat(http.post("/admin/host/drain", "").statusCode()).isEqualTo(202);

      assertThat(http.get("/api/Hello?name=Ada").statusCode()).isEqualTo(503);
      assertThat(http.get("/readyz").statusCode()).isEqualTo(503);
      assertThat(http.get("/readyz").body()).contains("drained", "/admin/host/resume");
      assertThat(http.get("/healthz").statusCode()).isEqualTo(200);
      assertThat(http.get("/admin/host/state").body()).isEqualTo("\"offline\"");
      assertThat(http.get("/admin/host/status").body()).contains("\"state\":\"Offline\"");
      assertThat(http.get("/admin/host/drain/status").body()).contains("Draining");

      assertThat(http.post("/admin/host/resume", "").statusCode()).isEqualTo(202);

      assertThat(http.get("/readyz").statusCode()).isEqualTo(200);
      assertThat(http.get("/admin/host/state").body()).isEqualTo("\"running\"");
      assertThat(http.get("/admin/host/status").body()).contains("\"state\":\"Running\"");
      assertThat(http.get("/admin/host/drain/status").body()).contains("Disabled");
      assertThat(http.get("/api/Hello?name=Ada").body()).isEqualTo("Hello Ada");
    }
  }
}
