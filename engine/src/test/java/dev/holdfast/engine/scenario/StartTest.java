package dev.holdfast.engine.scenario;

import static dev.holdfast.engine.scenario.Asking.policy;
import static dev.holdfast.engine.scenario.Asking.request;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_CANCELED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Times;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Starting instances: protocol reference §3.1. */
class StartTest {
  private static final Program HELLO =
      Program.of("Hello", new Step.Call("SayHello", "Tokyo", false));
  private static final Program WAITS = Program.of("Waits", new Step.Await("go"));
  private static final Program FAILS = Program.of("Fails", new Step.Fail("no"));

  private final Asking ask = new Asking(HELLO, WAITS, FAILS);

  @Test
  void an_instance_runs_to_its_end() {
    ask.start("a", "Hello");

    OrchestrationState state = ask.state("a");
    assertThat(state.getOrchestrationStatus()).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(state.getOutput().getValue()).isEqualTo("in->SayHello(Tokyo)");
    assertThat(state.getName()).isEqualTo("Hello");
    assertThat(state.getExecutionId().getValue()).matches("[0-9a-f]{32}");
    assertThat(state.hasCompletedTimestamp()).isTrue();
    assertThat(state.hasParentInstanceId()).isFalse();
    assertThat(state.hasVersion()).isFalse();
    assertThat(state.hasFailureDetails()).isFalse();
  }

  @Test
  void an_empty_id_gets_a_generated_one() {
    String one = ask.start("", "Hello");
    String other = ask.start("", "Hello");

    assertThat(one).matches("[0-9a-f]{32}").isNotEqualTo(other);
    assertThat(ask.output(one)).isEqualTo("in->SayHello(Tokyo)");
  }

  @Test
  void ids_that_are_made_later_come_later_in_every_index() {
    String first = ask.start("", "Hello");
    ask.driven.advance(Duration.ofMillis(1));
    String second = ask.start("", "Hello");

    assertThat(second).isGreaterThan(first);
    assertThat(second.substring(12)).isNotEqualTo(first.substring(12));
  }

  @Test
  void what_the_request_carries_is_kept() {
    ask.driven.get(
        ask.hub()
            .start(
                request("a", "Waits")
                    .setVersion(StringValue.of(""))
                    .setExecutionId(StringValue.of("0123456789abcdef0123456789abcdef"))
                    .putTags("colour", "green")
                    .build()));

    OrchestrationState state = ask.state("a");
    assertThat(state.hasVersion()).isTrue();
    assertThat(state.getVersion().getValue()).isEmpty();
    assertThat(state.getExecutionId().getValue()).isEqualTo("0123456789abcdef0123456789abcdef");
    assertThat(state.getTagsMap()).containsExactly(java.util.Map.entry("colour", "green"));
    assertThat(state.getInput().getValue()).isEqualTo("in");
  }

  @Test
  void without_payloads_they_are_left_out() {
    ask.start("a", "Fails");

    OrchestrationState state = ask.driven.get(ask.hub().get("a", false)).orElseThrow();

    assertThat(state.getOrchestrationStatus()).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(state.hasInput()).isFalse();
    assertThat(state.hasCustomStatus()).isFalse();
    assertThat(state.hasFailureDetails()).isFalse();
    assertThat(ask.state("a").getFailureDetails().getErrorMessage()).isEqualTo("no");
  }

  @Test
  void without_a_policy_a_live_instance_refuses_and_an_ended_one_is_replaced() {
    ask.start("a", "Waits");

    assertThat(ask.refused(ask.hub().start(request("a", "Hello").build())))
        .hasMessageContaining("'a' already exists")
        .extracting(dev.holdfast.core.RefusedException::reason)
        .isEqualTo(Reason.ALREADY_EXISTS);
    assertThat(ask.state("a").getName()).isEqualTo("Waits");

    ask.raise("a", "go");
    String execution = ask.state("a").getExecutionId().getValue();
    ask.start("a", "Hello");
    assertThat(ask.state("a").getName()).isEqualTo("Hello");
    assertThat(ask.state("a").getExecutionId().getValue()).isNotEqualTo(execution);
    assertThat(ask.history("a").get(1).getExecutionStarted().getName()).isEqualTo("Hello");
  }

  @Test
  void a_second_start_before_the_first_is_durable_is_refused_as_well() {
    CompletableFuture<String> first = ask.hub().start(request("a", "Waits").build());
    CompletableFuture<String> second = ask.hub().start(request("a", "Hello").build());

    assertThat(ask.refusal(second)).isEqualTo(Reason.ALREADY_EXISTS);
    assertThat(first).isCompletedWithValue("a");
    assertThat(ask.state("a").getName()).isEqualTo("Waits");
  }

  @Test
  void a_policy_that_lists_the_ended_status_replaces() {
    ask.start("a", "Hello");

    ask.driven.get(
        ask.hub()
            .start(
                request("a", "Waits")
                    .setOrchestrationIdReusePolicy(policy(ORCHESTRATION_STATUS_COMPLETED))
                    .build()));

    assertThat(ask.state("a").getName()).isEqualTo("Waits");
  }

  @Test
  void a_policy_that_lists_a_live_status_terminates_and_replaces() {
    ask.start("a", "Waits");
    String execution = ask.state("a").getExecutionId().getValue();
    CompletableFuture<?> waiting = ask.hub().waitForCompletion("a", true);

    ask.driven.get(
        ask.hub()
            .start(
                request("a", "Hello")
                    .setOrchestrationIdReusePolicy(
                        policy(ORCHESTRATION_STATUS_RUNNING, ORCHESTRATION_STATUS_TERMINATED))
                    .build()));

    assertThat(ask.output("a")).isEqualTo("in->SayHello(Tokyo)");
    assertThat(ask.state("a").getExecutionId().getValue()).isNotEqualTo(execution);
    assertThat(waiting).isDone();
  }

  @Test
  void replacing_an_instance_that_is_not_durable_yet_answers_both_starts_and_its_events() {
    CompletableFuture<String> first = ask.hub().start(request("a", "Waits").build());
    CompletableFuture<TaskHub.Delivery> event = ask.raiseLater("a", "go");
    CompletableFuture<String> second =
        ask.hub()
            .start(
                request("a", "Hello")
                    .setOrchestrationIdReusePolicy(
                        policy(
                            ORCHESTRATION_STATUS_PENDING,
                            ORCHESTRATION_STATUS_RUNNING,
                            ORCHESTRATION_STATUS_TERMINATED))
                    .build());

    ask.driven.settle();

    assertThat(first).isCompletedWithValue("a");
    assertThat(event).isCompletedWithValue(TaskHub.Delivery.ACCEPTED);
    assertThat(second).isCompletedWithValue("a");
    assertThat(ask.output("a")).isEqualTo("in->SayHello(Tokyo)");
  }

  @Test
  void a_policy_that_does_not_list_the_status_refuses() {
    ask.start("live", "Waits");
    ask.start("ended", "Hello");

    for (String id : new String[] {"live", "ended"}) {
      assertThat(
              ask.refusal(
                  ask.hub()
                      .start(
                          request(id, "Hello")
                              .setOrchestrationIdReusePolicy(policy(ORCHESTRATION_STATUS_CANCELED))
                              .build())))
          .isEqualTo(Reason.ALREADY_EXISTS);
      assertThat(
              ask.refusal(
                  ask.hub()
                      .start(request(id, "Hello").setOrchestrationIdReusePolicy(policy()).build())))
          .isEqualTo(Reason.ALREADY_EXISTS);
    }
  }

  @Test
  void
      a_policy_that_lists_live_statuses_without_terminated_is_refused_before_anything_is_touched() {
    assertThat(
            ask.refused(
                ask.hub()
                    .start(
                        request("a", "Hello")
                            .setOrchestrationIdReusePolicy(policy(ORCHESTRATION_STATUS_RUNNING))
                            .build())))
        .hasMessageContaining(
            "Invalid reusable statuses: cannot exclude 'Terminated' while also allowing reuse of"
                + " running instances")
        .extracting(dev.holdfast.core.RefusedException::reason)
        .isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(ask.found("a")).isEmpty();
  }

  @Test
  void ids_and_names_that_cannot_be_are_refused() {
    String[] ids = {"@counter@1", "x".repeat(101), "a\0b", "a\ud800", "   "};
    for (String id : ids) {
      if (!id.contains("\ud800")) {
        assertThat(ask.refusal(ask.hub().start(request(id, "Hello").build())))
            .as(id)
            .isEqualTo(Reason.INVALID_ARGUMENT);
      }
    }
    assertThat(ask.refusal(ask.hub().start(request("a", " ").build())))
        .isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(ask.refusal(ask.hub().start(request("a", "x".repeat(257)).build())))
        .isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(ask.refusal(ask.hub().get("a\0", false))).isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(ask.refusal(ask.hub().get("\ud800", false))).isEqualTo(Reason.INVALID_ARGUMENT);
    for (String odd : new String[] {"..", "'", "a/b", "😀", "a b", "%2e"}) {
      assertThat(ask.start(odd, "Hello")).isEqualTo(odd);
      assertThat(ask.output(odd)).isEqualTo("in->SayHello(Tokyo)");
    }
  }

  @Test
  void a_scheduled_start_waits_for_its_time() {
    long created = ask.driven.clock().micros();
    Timestamp at = Times.timestamp(created + 60 * Times.SECOND);
    ask.driven.get(ask.hub().start(request("a", "Hello").setScheduledStartTimestamp(at).build()));
    CompletableFuture<?> started = ask.hub().waitForStart("a", false);

    ask.driven.advance(Duration.ofSeconds(59));
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_PENDING);
    assertThat(started).isNotDone();
    assertThat(ask.driven.executor().given()).isZero();
    assertThat(ask.state("a").getScheduledStartTimestamp()).isEqualTo(at);

    ask.driven.advance(Duration.ofSeconds(1));
    assertThat(started).isDone();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(Times.micros(ask.history("a").get(0).getTimestamp()))
        .isGreaterThanOrEqualTo(created + 60 * Times.SECOND);
    assertThat(Times.micros(ask.state("a").getCreatedTimestamp())).isEqualTo(created);
  }

  @Test
  void a_scheduled_start_survives_a_crash() {
    Timestamp at = Times.timestamp(ask.driven.clock().micros() + 60 * Times.SECOND);
    ask.driven.get(ask.hub().start(request("a", "Waits").setScheduledStartTimestamp(at).build()));
    ask.raise("a", "go");

    ask.driven.crash();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_PENDING);
    ask.driven.advance(Duration.ofSeconds(60));

    assertThat(ask.output("a")).isEqualTo("in->go#1");
  }

  @Test
  void a_start_scheduled_in_the_past_means_now() {
    ask.driven.get(
        ask.hub()
            .start(
                request("a", "Hello")
                    .setScheduledStartTimestamp(Timestamp.getDefaultInstance())
                    .build()));

    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(Times.micros(ask.history("a").get(0).getTimestamp()))
        .isGreaterThanOrEqualTo(Times.micros(ask.state("a").getCreatedTimestamp()));
  }

  @Test
  void pending_until_the_first_turn_is_durable() {
    ask.driven.setAnswering(false);
    CompletableFuture<String> started = ask.hub().start(request("a", "Waits").build());
    CompletableFuture<?> running = ask.hub().waitForStart("a", false);

    ask.driven.advance(Duration.ofSeconds(1));
    assertThat(started).isCompletedWithValue("a");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_PENDING);
    assertThat(running).isNotDone();

    ask.driven.setAnswering(true);
    ask.driven.settle();
    assertThat(running).isDone();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
  }

  @Test
  void nothing_acknowledged_is_forgotten_by_a_crash() {
    for (int i = 0; i < 20; i++) {
      ask.start("i" + i, "Waits");
    }
    for (int i = 0; i < 20; i += 2) {
      ask.raise("i" + i, "go");
    }

    ask.driven.crash();

    for (int i = 0; i < 20; i++) {
      OrchestrationStatus expected =
          i % 2 == 0 ? ORCHESTRATION_STATUS_COMPLETED : ORCHESTRATION_STATUS_RUNNING;
      assertThat(ask.status("i" + i)).as("i" + i).isEqualTo(expected);
    }
  }

  @Test
  void a_start_that_was_not_acknowledged_may_be_forgotten_whole() {
    ask.driven.setAnswering(false);
    CompletableFuture<String> started = ask.hub().start(request("a", "Hello").build());
    ask.driven.engine().agents().get(0).work();

    ask.driven.crash();
    ask.driven.setAnswering(true);

    assertThat(started).isNotDone();
    assertThat(ask.found("a")).isEmpty();
    ask.start("a", "Hello");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }
}
