package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Times;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.engine.program.Step.ChildId;
import dev.holdfast.protocol.InstanceBatch;
import dev.holdfast.protocol.PurgeInstanceFilter;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.PurgeInstancesResponse;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Removing ended instances: protocol reference §3.7. */
class PurgeTest {
  private final Asking ask =
      new Asking(
          Program.of("Ends"),
          Program.of("Fails", new Step.Fail("no")),
          Program.of("Waits", new Step.Await("go")),
          Program.of(
              "Parent",
              new Step.Child("Ends", "x", ChildId.OF_INSTANCE, false),
              new Step.Child("Fails", "x", ChildId.OF_INSTANCE, true)),
          Program.of("Grandparent", new Step.Child("Parent", "x", ChildId.OF_INSTANCE, false)));

  private PurgeInstancesResponse purge(PurgeInstancesRequest.Builder request) {
    return ask.driven.get(ask.hub().purge(request.build()));
  }

  private PurgeInstancesResponse purge(PurgeInstanceFilter.Builder filter, boolean recursive) {
    return purge(
        PurgeInstancesRequest.newBuilder().setPurgeInstanceFilter(filter).setRecursive(recursive));
  }

  @Test
  void an_ended_instance_goes_with_all_it_had() {
    ask.start("a", "Fails");

    assertThat(ask.purge("a", false)).isEqualTo(1);

    assertThat(ask.found("a")).isEmpty();
    assertThat(ask.driven.get(ask.hub().history("a"))).isEmpty();
    assertThat(ask.purge("a", false)).isZero();
    ask.driven.crash();
    assertThat(ask.found("a")).isEmpty();
    ask.start("a", "Ends");
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void a_live_one_and_a_missing_one_are_skipped() {
    ask.start("a", "Waits");

    assertThat(ask.purge("a", true)).isZero();
    assertThat(ask.purge("nobody", true)).isZero();
    assertThat(ask.status("a")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
  }

  @Test
  void events_that_nobody_read_are_answered_when_their_instance_goes() {
    ask.driven.setAnswering(false);
    ask.start("a", "Waits");
    CompletableFuture<Delivery> event = ask.hub().raiseEvent("a", "other", "x");
    CompletableFuture<Delivery> ended = ask.hub().terminate("a", null, false);
    CompletableFuture<PurgeInstancesResponse> purged =
        ask.hub().purge(PurgeInstancesRequest.newBuilder().setInstanceId("a").build());
    ask.driven.settle();

    assertThat(event).isCompletedWithValue(Delivery.ACCEPTED);
    assertThat(ended).isCompletedWithValue(Delivery.ACCEPTED);
    assertThat(purged.join().getDeletedInstanceCount()).isEqualTo(1);
    assertThat(ask.found("a")).isEmpty();
  }

  @Test
  void recursively_descendants_go_too_and_again_is_harmless() {
    ask.start("a", "Grandparent");
    ask.start("b", "Grandparent");
    ask.purge("b:0000:0001", false);

    assertThat(ask.purge("a", true)).isEqualTo(4);
    assertThat(ask.purge("b", true)).isEqualTo(3);
    assertThat(ask.purge("a", true)).isZero();
    for (String id : List.of("a", "a:0000", "a:0000:0000", "a:0000:0001", "b", "b:0000:0000")) {
      assertThat(ask.found(id)).as(id).isEmpty();
    }
  }

  @Test
  void without_recursion_children_stay() {
    ask.start("a", "Parent");

    assertThat(ask.purge("a", false)).isEqualTo(1);
    assertThat(ask.status("a:0000")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void a_batch_of_ids() {
    ask.start("a", "Ends");
    ask.start("b", "Waits");
    ask.start("c", "Ends");

    PurgeInstancesResponse purged =
        purge(
            PurgeInstancesRequest.newBuilder()
                .setInstanceBatch(
                    InstanceBatch.newBuilder()
                        .addAllInstanceIds(List.of("a", "b", "c", "nobody", "a"))));

    assertThat(purged.getDeletedInstanceCount()).isEqualTo(2);
    assertThat(purged.getIsComplete().getValue()).isTrue();
    assertThat(
            ask.refusal(
                ask.hub()
                    .purge(
                        PurgeInstancesRequest.newBuilder()
                            .setInstanceBatch(
                                InstanceBatch.newBuilder()
                                    .addAllInstanceIds(Collections.nCopies(501, "x")))
                            .build())))
        .isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(ask.refusal(ask.hub().purge(PurgeInstancesRequest.getDefaultInstance())))
        .isEqualTo(Reason.INVALID_ARGUMENT);
  }

  @Test
  void a_filter_of_time_and_status() {
    for (int i = 0; i < 12; i++) {
      ask.start("i" + i, List.of("Ends", "Fails", "Waits").get(i % 3));
      ask.driven.advance(java.time.Duration.ofSeconds(1));
    }
    PurgeInstanceFilter.Builder middle =
        PurgeInstanceFilter.newBuilder()
            .setCreatedTimeFrom(ask.state("i3").getCreatedTimestamp())
            .setCreatedTimeTo(ask.state("i8").getCreatedTimestamp());

    assertThat(
            purge(middle.clone().addRuntimeStatus(ORCHESTRATION_STATUS_RUNNING), false)
                .getDeletedInstanceCount())
        .isZero();
    assertThat(
            purge(middle.clone().addRuntimeStatus(ORCHESTRATION_STATUS_FAILED), false)
                .getDeletedInstanceCount())
        .isEqualTo(2);
    assertThat(purge(middle, false).getDeletedInstanceCount()).isEqualTo(2);
    assertThat(purge(PurgeInstanceFilter.newBuilder(), true).getDeletedInstanceCount())
        .isEqualTo(4);
    for (int i = 0; i < 12; i++) {
      assertThat(ask.found("i" + i).isPresent()).as("i" + i).isEqualTo(i % 3 == 2);
    }
  }

  @Test
  void a_filter_that_matches_more_than_a_page() {
    for (int i = 0; i < 1_100; i++) {
      CompletableFuture<String> unused = ask.hub().start(Asking.request("i" + i, "Ends").build());
    }
    ask.driven.settle();

    PurgeInstancesResponse none =
        purge(PurgeInstanceFilter.newBuilder().setTimeout(Duration.getDefaultInstance()), false);
    assertThat(none.getIsComplete().getValue()).isFalse();
    PurgeInstancesResponse all = purge(PurgeInstanceFilter.newBuilder(), true);

    assertThat(none.getDeletedInstanceCount() + all.getDeletedInstanceCount()).isEqualTo(1_100);
    assertThat(all.getIsComplete().getValue()).isTrue();
  }

  @Test
  void who_waits_for_a_purged_instance_is_told_that_it_is_gone() {
    ask.start("a", "Fails");
    CompletableFuture<Optional<dev.holdfast.protocol.OrchestrationState>> waiting =
        ask.hub().waitForStart("b", false);
    ask.driven.executor().serve((kind, name) -> false);
    ask.start("b", "Waits");
    ask.driven.settle();
    assertThat(waiting).isNotDone();
    CompletableFuture<Delivery> ended = ask.hub().terminate("b", null, false);
    ask.purge("b", false);

    assertThat(ended).isDone();
    assertThat(waiting).isDone();
    assertThat(Times.micros(ask.state("a").getCompletedTimestamp())).isPositive();
  }
}
