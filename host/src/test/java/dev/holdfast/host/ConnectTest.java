package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.blue.BlueFunctions;
import dev.holdfast.host.chaos.hanging.HangingFunctions;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.green.GreenFunctions;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that work for the hub of another host. */
@Timeout(180)
class ConnectTest {
  private static final String DURABLE = "/runtime/webhooks/durabletask";

  @TempDir Path folder;

  private int apps;

  @BeforeAll
  static void patience() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  private static HostOptions options(Path app, Path data, int grpcPort, boolean engineOnly) {
    HostOptions usual = HostOptions.onFreePorts(app, new DataFolder(data), StoreKind.SQLITE);
    return Listening.on(engineOnly ? usual.withoutApp() : usual, 0, grpcPort, "127.0.0.1", false);
  }

  private Holdfast hub(int grpcPort) {
    return Holdfast.start(options(folder, folder.resolve("hub"), grpcPort, true), Map.of());
  }

  /** An app in the given version, working for the hub at that port. */
  private Holdfast app(Class<?> functions, String version, String match, int hubPort)
      throws Exception {
    apps++;
    String name = functions.getSimpleName() + apps;
    DemoApp app = DemoApp.of(functions, folder.resolve(name));
    app.with(
        "host.json",
        """
        {"version": "2.0", "extensions": {"durableTask": {
          "defaultVersion": "%s", "versionMatchStrategy": "%s"}}}
        """
            .formatted(version, match));
    return Holdfast.start(
        options(app.folder(), folder.resolve(name + "-data"), 0, false)
            .withConnect(ConnectOptions.to("localhost:" + hubPort)),
        Map.of());
  }

  private static OrchestrationState end(Holdfast host, String id) throws Exception {
    return host.hub()
        .waitForCompletion(id, true)
        .get(60, java.util.concurrent.TimeUnit.SECONDS)
        .orElseThrow();
  }

  private static void startDeploy(Holdfast app, String id) throws Exception {
    assertThat(new Http(app.url()).post("/api/StartDeploy?id=" + id, "").statusCode())
        .isEqualTo(202);
  }

  private static void awaitFirstStep(Holdfast host, String id) {
    await()
        .until(
            () ->
                new Http(host.url())
                    .get(DURABLE + "/instances/" + id + "?showHistory=true")
                    .body()
                    .contains("TaskCompleted"));
  }

  @Test
  void a_turn_that_hangs_in_a_connected_host_leaves_its_instance_blocked_in_the_hub()
      throws Exception {
    DemoApp app = DemoApp.of(HangingFunctions.class, folder.resolve("hanging"));
    app.with(
        "host.json",
        """
        {"version": "2.0", "extensions": {"holdfast": {"turnTimeout": "1s", "drainFor": "1s"}}}
        """);
    try (Holdfast hub = hub(0);
        Holdfast worker =
            Holdfast.start(
                options(app.folder(), folder.resolve("hanging-data"), 0, false)
                    .withConnect(ConnectOptions.to("localhost:" + hub.grpcPort())),
                Map.of())) {
      Http http = new Http(worker.url());
      assertThat(http.post(DURABLE + "/orchestrators/DeafTurn/a", "").statusCode()).isEqualTo(202);

      await().until(() -> hub.hub().get("a", true).join().orElseThrow().hasBlocked());

      OrchestrationState state = hub.hub().get("a", true).join().orElseThrow();
      assertThat(state.getBlocked().getKind()).isEqualTo("HANGS");
      assertThat(state.getBlocked().getReason()).contains("turnTimeout", "HangingFunctions");
    }
  }

  @Test
  void an_app_works_for_a_hub_elsewhere_and_asks_that_one() throws Exception {
    try (Holdfast hub = hub(0);
        Holdfast app = app(BlueFunctions.class, "1.0", "Strict", hub.grpcPort())) {
      startDeploy(app, "a");
      awaitFirstStep(app, "a");
      Http http = new Http(app.url());
      assertThat(http.get("/runtime/webhooks/holdfast/instances/a/why").body())
          .contains("\"runtimeStatus\":\"Running\"", "event 'Go'");
      assertThat(http.get(DURABLE + "/instances?instanceIdPrefix=a").body())
          .contains("\"instanceId\":\"a\"");
      assertThat(http.post(DURABLE + "/instances/nobody/raiseEvent/Go", "1").statusCode())
          .isEqualTo(404);

      assertThat(http.post(DURABLE + "/instances/a/raiseEvent/Go", "1").statusCode())
          .isEqualTo(202);
      assertThat(end(hub, "a").getOutput().getValue()).isEqualTo("\"blue before blue after\"");
      assertThat(end(app, "a").getVersion().getValue()).isEqualTo("1.0");
      assertThat(http.post(DURABLE + "/instances/a/raiseEvent/Go", "1").statusCode())
          .isEqualTo(410);
      // Other spellings of a name are the same name, as without --connect.
      assertThat(http.post(DURABLE + "/orchestrators/chiLD/c", "").statusCode()).isEqualTo(202);
      assertThat(end(app, "c").getOutput().getValue()).isEqualTo("\"blue after\"");
    }
  }

  @Test
  void a_hub_with_another_name_is_noticed_and_the_right_one_is_worked_for() throws Exception {
    Map<String, String> named =
        Map.of("AzureFunctionsJobHost__extensions__durableTask__hubName", "Orders");
    try (Holdfast hub = Holdfast.start(options(folder, folder.resolve("hub"), 0, true), named);
        Holdfast wrong = app("Endpoint=http://localhost:%d;TaskHub=billing", hub.grpcPort());
        Holdfast unsaid = app("localhost:%d", hub.grpcPort());
        Holdfast right = app("Endpoint=http://localhost:%d;TaskHub=orders", hub.grpcPort())) {
      Http asking = new Http(wrong.url());
      await().until(() -> asking.get("/readyz").body().contains("billing"));
      assertThat(asking.get("/readyz").statusCode()).isEqualTo(503);
      for (String path : List.of("/instances/a", "/instances/a?showHistory=true", "/instances")) {
        var refused = asking.get(DURABLE + path);
        assertThat(refused.statusCode()).as(path).isEqualTo(503);
        assertThat(refused.body())
            .contains("There is no task hub 'billing'", "'Orders'", "Correct TaskHub");
      }
      for (Holdfast app : List.of(unsaid, right)) {
        assertThat(new Http(app.url()).post(DURABLE + "/orchestrators/Child/a", "").statusCode())
            .isEqualTo(202);
        assertThat(end(app, "a").getOutput().getValue()).isEqualTo("\"blue after\"");
      }
      assertThat(new Http(right.url()).get(DURABLE + "/instances/a?taskHub=orders").statusCode())
          .isEqualTo(200);
    }
  }

  private Holdfast app(String destination, int hubPort) throws Exception {
    apps++;
    DemoApp app = DemoApp.of(BlueFunctions.class, folder.resolve("app" + apps));
    return Holdfast.start(
        options(app.folder(), folder.resolve("app-data" + apps), 0, false)
            .withConnect(ConnectOptions.to(destination.formatted(hubPort))),
        Map.of());
  }

  @Test
  void a_function_whose_hub_is_away_answers_503_with_the_cause_and_the_cure() throws Exception {
    try (Holdfast hub = hub(0);
        Holdfast app = app(BlueFunctions.class, "1.0", "Strict", hub.grpcPort())) {
      int port = hub.grpcPort();
      startDeploy(app, "before");
      hub.close();
      Http http = new Http(app.url());
      await().until(() -> http.get("/readyz").body().contains("cannot be reached"));

      var away = http.post("/api/StartDeploy?id=a", "");
      var builtIn = http.post(DURABLE + "/orchestrators/Deploy/a", "");

      assertThat(away.statusCode()).isEqualTo(503);
      assertThat(away.headers().firstValue("Retry-After")).contains("5");
      assertThat(away.body())
          .contains("localhost:" + port + " cannot be reached", "Start it, or correct --connect.");
      assertThat(builtIn.statusCode()).isEqualTo(503);
      assertThat(away.body()).isEqualTo(builtIn.body());
    }
  }

  @Test
  void two_versions_side_by_side_each_keep_what_they_started() throws Exception {
    try (Holdfast hub = hub(0);
        Holdfast green = app(GreenFunctions.class, "2.0", "Strict", hub.grpcPort())) {
      try (Holdfast blue = app(BlueFunctions.class, "1.0", "Strict", hub.grpcPort())) {
        startDeploy(blue, "old");
        awaitFirstStep(blue, "old");
      }
      startDeploy(green, "new");
      awaitFirstStep(green, "new");
      Http http = new Http(green.url());
      for (Holdfast asked : List.of(hub, green)) {
        assertThat(new Http(asked.url()).get("/runtime/webhooks/holdfast/versions").body())
            .contains(
                "{\"name\":\"Deploy\",\"version\":\"1.0\",\"running\":1,\"pending\":0,",
                "{\"name\":\"Deploy\",\"version\":\"2.0\",\"running\":1,\"pending\":0,");
      }
      for (String id : List.of("old", "new")) {
        assertThat(http.post(DURABLE + "/instances/" + id + "/raiseEvent/Go", "1").statusCode())
            .isEqualTo(202);
      }

      assertThat(end(green, "new").getOutput().getValue())
          .isEqualTo("\"green before green after\"");
      assertThat(hub.hub().get("old", false).join().orElseThrow().getOrchestrationStatus())
          .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
      assertThat(hub.hub().why("old").join().orElseThrow().summary())
          .contains("version '1.0'", "nobody who is connected");
      try (Holdfast blue = app(BlueFunctions.class, "1.0", "Strict", hub.grpcPort())) {
        assertThat(end(blue, "old").getOutput().getValue()).isEqualTo("\"blue before blue after\"");
        assertThat(end(blue, "old-child").getVersion().getValue()).isEqualTo("1.0");
      }
      for (Holdfast asked : List.of(hub, green)) {
        Http asking = new Http(asked.url());
        assertThat(asking.get("/runtime/webhooks/holdfast/versions").body()).isEqualTo("[]");
        assertThat(asking.get("/runtime/webhooks/holdfast/versions?ended=true").body())
            .contains(
                "{\"name\":\"Deploy\",\"version\":\"1.0\",\"running\":0,\"pending\":0,"
                    + "\"suspended\":0,\"oldest\":null,\"ended\":1}");
      }
    }
  }

  @Test
  void an_app_takes_older_versions_and_gives_newer_ones_back() throws Exception {
    try (Holdfast hub = hub(0);
        Holdfast app = app(BlueFunctions.class, "1.5", "CurrentOrOlder", hub.grpcPort())) {
      Http http = new Http(hub.url());
      for (String version : List.of("1.10", "1.4")) {
        assertThat(
                http.post(DURABLE + "/orchestrators/Child/v" + version + "?version=" + version, "1")
                    .statusCode())
            .isEqualTo(202);
      }

      assertThat(end(hub, "v1.4").getOutput().getValue()).isEqualTo("\"blue after\"");
      assertThat(app.hub().get("v1.10", false).join().orElseThrow().getOrchestrationStatus())
          .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_PENDING);
      try (Holdfast newer = app(GreenFunctions.class, "2.0", "CurrentOrOlder", hub.grpcPort())) {
        assertThat(end(newer, "v1.10").getOutput().getValue()).startsWith("\"").endsWith("after\"");
      }
    }
  }

  @Test
  void in_process_another_version_waits_or_fails_as_host_json_says() throws Exception {
    for (String failure : List.of("Reject", "Fail")) {
      DemoApp app = DemoApp.of(BlueFunctions.class, folder.resolve(failure));
      app.with(
          "host.json",
          """
          {"version": "2.0", "extensions": {"durableTask": {"defaultVersion": "2.0",
            "versionMatchStrategy": "Strict", "versionFailureStrategy": "%s"}}}
          """
              .formatted(failure));
      try (Holdfast host =
          Holdfast.start(
              options(app.folder(), folder.resolve(failure + "-data"), 0, false), Map.of())) {
        startDeploy(host, "own");
        awaitFirstStep(host, "own");
        assertThat(host.hub().get("own", false).join().orElseThrow().getVersion().getValue())
            .isEqualTo("2.0");
        Http http = new Http(host.url());
        assertThat(http.post(DURABLE + "/orchestrators/Child/other?version=1.0", "1").statusCode())
            .isEqualTo(202);
        if (failure.equals("Fail")) {
          assertThat(end(host, "other").getFailureDetails().getErrorType())
              .isEqualTo("VersionMismatch");
        } else {
          await()
              .until(
                  () ->
                      host.hub()
                          .why("other")
                          .join()
                          .orElseThrow()
                          .summary()
                          .contains("version '1.0' of orchestrator 'Child' is run by nobody"));
          assertThat(host.hub().get("other", false).join().orElseThrow().getOrchestrationStatus())
              .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_PENDING);
        }
      }
    }
  }

  @Test
  void large_histories_and_answers_come_through() throws Exception {
    try (Holdfast hub = hub(0);
        Holdfast app = app(BlueFunctions.class, "1.0", "Strict", hub.grpcPort())) {
      assertThat(new Http(app.url()).post(DURABLE + "/orchestrators/Large/l", "12").statusCode())
          .isEqualTo(202);
      assertThat(end(app, "l").getOutput().getValue()).isEqualTo("12000000");
      assertThat(app.hub().history("l").join().orElseThrow()).hasSizeGreaterThan(24);
    }
  }

  @Test
  void a_hub_that_comes_late_or_goes_away_is_waited_for() throws Exception {
    int port;
    try (Holdfast hub = hub(0)) {
      port = hub.grpcPort();
    }
    try (Holdfast app = app(BlueFunctions.class, "1.0", "Strict", port)) {
      Http http = new Http(app.url());
      await().until(() -> http.get("/readyz").body().contains("cannot be reached"));
      assertThat(http.get(DURABLE + "/instances/a").statusCode()).isEqualTo(503);
      try (Holdfast hub = hub(port)) {
        await().until(() -> http.get("/readyz").statusCode() == 200);
        startDeploy(app, "a");
        awaitFirstStep(app, "a");
      }
      await().until(() -> http.get("/readyz").statusCode() == 503);
      try (Holdfast hub = hub(port)) {
        await().until(() -> http.get("/readyz").statusCode() == 200);
        assertThat(http.post(DURABLE + "/instances/a/raiseEvent/Go", "1").statusCode())
            .isEqualTo(202);
        assertThat(end(hub, "a").getOutput().getValue()).isEqualTo("\"blue before blue after\"");
      }
    }
  }
}
