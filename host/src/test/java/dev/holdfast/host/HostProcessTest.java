package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.cli.DataFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The host as a process of its own: signals, power cuts, exit codes, its environment. */
@Timeout(300)
class HostProcessTest {
  private static final List<String> OPENED =
      List.of("--add-opens", "java.base/java.util=ALL-UNNAMED");

  @TempDir Path folder;

  private DemoApp app;

  @BeforeAll
  static void patience() {
    // A JVM starts within seconds, but not when all of the machine is busy building.
    Awaitility.setDefaultTimeout(Duration.ofSeconds(90));
  }

  @BeforeEach
  void build() throws IOException {
    app = DemoApp.in(folder.resolve("app"));
  }

  private OtherJvm holdfast(String... arguments) throws IOException {
    return holdfast(OPENED, arguments);
  }

  private OtherJvm holdfast(List<String> jvmOptions, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(Main.class.getName()));
    all.addAll(List.of(arguments));
    return OtherJvm.start(jvmOptions, Map.of(), folder, all.toArray(String[]::new));
  }

  private OtherJvm start() throws IOException {
    return holdfast("start", "app", "--port", "0", "--grpc-port", "0");
  }

  /** The data folder is the default one: data below the current folder. */
  private Http awaitReady(OtherJvm host) {
    DataFolder data = new DataFolder(folder.resolve("data"));
    await()
        .until(
            () -> {
              assertThat(host.isAlive()).as("%s", host.lines()).isTrue();
              return data.announced().isPresent();
            });
    return new Http(data.announced().orElseThrow().url());
  }

  private Path notes() {
    return folder.resolve("notes");
  }

  private void startTwoSteps(Http http, String id) throws IOException, InterruptedException {
    assertThat(
            http.post(
                    "/runtime/webhooks/durabletask/orchestrators/TwoSteps/" + id,
                    "\"" + notes() + "\"")
                .statusCode())
        .isEqualTo(202);
  }

  private static void awaitOutput(Http http, String id, String output) {
    await()
        .until(
            () ->
                http.get("/runtime/webhooks/durabletask/instances/" + id)
                    .body()
                    .contains("\"output\":\"" + output + "\""));
  }

  @Test
  void after_a_kill_in_the_middle_the_next_host_finishes_the_work() throws Exception {
    try (OtherJvm host = start()) {
      Http http = awaitReady(host);
      startTwoSteps(http, "a");
      await().until(() -> Files.exists(notes()));
      await()
          .until(
              () ->
                  http.get("/runtime/webhooks/durabletask/instances/a?showHistory=true")
                      .body()
                      .contains("TimerCreated"));
      host.kill();
    }

    try (OtherJvm host = start()) {
      // The killed one could not take its note away.
      await().until(() -> host.said("Ready"));
      Http http = awaitReady(host);
      assertThat(
              http.post("/runtime/webhooks/durabletask/instances/a/raiseEvent/Go", "\"now\"")
                  .statusCode())
          .isEqualTo(202);
      awaitOutput(http, "a", "first now second");
    }
    assertThat(Files.readAllLines(notes())).containsExactly("first", "second");
  }

  @Test
  void a_request_to_end_lets_what_runs_end_and_exits_with_0() throws Exception {
    try (Door door = new Door();
        OtherJvm host = start()) {
      Http http = awaitReady(host);
      await().until(() -> host.said("Ready"));
      assertThat(host.said("Hello: [GET,POST] " + http.base() + "/api/Hello")).isTrue();
      assertThat(host.said("TwoSteps: orchestrationTrigger")).isTrue();
      var held = http.getLater("/api/held/" + door.number());
      door.awaitKnock();

      host.terminate();
      await().until(() -> http.get("/api/Hello").statusCode() == 503);
      assertThat(host.isAlive()).isTrue();
      door.open();

      assertThat(held.get().body()).isEqualTo("went through");
      assertThat(host.exitCode()).isZero();
      assertThat(folder.resolve("data/host.url")).doesNotExist();
      assertThat(host.lines()).noneMatch(it -> it.contains("Exception"));
    }
  }

  @Test
  void a_second_request_to_end_is_obeyed_at_once() throws Exception {
    try (Door door = new Door();
        OtherJvm host = start()) {
      Http http = awaitReady(host);
      var unused = http.getLater("/api/held/" + door.number());
      door.awaitKnock();

      host.terminate();
      await().until(() -> host.said("Stopping"));
      host.terminate();

      assertThat(host.exitCode()).isEqualTo(130);
    }
  }

  @Test
  void what_functions_log_comes_between_the_lines_about_their_runs() throws Exception {
    app.with(
        "host.json",
        "{\"version\": \"2.0\", \"logging\": {\"logLevel\": {\"Function\": \"Debug\"}}}");
    try (OtherJvm host = start()) {
      assertThat(awaitReady(host).get("/api/Hello?name=Ada").statusCode()).isEqualTo(200);
      await().until(() -> host.said("Executed 'Functions.Hello' (Succeeded, Id="));

      assertThat(host.lines().stream().filter(it -> it.contains("Hello'") || it.contains("Ada")))
          .satisfiesExactly(
              it ->
                  assertThat(it)
                      .matches("\\[.*Z] DEBUG .* Executing 'Functions\\.Hello' \\(Reason='.*"),
              it ->
                  assertThat(it)
                      .matches(
                          "\\[.*Z] INFO  Function\\.Hello\\.User \\[name=Hello]: greeting Ada"),
              it ->
                  assertThat(it)
                      .matches("\\[.*Z] DEBUG .* Executed 'Functions\\.Hello' \\(Succeeded.*"));
    }
  }

  @Test
  void logs_find_what_was_said_of_an_instance_and_nothing_else() throws Exception {
    try (OtherJvm host = start()) {
      Http http = awaitReady(host);
      String body = "\"" + folder.resolve("no/such/folder/notes") + "\"";
      String start = "/runtime/webhooks/durabletask/orchestrators/TwoSteps/";
      assertThat(http.post(start + "one", body).statusCode()).isEqualTo(202);
      assertThat(http.post(start + "two", body).statusCode()).isEqualTo(202);
      await().until(() -> logs("one").contains("Executed 'Functions.TwoSteps' (Failed"));

      assertThat(logs("one"))
          .containsPattern(
              "ERROR Function\\.Note \\[instance=one name=Note task=0 attempt=1 replay=false]: Executed")
          .contains("    java.nio.file.NoSuchFileException")
          .doesNotContain("instance=two")
          .doesNotContain("Executing");
      assertThat(host.lines()).noneMatch(it -> it.contains("Succeeded"));
    }
  }

  private String logs(String id) {
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(new StringWriter(), true));
    line.execute("logs", id, "--data", folder.resolve("data").toString());
    return out.toString();
  }

  @Test
  void local_settings_reach_the_environment_of_the_app_in_either_way() throws Exception {
    app.with("local.settings.json", "{\"Values\": {\"GREETING\": \"ahoi\", \"PATH\": \"mine\"}}");
    for (List<String> options : List.of(OPENED, List.<String>of())) {
      try (OtherJvm host = holdfast(options, "start", "app", "--port", "0", "--grpc-port", "0")) {
        Http http = awaitReady(host);

        assertThat(http.get("/api/environment/GREETING").body()).isEqualTo("ahoi");
        assertThat(http.get("/api/environment/FUNCTIONS_WORKER_RUNTIME").body()).isEqualTo("java");
        assertThat(http.get("/api/environment/PATH").body()).isEqualTo(System.getenv("PATH"));
        host.terminate();
        assertThat(host.exitCode()).isZero();
      }
    }
  }

  @Test
  void what_cannot_be_done_is_told_in_few_lines_with_an_exit_code() throws Exception {
    app.with("host.json", "{\"version\": \"2.0\",,}");
    try (OtherJvm host = start()) {
      assertThat(host.exitCode()).isEqualTo(1);
      assertThat(host.lines()).hasSize(3);
      assertThat(host.lines().get(0)).contains("host.json");
      assertThat(host.lines().get(1)).contains("Line 1, column 19");
    }

    app.with("host.json", "{\"version\": \"2.0\"}");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        OtherJvm host =
            holdfast("start", "app", "--port", Integer.toString(taken.getLocalPort()))) {
      assertThat(host.exitCode()).isEqualTo(1);
      assertThat(host.said("Port " + taken.getLocalPort())).isTrue();
      assertThat(host.said("--port")).isTrue();
    }
  }
}
