package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Milestone;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What metrics are told, each thing once. */
class MilestoneTest {
  private static final Program CALLS = Program.of("Calls", new Step.Call("Act", "1", false));
  private static final Program FAILS = Program.of("Fails", new Step.Fail("no"));
  private static final Program SLEEPS = Program.of("Sleeps", new Step.Sleep(Duration.ofMinutes(2)));

  private final Asking ask = new Asking(CALLS, FAILS, SLEEPS);
  private final List<Milestone> told = new ArrayList<>();
  private int flushes;

  @BeforeEach
  void listen() {
    ask.driven.engine().measure(told::add, nanos -> flushes++);
  }

  private List<String> words() {
    return told.stream().map(each -> each.kind() + " " + each.name()).toList();
  }

  @Test
  void an_instance_and_its_activity_are_told_from_start_to_end() {
    ask.start("a", "Calls");
    ask.driven.settle();

    assertThat(words())
        .containsExactly("STARTED Calls", "ACTIVITY_COMPLETED Act", "COMPLETED Calls");
    assertThat(flushes).isPositive();
  }

  @Test
  void an_end_tells_its_kind_and_how_long_it_took() {
    ask.start("a", "Fails");
    ask.start("b", "Sleeps");
    ask.start("c", "Sleeps");
    ask.driven.settle();
    ask.driven.get(ask.hub().terminate("b", null, false));
    ask.driven.advance(Duration.ofMinutes(3));

    assertThat(words())
        .containsExactlyInAnyOrder(
            "STARTED Fails",
            "STARTED Sleeps",
            "STARTED Sleeps",
            "FAILED Fails",
            "TERMINATED Sleeps",
            "COMPLETED Sleeps");
    Milestone last = told.get(told.size() - 1);
    assertThat(last.kind()).isEqualTo(Milestone.Kind.COMPLETED);
    assertThat(Duration.ofNanos(last.micros() * 1000))
        .isGreaterThanOrEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void nothing_is_told_a_second_time_when_the_instance_is_asked_about_again() {
    ask.start("a", "Calls");
    ask.driven.settle();
    int before = told.size();

    ask.driven.get(ask.hub().terminate("a", null, false));
    assertThat(ask.state("a").getName()).isEqualTo("Calls");
    ask.driven.advance(Duration.ofMinutes(1));

    assertThat(told).hasSize(before);
  }
}
