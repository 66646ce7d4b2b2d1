package dev.holdfast.engine.scenario;

import static dev.holdfast.core.WorkItem.Kind.ACTIVITY;
import static dev.holdfast.core.WorkItem.Kind.ENTITY;
import static dev.holdfast.core.WorkItem.Kind.ORCHESTRATOR;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Limits;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.FailedAnswer;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.driven.ProgramExecutor;
import dev.holdfast.engine.program.Activities;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names that somebody served once, and names that nobody ever did, beside an app. */
class ServedNamesTest {
  private static final Program WORKS = Program.of("Works", new Step.Call("Act", "1", false));
  private static final Program OTHER = Program.of("Other", new Step.Call("Typo", "1", false));

  private final DrivenHub driven =
      new DrivenHub(Asking.programs(WORKS, OTHER), Limits.DEFAULT, 2, null, WhenUnserved.FAILS);
  private final Asking ask = new Asking(driven);

  @BeforeEach
  void begin() {
    firstApp(driven.executor());
    driven.engine().servedChanged();
    driven.settle();
  }

  private static void firstApp(ProgramExecutor app) {
    app.serveNamed(ORCHESTRATOR, "Works").serveNamed(ACTIVITY, "Act");
  }

  private static void otherApp(ProgramExecutor app) {
    app.serveNamed(ORCHESTRATOR, "Other").serveNamed(ACTIVITY, "Elsewhere");
  }

  private ProgramExecutor worker() {
    ProgramExecutor worker = new ProgramExecutor(Asking.programs(WORKS, OTHER), new Activities(2));
    worker.serve((kind, name) -> true);
    worker.takeEverything();
    driven.engine().join(worker);
    driven.settle();
    return worker;
  }

  private String why(String id) {
    return driven.get(ask.hub().why(id)).orElseThrow().summary();
  }

  @Test
  void what_runs_waits_for_the_app_that_has_it_while_another_app_is_there() {
    driven.setAnswering(false);
    ask.start("turn", "Works");
    ask.start("activity", "Works");
    driven.settle();
    ProgramExecutor.Held held =
        driven.executor().held().stream()
            .filter(it -> it.item().instanceId().equals("activity"))
            .findFirst()
            .orElseThrow();
    held.answers().answer(driven.executor().run(held.item()));
    driven.settle();

    driven.setAnswering(true);
    driven.crash(ServedNamesTest::otherApp);
    driven.settle();
    driven.engine().servedChanged();
    driven.settle();

    assertThat(ask.status("turn")).isEqualTo(ORCHESTRATION_STATUS_PENDING);
    assertThat(ask.status("activity")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(why("turn"))
        .contains("no connected worker serves orchestrator 'Works'; it was served until 20");
    assertThat(driven.engine().unservedWork())
        .allSatisfy(it -> assertThat(it.words()).contains("It was served until 20"))
        .extracting(it -> it.wanted().name())
        .containsExactlyInAnyOrder("Works");

    driven.crash(ServedNamesTest::firstApp);
    assertThat(ask.status("turn")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.status("activity")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void an_activity_that_was_served_once_waits_too() {
    driven.setAnswering(false);
    ask.start("a", "Works");
    driven.settle();
    driven.executor().answerAll();
    driven.settle();

    driven.setAnswering(true);
    driven.crash(app -> app.serveNamed(ORCHESTRATOR, "Works", "Other"));
    driven.settle();

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(why("a")).contains("no connected worker serves activity 'Act'");
    assertThat(ask.state("a").getWaitsFor())
        .startsWith("activity 'Act', which nobody who is connected serves now");
    ask.start("typo", "Other");
    assertThat(ask.status("typo"))
        .as("nobody ever served it")
        .isEqualTo(ORCHESTRATION_STATUS_FAILED);
  }

  @Test
  void a_name_that_nobody_ever_served_fails_at_once() {
    ask.start("a", "Wroks");

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
  }

  @Test
  void a_start_is_for_those_who_are_there() {
    driven.crash(ServedNamesTest::otherApp);
    driven.settle();

    assertThatThrownBy(() -> ask.start("a", "Works"))
        .hasMessageContaining("Nobody who is connected serves orchestrator 'Works' now")
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(RefusedException.Reason.UNAVAILABLE));
  }

  @Test
  void the_mark_of_a_worker_that_takes_everything_does_not_outlive_it() {
    ProgramExecutor worker = worker();
    assertThat(driven.engine().isServed(ORCHESTRATOR, "Wroks")).isTrue();

    driven.engine().leave(worker);
    driven.settle();
    assertThat(driven.engine().isServed(ORCHESTRATOR, "Wroks")).isFalse();
    ask.start("a", "Wroks");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_FAILED);

    driven.crash(ServedNamesTest::firstApp);
    ask.start("b", "Wroks");
    assertThat(ask.status("b")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
  }

  @Test
  void work_that_was_accepted_while_it_was_served_waits_over_a_restart() {
    ProgramExecutor worker = worker();
    worker.setPlaces(ACTIVITY, 0);
    ask.start("begun", "Other");
    driven.settle();
    worker.answerAll();
    driven.settle();
    ask.start("new", "Other");
    driven.settle();
    driven.engine().leave(worker);
    driven.crash(ServedNamesTest::firstApp);
    driven.settle();

    assertThat(ask.status("begun")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(ask.status("new")).isEqualTo(ORCHESTRATION_STATUS_PENDING);

    ProgramExecutor back = worker();
    for (int i = 0; i < 4; i++) {
      back.answerAll();
      driven.settle();
    }
    assertThat(ask.status("begun")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.status("new")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void a_name_that_the_worker_itself_did_not_know_is_a_mistake_again() {
    ProgramExecutor worker = worker();
    ask.start("a", "Other");
    driven.settle();
    worker.answerAll();
    driven.settle();
    worker
        .held()
        .forEach(
            held -> held.answers().answer(FailedAnswer.of(held.item(), "Unknown", "no such name")));
    worker.held().clear();
    driven.settle();
    worker.answerAll();
    driven.settle();
    driven.engine().leave(worker);
    driven.executor().serveNamed(ORCHESTRATOR, "Works", "Other");
    driven.engine().servedChanged();

    ask.start("b", "Other");

    assertThat(ask.status("b")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
  }

  @Test
  void entities_wait_as_well() {
    driven.executor().serveNamed(ENTITY, "ledger");
    driven.engine().servedChanged();
    driven.settle();
    driven.crash(ServedNamesTest::otherApp);

    driven.get(ask.hub().signalEntity(signal("@ledger@a")));
    driven.get(ask.hub().signalEntity(signal("@legder@a")));
    driven.settle();

    assertThat(driven.engine().unservedWork())
        .extracting(it -> it.wanted().words())
        .containsExactly("entity 'ledger'");
  }

  private static dev.holdfast.protocol.SignalEntityRequest signal(String id) {
    return dev.holdfast.protocol.SignalEntityRequest.newBuilder()
        .setInstanceId(id)
        .setName("add")
        .build();
  }

  @Test
  void a_hub_from_before_names_were_remembered_takes_those_of_what_is_open() {
    DrivenHub old =
        new DrivenHub(Asking.programs(WORKS), Limits.DEFAULT, 2, null, WhenUnserved.FAILS);
    Asking asking = new Asking(old);
    old.setAnswering(false);
    asking.start("a", "Works");
    old.settle();
    old.executor().answerAll();
    old.settle();
    assertThat(old.memory().records("served")).isEmpty();

    old.setAnswering(true);
    old.crash(ServedNamesTest::otherApp);
    old.settle();

    assertThat(asking.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(old.memory().records("served"))
        .extracting(Rows.Keyed::name)
        .contains("orchestrator Works", "activity Act");
  }

  @Test
  void the_same_app_again_writes_nothing_of_it() {
    driven.settle();
    List<Rows.Keyed> before = driven.memory().records("served");
    assertThat(before).extracting(Rows.Keyed::name).contains("orchestrator Works", "activity Act");

    driven.crash(ServedNamesTest::firstApp);
    driven.settle();
    driven.engine().servedChanged();
    driven.settle();

    assertThat(driven.memory().records("served")).isEqualTo(before);
    assertThat(WorkItem.Kind.values()).hasSize(3);
  }
}
