package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Limits;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.engine.driven.DrivenHub;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.HistoryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** External events and events between instances: protocol reference §6.6. */
class EventTest {

  private static Program reads(String name, int count) {
    return new Program(name, Collections.nCopies(count, new Step.Await("e")), Program.Habits.JAVA);
  }

  private static String output(int count) {
    List<String> results = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      results.add("e#" + i);
    }
    return "in->" + String.join(",", results);
  }

  @Test
  void events_are_read_in_order_however_they_come() {
    Asking ask = new Asking(reads("Reads", 100));
    ask.start("a", "Reads");
    List<CompletableFuture<Delivery>> raised = new ArrayList<>();

    for (int i = 0; i < 60; i++) {
      raised.add(ask.raiseLater("a", "e"));
    }
    for (int i = 0; i < 40; i++) {
      assertThat(ask.raise("a", "e")).isEqualTo(Delivery.ACCEPTED);
    }

    assertThat(raised).allMatch(one -> one.join() == Delivery.ACCEPTED);
    assertThat(ask.output("a")).isEqualTo(output(100));
  }

  @Test
  void events_raised_right_after_the_start_are_buffered() {
    Asking ask = new Asking(reads("Reads", 3));
    ask.driven.setAnswering(false);
    ask.start("a", "Reads");
    for (int i = 0; i < 3; i++) {
      assertThat(ask.raise("a", "e")).isEqualTo(Delivery.ACCEPTED);
    }

    ask.driven.setAnswering(true);

    assertThat(ask.output("a")).isEqualTo(output(3));
  }

  @Test
  void events_of_a_turn_that_runs_wait_for_the_next() {
    Asking ask = new Asking(reads("Reads", 3));
    ask.start("a", "Reads");
    ask.driven.setAnswering(false);
    ask.raise("a", "e");
    ask.raise("a", "e");
    assertThat(ask.driven.executor().held()).hasSize(1);
    ask.raise("a", "e");

    ask.driven.crash();
    ask.driven.setAnswering(true);

    assertThat(ask.output("a")).isEqualTo(output(3));
  }

  @Test
  void an_event_without_a_payload_keeps_being_without() {
    Asking ask = new Asking(reads("Reads", 1));
    ask.start("a", "Reads");
    ask.driven.setAnswering(false);
    ask.driven.get(ask.hub().raiseEvent("a", "other", null));
    ask.driven.get(ask.hub().raiseEvent("a", "other", ""));

    ask.driven.setAnswering(true);
    ask.driven.settle();

    List<HistoryEvent> raised =
        ask.history("a").stream().filter(HistoryEvent::hasEventRaised).toList();
    assertThat(raised.get(0).getEventRaised().hasInput()).isFalse();
    assertThat(raised.get(1).getEventRaised().hasInput()).isTrue();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
  }

  @Test
  void nobody_and_the_ended_are_told_apart() {
    Asking ask = new Asking(reads("Reads", 1));
    ask.start("a", "Reads");
    ask.raise("a", "e");

    assertThat(ask.raise("a", "e")).isEqualTo(Delivery.TERMINAL);
    assertThat(ask.raise("nobody", "e")).isEqualTo(Delivery.NO_SUCH_INSTANCE);
    assertThat(ask.refusal(ask.hub().raiseEvent("a", "", "x"))).isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(ask.refusal(ask.hub().raiseEvent("", "e", "x"))).isEqualTo(Reason.INVALID_ARGUMENT);
  }

  @Test
  void an_inbox_that_is_full_refuses() {
    Limits limits =
        new Limits(100, 256, 1 << 20, 5, 100, 100, 100, 1_000_000, 10, 10, 1_000, 10_000);
    Asking ask = new Asking(new DrivenHub(Asking.programs(reads("Reads", 6)), limits, 1));
    ask.start("a", "Reads");
    ask.driven.get(ask.hub().suspend("a", null));
    for (int i = 0; i < 5; i++) {
      ask.raise("a", "e");
    }

    assertThat(ask.refused(ask.hub().raiseEvent("a", "e", "x")))
        .hasMessageContaining("inboxMax")
        .extracting(dev.holdfast.core.RefusedException::reason)
        .isEqualTo(Reason.OVERLOADED);

    ask.driven.get(ask.hub().resume("a", null));
    ask.raise("a", "e");
    assertThat(ask.output("a")).isEqualTo(output(6));
  }

  @Test
  void orchestrators_send_events_to_each_other() {
    Program asks =
        Program.of(
            "Asks",
            new Step.Launch("Answers", "x", Step.ChildId.OF_EXECUTION),
            new Step.Send(Step.Send.CHILD, "question", 3),
            new Step.Await("answer"),
            new Step.Join(false),
            new Step.Send("nobody", "e", 1),
            new Step.Send("", "e", 1));
    Program answers =
        Program.of(
            "Answers",
            new Step.Await("question"),
            new Step.Await("question"),
            new Step.Await("question"),
            new Step.Send(Step.Send.PARENT, "answer", 1));
    Asking ask = new Asking(asks, answers);

    ask.start("a", "Asks");

    assertThat(ask.output("a")).isEqualTo("in->answer#1,[x->question#1,question#2,question#3]");
  }

  @Test
  void sent_events_that_an_old_sdk_repeats_on_replay_are_sent_once() {
    Program sends =
        new Program(
            "Sends",
            List.of(
                new Step.Send("b", "e", 2),
                new Step.Sleep(Duration.ofSeconds(1)),
                new Step.Send("b", "e", 1),
                new Step.Call("Act", "1", false)),
            Program.Habits.JAVA_OLD);
    Asking ask = new Asking(reads("Reads", 3), sends);
    ask.start("b", "Reads");

    ask.start("a", "Sends");
    ask.driven.advance(Duration.ofSeconds(2));

    assertThat(ask.output("b")).isEqualTo(output(3));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.history("a").stream().filter(HistoryEvent::hasEventSent)).hasSize(3);
  }
}
