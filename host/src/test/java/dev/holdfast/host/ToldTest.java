package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.Why;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.mended.MendedFunctions;
import dev.holdfast.host.told.ToldFunctions;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What people are told of instances of a real app with a released client library. */
@Timeout(180)
class ToldTest {
  private static final String INSTANCES = "/runtime/webhooks/durabletask/instances/";

  @TempDir Path folder;

  @BeforeAll
  static void patience() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  private Holdfast app() throws Exception {
    DemoApp app = DemoApp.of(ToldFunctions.class, folder.resolve("app"));
    return Holdfast.start(
        HostOptions.onFreePorts(
            app.folder(), new DataFolder(folder.resolve("data")), StoreKind.SQLITE),
        Map.of());
  }

  private static void start(Holdfast host, String name, String id) {
    host.hub()
        .start(CreateInstanceRequest.newBuilder().setName(name).setInstanceId(id).build())
        .join();
  }

  private static OrchestrationState end(Holdfast host, String id) throws Exception {
    return host.hub().waitForCompletion(id, true).get(60, TimeUnit.SECONDS).orElseThrow();
  }

  private static Why why(Holdfast host, String id) {
    return host.hub().why(id).join().orElseThrow();
  }

  /** What it waits for, once that is the last turn's word. */
  private static Why whyOnceItSays(Holdfast host, String id, String words) {
    await().until(() -> why(host, id).toString().contains(words));
    return why(host, id);
  }

  @Test
  void a_failure_is_told_with_its_causes_and_the_output_is_that_of_the_cloud() throws Exception {
    try (Holdfast host = app()) {
      start(host, "CallsBreaks", "parent");
      end(host, "parent");
      Http http = new Http(host.url());

      assertThat(http.get(INSTANCES + "child").body())
          .contains(
              "\"output\":\"java.lang.RuntimeException: Unexpected failure in the task execution\"",
              "\"failure\":{\"type\":\"java.lang.IllegalArgumentException\","
                  + "\"message\":\"no such order\",\"cause\":{\"type\":\"java.io.IOException\","
                  + "\"message\":\"disk on fire\"}}");
      assertThat(http.get(INSTANCES + "child?showHistory=true").body())
          .contains("\"SeenFailure\":{\"ErrorType\":\"java.lang.IllegalArgumentException\"");
      assertThat(why(host, "parent").lastError())
          .contains(
              "TaskFailedException",
              "caused by java.lang.IllegalArgumentException: no such order",
              "caused by java.io.IOException: disk on fire");
      assertThat(why(host, "child").summary()).contains("It failed by", "no such order");
    }
  }

  @Test
  void an_event_that_does_not_fit_is_set_aside_and_a_later_one_is_taken() throws Exception {
    try (Holdfast host = app()) {
      start(host, "Approve", "a");
      Why why = whyOnceItSays(host, "a", "Approval");
      assertThat(why.summary()).contains("a timer", "event 'Approval'");
      assertThat(why.customStatus()).isEqualTo("\"asking\"");

      host.hub().raiseEvent("a", "approval", "true").join();
      assertThat(whyOnceItSays(host, "a", "lies there").notices())
          .anySatisfy(it -> assertThat(it).contains("'approval'", "'Approval' is awaited"));

      host.hub().raiseEvent("a", "Approval", "\"maybe\"").join();
      assertThat(whyOnceItSays(host, "a", "set aside").notices())
          .anySatisfy(
              it ->
                  assertThat(it)
                      .contains(
                          "cannot be read as java.lang.Boolean", "holdfast raise a Approval"));
      assertThat(why(host, "a").summary()).contains("event 'Approval'");
      host.announce();
      assertThat(command("list")).contains("Running (does not fit)");
      assertThat(command("show", "a")).contains("\"doesNotFit\" : \"An event 'Approval' was set");

      host.hub().raiseEvent("a", "Approval", "true").join();
      assertThat(end(host, "a").getOutput().getValue()).isEqualTo("\"yes\"");
      assertThat(command("show", "a")).doesNotContain("doesNotFit");
    }
  }

  @Test
  void what_was_told_is_known_after_a_restart() throws Exception {
    try (Holdfast host = app()) {
      start(host, "Approve", "a");
      whyOnceItSays(host, "a", "event 'Approval'");
      host.hub().raiseEvent("a", "Approval", "\"maybe\"").join();
      whyOnceItSays(host, "a", "set aside");
      host.hub().suspend("a", "lunch").join();
    }
    DemoApp again = DemoApp.of(ToldFunctions.class, folder.resolve("again"));
    HostOptions options =
        HostOptions.onFreePorts(
            again.folder(), new DataFolder(folder.resolve("data")), StoreKind.SQLITE);
    try (Holdfast host = Holdfast.start(options, Map.of())) {
      Why why = why(host, "a");
      assertThat(why.summary()).contains("somebody to resume it", "reason: lunch", "'Approval'");
      assertThat(why.notices()).anySatisfy(it -> assertThat(it).contains("set aside"));
      host.hub().resume("a", null).join();
      host.hub().raiseEvent("a", "Approval", "true").join();
      assertThat(end(host, "a").getOutput().getValue()).isEqualTo("\"yes\"");
      host.hub().raiseEvent("a", "Approval", "true").join();
      start(host, "Approve", "t");
      host.hub().terminate("t", "\"enough\"", false).join();
      assertThat(why(host, "t").summary()).contains("ended as terminated", "enough");
    }
  }

  @Test
  void a_result_that_does_not_fit_blocks_the_instance_until_the_code_is_mended() throws Exception {
    try (Holdfast host = app()) {
      host.announce();
      start(host, "Misreads", "m");

      Why why = whyOnceItSays(host, "m", "data that does not fit");
      assertThat(why.summary())
          .contains("the result of activity 'Say'", "java.lang.Integer", "holdfast retry m")
          .doesNotContain("external event");
      assertThat(command("list"))
          .containsPattern("m +.*Running \\(blocked\\)|m +.*Pending \\(blocked\\)");
      assertThat(command("show", "m")).contains("\"kind\" : \"data that does not fit\"");
    }
    DemoApp mended = DemoApp.of(MendedFunctions.class, folder.resolve("mended"));
    HostOptions options =
        HostOptions.onFreePorts(
            mended.folder(), new DataFolder(folder.resolve("data")), StoreKind.SQLITE);
    try (Holdfast host = Holdfast.start(options, Map.of())) {
      host.hub().retry("m").join();
      assertThat(end(host, "m").getOutput().getValue())
          .startsWith("\"now ")
          .doesNotContain("never");
    }
  }

  @Test
  void lists_are_filtered_ordered_and_counted() throws Exception {
    try (Holdfast host = app()) {
      host.announce();
      start(host, "Waits", "waits");
      start(host, "CallsBreaks", "parent");
      end(host, "parent");
      start(host, "Approve", "ended");
      host.hub().terminate("ended", "\"enough\"", false).join();

      assertThat(command("list", "--name", "Approve"))
          .contains("waits-child", "ended", "REASON", "enough")
          .doesNotContain("parent");
      assertThat(command("list", "--parent", "waits"))
          .contains("waits-child")
          .doesNotContain("ended");
      assertThat(command("list", "--status", "Failed", "--after", "10m"))
          .contains("no such order; caused by java.io.IOException: disk on fire");
      assertThat(command("list", "--newest", "--top", "1", "--name", "Approve"))
          .contains("ended")
          .doesNotContain("waits-child");
      assertThat(command("list", "--count"))
          .containsPattern("Approve +Running +1")
          .containsPattern("Approve +Terminated +1")
          .containsPattern("\\(all\\) +5");
      assertThat(command("list", "--count", "--parent", "waits")).containsPattern("\\(all\\) +1");
      assertThat(whyOnceItSays(host, "waits", "event 'Approval'").waitingFor().get(0).detail())
          .contains("its orchestrator 'Approve' is Running", "event 'Approval'");
    }
  }

  private String command(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", folder.resolve("data").toString()));
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(out, true));
    assertThat(line.execute(all.toArray(String[]::new))).as(out.toString()).isZero();
    return out.toString();
  }
}
