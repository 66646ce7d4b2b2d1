package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.engine.driven.ProgramExecutor;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of work that nobody who is there runs. */
class UnservedWorkTest {
  private static final Program WORKS = Program.of("Works", new Step.Call("Act", "1", false));

  private final Asking ask = new Asking(WORKS);
  private final ProgramExecutor own = ask.driven.executor();

  private void start(String id, String version) {
    ask.driven.get(
        ask.hub().start(Asking.request(id, "Works").setVersion(StringValue.of(version)).build()));
    ask.driven.settle();
  }

  private List<String> told() {
    return ask.driven.engine().unservedWork().stream().map(UnservedWork::words).toList();
  }

  @Test
  void versions_that_nobody_runs_are_told_apart_and_no_more_once_somebody_does() {
    own.runOnly("1.0");
    ask.driven.engine().servedChanged();

    start("old", "1.0");
    start("new", "3.0");
    start("newer", "3.0");
    ask.start("none", "Works");
    ask.driven.settle();

    assertThat(told())
        .containsExactly(
            "No connected worker serves orchestrator 'Works' without a version: 1 waits for one.",
            "No connected worker serves orchestrator 'Works' in version 3.0: 2 wait for one.");
    own.runOnly("3.0");
    ask.driven.engine().servedChanged();
    ask.driven.settle();
    assertThat(told())
        .containsExactly(
            "No connected worker serves orchestrator 'Works' without a version: 1 waits for one.");
  }

  @Test
  void what_was_terminated_waits_for_nobody() {
    own.runOnly("1.0");
    ask.driven.engine().servedChanged();
    start("a", "2.0");
    assertThat(told()).hasSize(1);

    ask.driven.get(ask.hub().terminate("a", "over", false));
    ask.driven.settle();

    assertThat(told()).isEmpty();
    assertThat(ask.driven.engine().waiting()).isZero();
  }

  @Test
  void where_the_name_is_not_served_versions_do_not_matter() {
    own.serve((kind, name) -> kind == WorkItem.Kind.ORCHESTRATOR);
    ask.driven.engine().servedChanged();

    start("a", "1.0");
    start("b", "2.0");

    assertThat(told())
        .containsExactly("No connected worker serves activity 'Act': 2 wait for one.");
  }
}
