package dev.holdfast.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.Past;
import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.HistoryEvent.EventTypeCase;
import dev.holdfast.protocol.OrchestratorResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Code that is changed while instances wait, with the released libraries. */
class ChangedCodeTest {
  private static final Map<String, FunctionApp> APPS = new TreeMap<>();

  private static Executor app(String version) throws Exception {
    FunctionApp app = APPS.get(version);
    if (app == null) {
      List<Path> jars = TestApps.durable(version);
      Path classes = TestApps.compiledOnce("changed-" + version, jars, "ChangedApp");
      app = FunctionApp.open(TestApps.source(classes, jars), AppContext.usual());
      APPS.put(version, app);
      assertThat(app.failedFunctions()).isEmpty();
    }
    return app.executor();
  }

  @AfterAll
  static void closeApps() {
    APPS.values().forEach(FunctionApp::close);
  }

  /** Both steps are done, and the instance waits for its event. */
  private static Chronicle waiting(String version) throws Exception {
    Chronicle chronicle = new Chronicle();
    done(chronicle.turn(app(version), "Base", chronicle.started("Base")));
    done(chronicle.turn(app(version), "Base", chronicle.completed(0)));
    done(chronicle.turn(app(version), "Base", chronicle.completed(1)));
    return chronicle.forgotten();
  }

  private static OrchestratorResponse done(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.TurnDone.class);
    return ((Answer.TurnDone) answer).response();
  }

  private static Blocked blocked(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Blocked.class);
    return ((Answer.Blocked) answer).block();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          FirstRemoved     | step 1 was activity 'Charge', the code now calls activity 'Ship'
          TwoRemoved       | step 1 was activity 'Charge', the code now asks for nothing there
          Renamed          | step 1 was activity 'Charge', the code now calls activity 'Debit'
          Swapped          | step 1 was activity 'Charge', the code now calls activity 'Ship'
          Timer            | step 1 was activity 'Charge', the code now sets a timer
          SubOrchestration | step 1 was activity 'Charge', the code now calls sub-orchestration 'Charge'
          Inserted         | step 1 was activity 'Charge', the code now calls activity 'Reserve'
          Parallel         | the code now calls activity 'Ship' before that
          WaitFirst        | step 1 was activity 'Charge', the code now asks for
          EndsEarly        | step 2 was activity 'Ship', the code now ends there
          FailsEarly       | step 1 was activity 'Charge', the code now fails there (java.lang.IllegalArgumentException)
          """)
  void changes_of_what_was_done_are_told_with_both_sides(String name, String told)
      throws Exception {
    for (String version : List.of("1.0.0", "1.4.0", "1.5.0")) {
      Chronicle chronicle = waiting(version);

      Blocked block = blocked(chronicle.turn(app(version), name, chronicle.raised("go")));

      assertThat(block.kind()).isEqualTo(Blocked.Kind.CODE_CHANGED);
      assertThat(block.reason()).contains(told).endsWith("./holdfast retry i1");
      assertThat(block.place()).isEqualTo("orchestrator '" + name + "'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FirstRemoved",
        "TwoRemoved",
        "Renamed",
        "Swapped",
        "Timer",
        "SubOrchestration",
        "Inserted",
        "Parallel",
        "WaitFirst",
        "FailsEarly"
      })
  void changes_are_told_when_the_first_step_is_still_open(String name) throws Exception {
    Chronicle chronicle = new Chronicle();
    done(chronicle.turn(app("1.5.0"), "Base", chronicle.started("Base")));

    Blocked block = blocked(chronicle.forgotten().turn(app("1.5.0"), name, chronicle.completed(0)));

    assertThat(block.kind()).isEqualTo(Blocked.Kind.CODE_CHANGED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Base", "LongerEnd", "OtherEnd"})
  void new_code_after_what_was_done_is_allowed(String name) throws Exception {
    for (String version : List.of("1.0.0", "1.4.0", "1.5.0")) {
      Chronicle chronicle = waiting(version);

      done(chronicle.turn(app(version), name, chronicle.raised("go")));
    }
  }

  /** The same jars after a restart; that nothing is compared shows in what is then not noticed. */
  @Test
  void what_this_very_build_has_run_last_is_not_compared_again() throws Exception {
    Chronicle chronicle = waiting("1.5.0");
    List<Path> jars = TestApps.durable("1.5.0");
    Path classes = TestApps.compiledOnce("changed-1.5.0", jars, "ChangedApp");
    AtomicLong since = new AtomicLong(chronicle.newestTurn() + 1);
    try (FunctionApp again =
        FunctionApp.open(
            TestApps.source(classes, jars),
            AppContext.usual().withPast(new Past(new InHand(), since::get)))) {
      assertThat(again.build()).isNotEmpty();
      blocked(chronicle.turn(again.executor(), "Renamed", chronicle.raised("go")));

      since.set(chronicle.newestTurn());
      done(chronicle.turn(again.executor(), "Renamed", chronicle.raised("go")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0", "1.4.0", "1.5.0"})
  void mended_code_goes_on_where_it_was(String version) throws Exception {
    Chronicle chronicle = waiting(version);
    blocked(chronicle.turn(app(version), "Renamed", chronicle.raised("go")));
    blocked(chronicle.turn(app(version), "Renamed", chronicle.raised("go")));

    done(chronicle.turn(app(version), "Base", chronicle.raised("go")));
    OrchestratorResponse end =
        done(
            chronicle.turn(
                app(version),
                "Base",
                chronicle.completed(chronicle.newest(EventTypeCase.TASKSCHEDULED))));

    assertThat(end.getActions(0).getCompleteOrchestration().getResult().getValue())
        .isEqualTo("\"ok\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.4.0", "1.5.0"})
  void retries_children_timers_and_events_replay_as_they_were(String version) throws Exception {
    Chronicle chronicle = new Chronicle();
    done(chronicle.turn(app(version), "Rich", chronicle.started("Rich")));
    int child = chronicle.newest(EventTypeCase.SUBORCHESTRATIONINSTANCECREATED);
    turn(chronicle, version, chronicle.failed(0));
    turn(chronicle, version, chronicle.fired(chronicle.newest(EventTypeCase.TIMERCREATED)));
    turn(chronicle, version, chronicle.childFailed(child));
    turn(
        chronicle,
        version,
        chronicle.completed(chronicle.newest(EventTypeCase.TASKSCHEDULED)),
        chronicle.fired(chronicle.newest(EventTypeCase.TIMERCREATED)));
    turn(
        chronicle,
        version,
        chronicle.childCompleted(chronicle.newest(EventTypeCase.SUBORCHESTRATIONINSTANCECREATED)));
    turn(chronicle, version, chronicle.raised("go"));
    turn(chronicle, version, chronicle.failed(chronicle.newest(EventTypeCase.TASKSCHEDULED)));
    turn(chronicle, version, chronicle.fired(chronicle.newest(EventTypeCase.TIMERCREATED)));
    turn(chronicle, version, chronicle.failed(chronicle.newest(EventTypeCase.TASKSCHEDULED)));
    turn(chronicle, version, chronicle.completed(chronicle.newest(EventTypeCase.TASKSCHEDULED)));
    OrchestratorResponse end =
        done(
            chronicle
                .forgotten()
                .turn(
                    app(version),
                    "Rich",
                    chronicle.completed(chronicle.newest(EventTypeCase.TASKSCHEDULED))));

    assertThat(end.getActionsList())
        .anySatisfy(
            it ->
                assertThat(it.getCompleteOrchestration().getResult().getValue())
                    .isEqualTo("\"ok\""));
  }

  private void turn(Chronicle chronicle, String version, HistoryEvent... arrived) throws Exception {
    OrchestratorResponse response = done(chronicle.forgotten().turn(app(version), "Rich", arrived));
    assertThat(response.getActionsList()).noneMatch(it -> it.hasCompleteOrchestration());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0", "1.4.0", "1.5.0"})
  void a_retry_is_no_caught_pause(String version) throws Exception {
    Chronicle chronicle = new Chronicle();
    done(chronicle.turn(app(version), "Retries", chronicle.started("Retries")));
    done(chronicle.forgotten().turn(app(version), "Retries", chronicle.failed(0)));
    done(chronicle.forgotten().turn(app(version), "Retries", chronicle.fired(1)));

    OrchestratorResponse end =
        done(chronicle.forgotten().turn(app(version), "Retries", chronicle.completed(2)));

    assertThat(end.getActionsList()).anyMatch(it -> it.hasCompleteOrchestration());
  }

  @ParameterizedTest
  @ValueSource(strings = {"CatchesAll", "CatchesAndGoesOn", "CatchesAndWraps", "BeginsFinally"})
  void code_that_catches_its_own_pause_is_told(String name) throws Exception {
    for (String version : List.of("1.0.0", "1.4.0", "1.5.0")) {
      Chronicle chronicle = new Chronicle();

      Blocked block = blocked(chronicle.turn(app(version), name, chronicle.started(name)));

      assertThat(block.kind()).isEqualTo(Blocked.Kind.CATCHES_PAUSE);
      assertThat(block.reason())
          .contains("OrchestratorBlockedException", "TaskFailedException")
          .endsWith("./holdfast retry i1");
    }
  }

  /** Older libraries know no event of that kind in a history, and fail of it. */
  @Test
  void the_release_of_a_lock_while_a_turn_pauses_is_no_step() throws Exception {
    Chronicle chronicle = new Chronicle();
    done(chronicle.turn(app("1.5.0"), "Releases", chronicle.started("Releases")));

    OrchestratorResponse second =
        done(chronicle.forgotten().turn(app("1.5.0"), "Releases", chronicle.completed(0)));

    assertThat(second.getActionsList())
        .anyMatch(it -> it.getScheduleTask().getName().equals("Ship"));
  }
}
