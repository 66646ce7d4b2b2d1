package dev.holdfast.host.chaos;

import static dev.holdfast.host.chaos.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.chaos.Caller.Reply;
import dev.holdfast.host.chaos.Story.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge is tried with hosts that do wrong: each wrong must be found. */
class JudgeTest {
  private static final String STARTED = "{\"EventType\":\"ExecutionStarted\",\"Timestamp\":\"1\"}";
  private static final String TIMER = "{\"EventType\":\"TimerCreated\",\"Timestamp\":\"2\"}";
  private static final String OTHER = "{\"EventType\":\"TimerCreated\",\"Timestamp\":\"3\"}";
  private static final String SCHEDULED = "{\"EventType\":\"TaskScheduled\",\"Timestamp\":\"3\"}";

  private final Judge judge = new Judge();

  private void hears(Story story, String status, String output, String... history) {
    String body =
        "{\"runtimeStatus\":\"%s\",\"output\":%s,\"historyEvents\":[%s]}"
            .formatted(status, output, String.join(",", history));
    judge.hears(story, new Reply(200, body, ""));
  }

  private void finds(String what) {
    assertThat(judge.findings()).singleElement().asString().contains(what);
  }

  @Test
  void nothing_is_wrong_with_a_history_that_grows_to_the_expected_end() {
    Story story = new Story("a", Kind.CHAIN, 5);

    hears(story, "Running", "null", STARTED, SCHEDULED);
    hears(story, "Running", "null", STARTED, TIMER);
    hears(story, "Completed", "445", STARTED, TIMER, OTHER);
    hears(story, "Completed", "445", STARTED, TIMER, OTHER);
    judge.judge(
        List.of(story),
        Map.of(
            "a/link0", List.of(1),
            "a/link1", List.of(1, 2),
            "a/link2", List.of(2),
            "a/link3", List.of(2)),
        2);

    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void an_instance_that_is_gone_is_found() {
    judge.hears(new Story("a", Kind.CHAIN, 5), new Reply(404, "", ""));

    finds("I1");
  }

  @Test
  void a_history_that_was_rewritten_is_found() {
    Story story = new Story("a", Kind.CHAIN, 5);

    hears(story, "Running", "null", STARTED, TIMER);
    hears(story, "Running", "null", STARTED, OTHER);

    finds("I3");
  }

  @Test
  void a_history_that_has_become_shorter_is_found() {
    Story story = new Story("a", Kind.CHAIN, 5);

    hears(story, "Running", "null", STARTED, TIMER);
    hears(story, "Running", "null", STARTED);

    finds("I3");
  }

  @Test
  void a_second_execution_is_found() {
    Story story = new Story("a", Kind.CHAIN, 5);

    hears(story, "Running", "null", STARTED);
    hears(story, "Running", "null", STARTED.replace("1", "9"));

    finds("I2 a second execution");
  }

  @Test
  void an_end_that_was_told_and_taken_back_is_found() {
    Story story = new Story("a", Kind.CHAIN, 5);

    hears(story, "Completed", "445", STARTED);
    hears(story, "Running", "null", STARTED);

    finds("I2 had ended");
  }

  @Test
  void a_wrong_output_is_found() {
    Story story = new Story("a", Kind.NAPS, 5);

    hears(story, "Completed", "\"early\"", STARTED);
    judge.judge(List.of(story), Map.of(), 1);

    finds("I2 expected Completed with in time");
  }

  @Test
  void events_that_were_lost_doubled_or_came_out_of_order_are_found() {
    for (String heard : List.of("bye0:1", "s0:0 s0:0 bye0:1", "bye0:1 s0:0", "s0:0 x9:9 bye0:1")) {
      Judge fresh = new Judge();
      Story story = new Story("a", Kind.GATHER, 1);
      story.said("s0:0", 0);
      story.said("bye0:1", 0);
      fresh.hears(
          story,
          new Reply(200, "{\"runtimeStatus\":\"Completed\",\"output\":\"" + heard + "\"}", ""));
      fresh.judge(List.of(story), Map.of(), 1);

      assertThat(fresh.findings()).as(heard).isNotEmpty();
    }
  }

  @Test
  void an_event_of_unknown_outcome_may_come_twice_but_not_three_times() {
    Story story = new Story("a", Kind.GATHER, 1);
    story.said("s0:0", 1);
    story.said("bye0:1", 0);
    hears(story, "Completed", "\"s0:0 s0:0 bye0:1\"", STARTED);
    judge.judge(List.of(story), Map.of(), 1);
    assertThat(judge.findings()).isEmpty();

    Story other = new Story("b", Kind.GATHER, 1);
    other.said("s0:0", 1);
    other.said("bye0:1", 0);
    hears(other, "Completed", "\"s0:0 s0:0 s0:0 bye0:1\"", STARTED);
    judge.judge(List.of(other), Map.of("b/pause4", List.of(1)), 1);
    finds("I5");
  }

  @Test
  void an_activity_that_never_ran_or_ran_twice_in_one_life_is_found() {
    Story story = new Story("a", Kind.DOOMED, 0);
    hears(
        story,
        "Failed",
        "\"java.lang.RuntimeException: Unexpected failure in the task execution\"",
        STARTED);

    judge.judge(List.of(story), Map.of(), 1);
    finds("I8 a/last was never run");

    judge.judge(List.of(story), Map.of("a/last", List.of(1, 2, 2)), 2);
    assertThat(judge.findings()).hasSize(2).last().asString().contains("more than once");
  }

  /** The whole harness, and a host that forgets everything when it is killed. */
  @Test
  void a_host_that_forgets_is_found_out(@TempDir Path folder) throws Exception {
    try (OutsideWorld outside = new OutsideWorld()) {
      HostProcess.Plan plan = HostProcess.Plan.in(folder, outside, "").with("--store", "memory");
      Caller caller = new Caller(plan.url());
      try (Load load = new Load(caller, judge, Seed.of(JudgeTest.class).value()).begin()) {
        try (HostProcess host = HostProcess.start(plan, 1)) {
          await().until(() -> load.acknowledged() > 20);
          host.kill();
        }
        try (HostProcess host = HostProcess.start(plan, 2)) {
          await()
              .until(
                  () -> judge.findings().stream().anyMatch(it -> it.contains("I1 its start was")));
        }
      }
    }
  }
}
