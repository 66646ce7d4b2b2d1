package dev.holdfast.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.Conversions;
import dev.holdfast.functions.context.HubDoor;
import dev.holdfast.functions.context.Places;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurableAppTest {

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private FunctionApp app;

  @AfterEach
  void closeApp() {
    if (app != null) {
      app.close();
    }
  }

  private FunctionApp open(String clientVersion, AppContext context) throws Exception {
    app = FunctionApp.open(TestApps.durableApp(clientVersion), context);
    assertThat(app.failedFunctions()).isEmpty();
    return app;
  }

  private FunctionApp open(String clientVersion) throws Exception {
    return open(clientVersion, AppContext.usual());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0", "1.4.0", "1.5.0"})
  void sequence_runs_with_every_released_client(String version) throws Exception {
    HandDriven hello = new HandDriven(open(version).executor(), "HelloSequence");

    CompleteOrchestrationAction end = hello.run(null);

    assertThat(end.getOrchestrationStatus())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
    assertThat(end.getResult().getValue())
        .isEqualTo(
            "[\"Hello, \\\"Tokyo\\\"!\",\"Hello, \\\"London\\\"!\",\"Hello, \\\"Seattle\\\"!\"]");
  }

  @Test
  void text_parameters_lose_their_quotes_when_the_host_says_so() throws Exception {
    AppContext unwrapped =
        AppContext.usual()
            .withConversions(new Conversions(Conversions.ActivityStringInput.UNWRAPPED, false));
    HandDriven hello = new HandDriven(open("1.4.0", unwrapped).executor(), "HelloSequence");

    assertThat(hello.run(null).getResult().getValue())
        .isEqualTo("[\"Hello, Tokyo!\",\"Hello, London!\",\"Hello, Seattle!\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0", "1.4.0", "1.5.0"})
  void fan_out_and_primitives(String version) throws Exception {
    HandDriven fans = new HandDriven(open(version).executor(), "Fans");

    assertThat(fans.run("5").getResult().getValue()).isEqualTo("30");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0", "1.4.0", "1.5.0"})
  void void_functions_complete(String version) throws Exception {
    CompleteOrchestrationAction end = new HandDriven(open(version).executor(), "Nothing").run(null);

    assertThat(end.getOrchestrationStatus())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void timer_and_continue_as_new() throws Exception {
    CompleteOrchestrationAction end = new HandDriven(open("1.4.0").executor(), "Eternal").run(null);

    assertThat(end.getOrchestrationStatus())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
    assertThat(end.getResult().getValue()).isEqualTo("\"again\"");
  }

  @Test
  void half_a_surrogate_pair_in_a_result_fails_the_activity() throws Exception {
    CompleteOrchestrationAction end =
        new HandDriven(open("1.5.0").executor(), "CallsHalf").run(null);

    assertThat(end.getResult().getValue()).contains("surrogate", "U+DE00", "HalfPair");
  }

  @Test
  void what_the_middleware_hides_is_kept_beside_what_user_code_is_told() throws Exception {
    CompleteOrchestrationAction end = new HandDriven(open("1.4.0").executor(), "Breaks").run(null);

    TaskFailureDetails failure = end.getFailureDetails();
    assertThat(end.getOrchestrationStatus())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED);
    assertThat(failure.getErrorMessage()).isEqualTo("Unexpected failure in the task execution");
    assertThat(failure.hasInnerFailure()).isFalse();
    assertThat(failure.getSeen().getErrorType()).isEqualTo("java.lang.IllegalArgumentException");
    assertThat(failure.getSeen().getErrorMessage()).isEqualTo("no such order");
    assertThat(failure.getSeen().getInnerFailure().getErrorMessage()).isEqualTo("disk on fire");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0", "1.4.0", "1.5.0"})
  void failures_of_activities_can_be_told_apart(String version) throws Exception {
    CompleteOrchestrationAction end = new HandDriven(open(version).executor(), "Catches").run(null);

    assertThat(end.getResult().getValue())
        .isEqualTo("\"java.lang.IllegalStateException|no luck|true\"");
  }

  @Test
  void failure_has_all_causes() throws Exception {
    HandDriven any = new HandDriven(open("1.4.0").executor(), "any");

    TaskFailureDetails failure = any.activity("Explode", null, 0).getFailureDetails();

    assertThat(failure.getErrorType()).isEqualTo("java.lang.IllegalStateException");
    assertThat(failure.getStackTrace().getValue()).contains("DurableApp.explode");
    assertThat(failure.getInnerFailure().getErrorType()).isEqualTo("java.io.IOException");
    assertThat(failure.getInnerFailure().getErrorMessage()).isEqualTo("wire cut");
  }

  @Test
  void failure_is_only_the_root_cause_when_short_names_are_wanted() throws Exception {
    AppContext context =
        AppContext.usual()
            .withConversions(new Conversions(Conversions.ActivityStringInput.RAW, true));
    HandDriven any = new HandDriven(open("1.4.0", context).executor(), "any");

    TaskFailureDetails failure = any.activity("Explode", null, 0).getFailureDetails();

    assertThat(failure.getErrorType()).isEqualTo("IOException");
    assertThat(failure.getErrorMessage()).isEqualTo("wire cut");
    assertThat(failure.hasInnerFailure()).isFalse();
  }

  @Test
  void null_for_a_primitive_is_a_failure() throws Exception {
    HandDriven any = new HandDriven(open("1.4.0").executor(), "any");

    TaskFailureDetails failure = any.activity("Square", "null", 0).getFailureDetails();

    assertThat(failure.getErrorType()).isEqualTo("java.lang.ClassCastException");
    assertThat(failure.getErrorMessage()).isEqualTo("Cannot convert null to type int");
  }

  @Test
  void bean_that_jackson_wrote_is_read() throws Exception {
    HandDriven any = new HandDriven(open("1.4.0").executor(), "any");
    String order = "{\"id\":\"o1\",\"due\":[2026,2,28],\"note\":\"x\",\"lines\":[{\"amount\":1}]}";

    String shipped = any.activity("Ship", order, 0).getResult().getValue();

    assertThat(shipped)
        .isEqualTo(
            "{\"id\":\"o1\",\"due\":\"2026-03-01\",\"note\":\"x\",\"lines\":[{\"amount\":2}]}");
  }

  @Test
  void activity_may_ask_for_its_instance() throws Exception {
    HandDriven any = new HandDriven(open("1.4.0").executor(), "any");

    assertThat(any.activity("InstanceOf", "\"x\"", 0).getResult().getValue()).isEqualTo("\"i1\"");
  }

  @Test
  void unknown_names_are_served_by_nobody() throws Exception {
    FunctionApp opened = open("1.4.0");
    HandDriven any = new HandDriven(opened.executor(), "any");

    Answer answer = any.answer(any.activityItem("Sqare", "1", 0));

    assertThat(opened.executor().serves(WorkItem.Kind.ACTIVITY, "Sqare")).isFalse();
    assertThat(opened.executor().serves(WorkItem.Kind.ACTIVITY, "square")).isTrue();
    assertThat(opened.executor().serves(WorkItem.Kind.ORCHESTRATOR, "Square")).isFalse();
    assertThat(((Answer.NobodyServes) answer).reason()).contains("'Sqare'").contains("Square");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0", "1.4.0", "1.5.0"})
  void client_binding_makes_management_urls(String version) throws Exception {
    AppContext context = AppContext.usual().withDoor(door(() -> 4001, () -> "k1"));
    FunctionApp opened = open(version, context);

    HttpReply reply =
        opened
            .call(
                "StartHello",
                new HttpCall(
                    "POST",
                    URI.create("http://myhost:8080/api/StartHello"),
                    Map.of("Host", List.of("myhost:8080")),
                    Map.of(),
                    Map.of(),
                    new byte[0]))
            .get(20, TimeUnit.SECONDS);

    assertThat(new String(reply.body(), UTF_8))
        .contains("http://myhost:8080/runtime/webhooks/durabletask/instances/abc?code=k1");
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.contentType()).isEqualTo("application/json");
    assertThat(reply.headers()).containsKey("Location");
  }

  @Test
  void blocking_activities_run_up_to_the_limit_and_hold_up_no_turn() throws Exception {
    FunctionApp opened = open("1.4.0", AppContext.usual().withPlaces(new Places(8, 8, 8)));
    Path gate = folder.resolve("gate");
    HandDriven driver = new HandDriven(opened.executor(), "any");
    List<WorkItem> items = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      items.add(driver.activityItem("WaitForFile", "\"" + gate + "\"", i));
    }
    List<Answer> answers = new CopyOnWriteArrayList<>();

    opened.executor().execute(items, answers::add);
    await().untilAsserted(() -> assertThat(running(opened)).isEqualTo("8"));
    CompleteOrchestrationAction other = new HandDriven(opened.executor(), "Eternal").run(null);

    assertThat(other.getOrchestrationStatus())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
    assertThat(answers).isEmpty();
    Files.createFile(gate);
    await().untilAsserted(() -> assertThat(answers).hasSize(16));
    assertThat(answers)
        .extracting(a -> ((Answer.ActivityDone) a).response().getResult().getValue())
        .contains("8")
        .allMatch(atOnce -> Integer.parseInt(atOnce) <= 8);
  }

  private static String running(FunctionApp app) throws Exception {
    HttpCall call =
        new HttpCall(
            "GET", URI.create("http://localhost"), Map.of(), Map.of(), Map.of(), new byte[0]);
    return new String(app.call("Running", call).get(20, TimeUnit.SECONDS).body(), UTF_8);
  }

  @Test
  void hint_about_quotes_is_given_once() throws Exception {
    List<FunctionLog.Entry> said = new CopyOnWriteArrayList<>();
    HandDriven hello =
        new HandDriven(
            open("1.4.0", AppContext.usual().withLog(said::add)).executor(), "HelloSequence");

    hello.run(null);

    assertThat(said)
        .extracting(FunctionLog.Entry::message)
        .filteredOn(message -> message.contains("activityStringInput"))
        .hasSize(1);
  }

  @Test
  void versions_of_the_libraries_are_known() throws Exception {
    assertThat(open("1.5.0").libraries())
        .containsEntry("durabletask-client", "1.5.0")
        .containsEntry("durabletask-azure-functions", "1.4.0");
  }

  private static HubDoor door(IntSupplier port, Supplier<String> key) {
    HubDoor usual = HubDoor.DEFAULT;
    return new HubDoor(
        usual.taskHub(), usual.connectionName(), port, null, usual.httpBaseUrl(), key);
  }
}
