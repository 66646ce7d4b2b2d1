package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Blocked;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.blue.BlueFunctions;
import dev.holdfast.host.changed.ChangedFunctions;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.stores.sqlite.SqliteOptions;
import dev.holdfast.stores.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One data folder, and first one app on it, then another, or the same one changed. */
@Timeout(180)
class AnotherAppTest {
  private static final String ORCHESTRATORS = "/runtime/webhooks/durabletask/orchestrators/";

  @TempDir Path folder;
  private DemoApp blue;

  @BeforeEach
  void build() throws IOException {
    blue = DemoApp.of(BlueFunctions.class, folder.resolve("blue"));
  }

  private Holdfast start(DemoApp app) {
    return Holdfast.start(
        HostOptions.onFreePorts(
            app.folder(), new DataFolder(folder.resolve("data")), StoreKind.SQLITE),
        Map.of());
  }

  private static OrchestrationState state(TaskHub hub) {
    return hub.get("d", true).join().orElseThrow();
  }

  /** An instance that waits for its event, all its steps so far done. */
  private void deploy() {
    try (Holdfast host = start(blue)) {
      host.hub()
          .start(CreateInstanceRequest.newBuilder().setInstanceId("d").setName("Deploy").build())
          .join();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> host.hub().why("d").join().orElseThrow().summary().contains("event"));
    }
  }

  private void goesOnWith(Holdfast host) {
    OrchestrationState end = host.hub().waitForCompletion("d", true).join().orElseThrow();
    assertThat(end.getOutput().getValue()).isEqualTo("\"blue before blue after\"");
  }

  @Test
  void what_runs_waits_for_its_own_app_and_shows() throws Exception {
    deploy();
    try (Holdfast host = start(DemoApp.in(folder.resolve("other")))) {
      host.hub().raiseEvent("d", "Go", "\"on\"").join();
      Http http = new Http(host.url());
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(http.get("/admin/host/status").body())
                      .contains(
                          "No connected worker serves orchestrator 'Deploy': 1 waits for one.")
                      .contains("It was served until 20"));
      assertThat(host.hub().why("d").join().orElseThrow().summary())
          .contains("no connected worker serves orchestrator 'Deploy'")
          .contains("start the app or worker that has it, or, if it was renamed");
      for (String path : new String[] {"/d", ""}) {
        assertThat(http.get("/runtime/webhooks/durabletask/instances" + path).body())
            .contains("orchestrator 'Deploy', which nobody who is connected serves now; it was");
      }
      assertThat(http.post(ORCHESTRATORS + "Deploy", "").statusCode()).isEqualTo(400);
      assertThat(state(host.hub()).getOrchestrationStatus())
          .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    }
    try (Holdfast host = start(blue)) {
      goesOnWith(host);
    }
  }

  @Test
  void the_data_of_a_hub_by_another_name_is_refused() throws Exception {
    deploy();
    DemoApp named =
        DemoApp.in(folder.resolve("named"))
            .with(
                "host.json",
                "{\"version\":\"2.0\",\"extensions\":{\"durableTask\":{\"hubName\":\"Orders\"}}}");

    assertThatThrownBy(() -> start(named))
        .isInstanceOf(CannotException.class)
        .hasMessageContaining("belongs to the task hub 'TestHubName', and this app's is 'Orders'");

    try (Holdfast host = start(blue)) {
      host.hub().raiseEvent("d", "Go", "\"on\"").join();
      goesOnWith(host);
    }
  }

  @Test
  void code_that_no_longer_fits_blocks_the_instance_until_it_is_mended() throws Exception {
    deploy();
    try (Holdfast host = start(DemoApp.of(ChangedFunctions.class, folder.resolve("changed")))) {
      host.hub().raiseEvent("d", "Go", "\"on\"").join();
      await().atMost(Duration.ofSeconds(60)).until(() -> state(host.hub()).hasBlocked());
      Blocked blocked = Blocked.of(state(host.hub()));
      assertThat(blocked.kind()).isEqualTo(Blocked.Kind.CODE_CHANGED);
      assertThat(blocked.reason())
          .contains("step 1 was activity 'Colour', the code now calls activity 'Paint'");
    }
    try (Holdfast host = start(blue)) {
      assertThat(state(host.hub()).hasBlocked()).isTrue();
      host.hub().retry("d").join();
      goesOnWith(host);
    }
  }

  private String noted() {
    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(folder.resolve("data")))) {
      return store.record(Engine.HUB, "build").toStringUtf8();
    }
  }

  @Test
  void the_hub_knows_the_same_build_again_and_another_one_as_such() throws Exception {
    deploy();
    String first = noted();
    DemoApp copy = DemoApp.of(BlueFunctions.class, folder.resolve("copy"));
    start(copy).close();
    String again = noted();
    start(DemoApp.of(ChangedFunctions.class, folder.resolve("changed"))).close();

    assertThat(again).isEqualTo(first).matches("[0-9a-f]{32} \\d+");
    assertThat(noted()).isNotEqualTo(first).matches("[0-9a-f]{32} \\d+");
  }
}
