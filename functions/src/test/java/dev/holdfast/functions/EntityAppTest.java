package dev.holdfast.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.Places;
import dev.holdfast.functions.context.RunTimes;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.Patience;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.EntityOperationCalledEvent;
import dev.holdfast.protocol.EntityOperationSignaledEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.TaskFailureDetails;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntityAppTest {

  private final List<FunctionLog.Entry> said = new CopyOnWriteArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private FunctionApp app;

  @AfterEach
  void closeApp() {
    if (app != null) {
      app.close();
    }
  }

  private FunctionApp open(AppContext context) throws Exception {
    app = FunctionApp.open(TestApps.entityApp(), context.withLog(said::add));
    assertThat(app.failedFunctions()).isEmpty();
    return app;
  }

  private FunctionApp open() throws Exception {
    return open(AppContext.usual());
  }

  @Test
  void every_way_to_declare_an_entity_is_served_whatever_the_case_of_its_name() throws Exception {
    open();

    for (String name : List.of("counter", "Counter", "tally", "plain", "broken")) {
      assertThat(app.executor().serves(WorkItem.Kind.ENTITY, name)).as(name).isTrue();
    }
    assertThat(app.executor().serves(WorkItem.Kind.ENTITY, "renamed")).isFalse();
    assertThat(app.executor().serves(WorkItem.Kind.ENTITY, "countup")).isFalse();
    assertThat(app.executor().serves(WorkItem.Kind.ACTIVITY, "Counter")).isFalse();
    assertThat(app.warnings()).noneMatch(warning -> warning.contains("entityTrigger"));
    assertThat(app.functions())
        .filteredOn(function -> function.name().equals("Plain"))
        .extracting(FunctionDefinition::trigger)
        .containsExactly(new BindingDefinition("entityTrigger", "in", "batch", java.util.Map.of()));
  }

  @Test
  void operations_run_in_order_on_the_state() throws Exception {
    open();

    EntityBatchResult first = run("counter", null, called("add", "2"), signaled("Add", "3"));
    EntityBatchResult second = run("counter", "{\"count\":5}", called("add", "1"));

    assertThat(first.getResults(0).getSuccess().getResult().getValue()).isEqualTo("2");
    assertThat(first.getResults(1).getSuccess().getResult().getValue()).isEqualTo("5");
    assertThat(first.getEntityState().getValue()).isEqualTo("{\"count\":5}");
    assertThat(second.getEntityState().getValue()).isEqualTo("{\"count\":6}");
    assertThat(run("tally", null, called("add", "7")).getResultsCount()).isEqualTo(1);
    assertThat(run("plain", null, signaled("ring", null)).getResults(0).getSuccess().getResult())
        .isEqualTo(StringValue.of("\"ring\""));
  }

  @Test
  void failed_operation_is_told_to_the_caller_and_to_the_log() throws Exception {
    open();

    EntityBatchResult result =
        run("counter", "{\"count\":5}", signaled("add", "-1"), called("add", "1"));

    assertThat(result.hasFailureDetails()).isFalse();
    assertThat(result.getResults(0).getFailure().getFailureDetails().getErrorMessage())
        .isEqualTo("negative: -1");
    assertThat(result.getEntityState().getValue()).isEqualTo("{\"count\":6}");
    assertThat(said)
        .filteredOn(entry -> entry.severity() == FunctionLog.Severity.WARNING)
        .singleElement()
        .satisfies(
            entry ->
                assertThat(entry.message())
                    .contains("'add'", "@counter@k", "IllegalArgumentException: negative: -1"));
  }

  @Test
  void function_that_fails_as_a_whole_says_what_user_code_threw() throws Exception {
    open();

    TaskFailureDetails failure = run("broken", "1", called("x", null)).getFailureDetails();

    assertThat(failure.getErrorType()).isEqualTo("java.lang.IllegalStateException");
    assertThat(failure.getErrorMessage()).isEqualTo("no way in");
  }

  @Test
  void function_that_returns_something_else_says_what_it_must_return() throws Exception {
    open();

    for (String name : List.of("silent", "void")) {
      EntityBatchResult result = run(name, "1", called("x", null));

      assertThat(result.getFailureDetails().getErrorMessage()).contains("running the batch");
      assertThat(result.getResultsList()).isEmpty();
    }
  }

  @Test
  void unknown_entity_is_served_by_nobody() throws Exception {
    open();

    Answer answer = answer(batch("nobody", null, called("x", null)));

    assertThat(((Answer.NobodyServes) answer).reason()).contains("'nobody'", "Counter", "entity");
  }

  @Test
  void a_batch_that_takes_too_long_leaves_its_entity_blocked() throws Exception {
    open(
        AppContext.usual()
            .withTimes(new RunTimes(Duration.ofMillis(200), Map.of(), RunTimes.DEFAULT.drain())));

    Answer answer = answer(batch("hanging", null, called("x", null)));

    assertThat(((Answer.Blocked) answer).block().reason())
        .contains("entity 'Hanging' ran longer than 200 ms", "functionTimeout in host.json");
  }

  @Test
  void one_entity_may_have_a_limit_of_its_own() throws Exception {
    Patience usual = Patience.DEFAULT;
    open(
        AppContext.usual()
            .withPatience(
                new Patience(
                    null,
                    Map.of("hanging", Duration.ofMillis(200)),
                    usual.heldAfter(),
                    usual.extraPlaces(),
                    usual.lostThreads(),
                    usual.stalledAfter())));

    Answer answer = answer(batch("hanging", null, called("x", null)));

    assertThat(((Answer.Blocked) answer).block().reason()).contains("entityTimeouts.Hanging");
  }

  @Test
  void entities_have_places_of_their_own() throws Exception {
    open(
        AppContext.usual()
            .withPlaces(new Places(8, 8, 1))
            .withTimes(new RunTimes(RunTimes.DEFAULT.functionTimeout(), Map.of(), Duration.ZERO)));
    int free = app.executor().places(WorkItem.Kind.ENTITY);
    List<Answer> answers = new CopyOnWriteArrayList<>();
    List<WorkItem> items = new ArrayList<>();
    for (int i = 0; i < free; i++) {
      items.add(batch("hanging", null, called("x", null)));
    }

    app.executor().execute(items, answers::add);

    assertThat(app.executor().places(WorkItem.Kind.ENTITY)).isZero();
    assertThat(app.executor().places(WorkItem.Kind.ACTIVITY)).isPositive();
    app.close();
    await().until(() -> answers.size() == free);
    assertThat(answers).allMatch(answer -> answer instanceof Answer.Abandoned);
  }

  @Test
  void app_with_a_protobuf_that_is_too_old_hears_which_it_needs() throws Exception {
    Path old = TestApps.jars("protobuf-java-3.12.0").get(0);
    app = FunctionApp.open(TestApps.entityApp(old), AppContext.usual());

    TaskFailureDetails failure = run("counter", null, called("add", "1")).getFailureDetails();

    assertThat(failure.getErrorMessage()).contains("protobuf-java is too old", "3.25.5");
  }

  @Test
  void orchestrators_of_the_released_library_call_them() throws Exception {
    open();
    HandDriven countUp = new HandDriven(app.executor(), "CountUp");

    List<OrchestratorAction> actions =
        countUp.turn(List.of(countUp.started(null))).getActionsList();

    assertThat(actions).hasSize(1);
    assertThat(actions.get(0).getSendEvent().getInstance().getInstanceId()).isEqualTo("@counter@a");
    assertThat(actions.get(0).getSendEvent().getData().getValue()).contains("\"op\":\"add\"");
  }

  private EntityBatchResult run(String name, @Nullable String state, HistoryEvent... operations)
      throws Exception {
    return ((Answer.EntityDone) answer(batch(name, state, operations))).response();
  }

  private static WorkItem batch(String name, @Nullable String state, HistoryEvent... operations) {
    return new WorkItem.EntityBatch(1, "@" + name + "@k", "e1", state, List.of(operations));
  }

  private Answer answer(WorkItem item) throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    app.executor().execute(List.of(item), answer::complete);
    return answer.get(20, TimeUnit.SECONDS);
  }

  private static HistoryEvent called(String operation, @Nullable String input) {
    EntityOperationCalledEvent.Builder called =
        EntityOperationCalledEvent.newBuilder().setRequestId("r").setOperation(operation);
    if (input != null) {
      called.setInput(StringValue.of(input));
    }
    return HistoryEvent.newBuilder().setEntityOperationCalled(called).build();
  }

  private static HistoryEvent signaled(String operation, @Nullable String input) {
    EntityOperationSignaledEvent.Builder signaled =
        EntityOperationSignaledEvent.newBuilder().setRequestId("r").setOperation(operation);
    if (input != null) {
      signaled.setInput(StringValue.of(input));
    }
    return HistoryEvent.newBuilder().setEntityOperationSignaled(signaled).build();
  }
}
