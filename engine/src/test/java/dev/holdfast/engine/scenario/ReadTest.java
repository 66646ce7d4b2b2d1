package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Times;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists, pages and waits: protocol reference §3.3 and §3.8. */
class ReadTest {
  private static final Program WAITS = Program.of("Waits", new Step.Await("go"));
  private static final Program FAILS = Program.of("Fails", new Step.Fail("no"));
  private static final Program ENDS = Program.of("Ends", new Step.Status("nearly"));
  private static final List<OrchestrationStatus> STATUSES =
      List.of(
          ORCHESTRATION_STATUS_RUNNING,
          ORCHESTRATION_STATUS_COMPLETED,
          ORCHESTRATION_STATUS_FAILED,
          ORCHESTRATION_STATUS_TERMINATED);

  private static final Program GOES_ON =
      Program.of(
          "GoesOn",
          IntStream.range(0, 40)
              .mapToObj(i -> i % 2 == 0 ? new Step.Await("go") : new Step.Again())
              .toArray(Step[]::new));

  private static final Program TWO_TURNS =
      Program.of("TwoTurns", new Step.Await("go"), new Step.Await("on"));

  private final Asking ask = new Asking(WAITS, FAILS, ENDS, GOES_ON, TWO_TURNS);
  private final List<OrchestrationState> all = new ArrayList<>();

  @BeforeEach
  void thirty_instances() {
    for (int i = 0; i < 30; i++) {
      String id = (i % 2 == 0 ? "even" : "odd") + i;
      ask.start(id, List.of("Waits", "Ends", "Fails", "Waits").get(i % 4));
      if (i % 4 == 3) {
        ask.driven.get(ask.hub().terminate(id, null, false));
      }
      ask.driven.advance(Duration.ofSeconds(1));
      all.add(ask.state(id));
    }
  }

  private List<OrchestrationState> query(InstanceQuery.Builder query) {
    List<OrchestrationState> found = new ArrayList<>();
    String token = "";
    do {
      QueryInstancesResponse page =
          ask.driven.get(
              ask.hub().query(query.setContinuationToken(StringValue.of(token)).build()));
      found.addAll(page.getOrchestrationStateList());
      assertThat(page.getOrchestrationStateCount())
          .isLessThanOrEqualTo(query.getMaxInstanceCount());
      token = page.getContinuationToken().getValue();
    } while (!token.isEmpty());
    return found;
  }

  private List<String> expected(Predicate<OrchestrationState> filter) {
    return all.stream().filter(filter).map(OrchestrationState::getInstanceId).toList();
  }

  @Test
  void every_filter_gives_what_a_filter_in_memory_gives() {
    for (int statuses = 0; statuses < 1 << STATUSES.size(); statuses++) {
      int mask = statuses;
      List<OrchestrationStatus> wanted =
          IntStream.range(0, STATUSES.size())
              .filter(i -> (mask >> i & 1) == 1)
              .mapToObj(STATUSES::get)
              .toList();
      for (String prefix : List.of("", "even", "odd1", "none")) {
        for (int from = 0; from < 30; from += 11) {
          for (int to = from; to < 30; to += 13) {
            long createdFrom = Times.micros(all.get(from).getCreatedTimestamp());
            long createdTo = Times.micros(all.get(to).getCreatedTimestamp());
            List<String> found =
                query(
                        InstanceQuery.newBuilder()
                            .addAllRuntimeStatus(wanted)
                            .setInstanceIdPrefix(StringValue.of(prefix))
                            .setCreatedTimeFrom(Times.timestamp(createdFrom))
                            .setCreatedTimeTo(Times.timestamp(createdTo))
                            .setMaxInstanceCount(4))
                    .stream()
                    .map(OrchestrationState::getInstanceId)
                    .toList();
            assertThat(found)
                .containsExactlyElementsOf(
                    expected(
                        state ->
                            (wanted.isEmpty() || wanted.contains(state.getOrchestrationStatus()))
                                && state.getInstanceId().startsWith(prefix)
                                && Times.micros(state.getCreatedTimestamp()) >= createdFrom
                                && Times.micros(state.getCreatedTimestamp()) <= createdTo));
          }
        }
      }
    }
  }

  @Test
  void a_page_that_ends_exactly_is_followed_by_an_empty_one_or_none() {
    assertThat(query(InstanceQuery.newBuilder().setMaxInstanceCount(30))).hasSize(30);
    assertThat(query(InstanceQuery.newBuilder().setMaxInstanceCount(15))).hasSize(30);
    assertThat(query(InstanceQuery.newBuilder().setMaxInstanceCount(100))).hasSize(30);
  }

  @Test
  void what_gets_a_new_execution_between_two_pages_is_listed_once() {
    for (int i = 0; i < 10; i++) {
      ask.start("eternal" + i, "GoesOn");
      ask.driven.advance(Duration.ofSeconds(1));
      all.add(ask.state("eternal" + i));
    }
    List<String> found = new ArrayList<>();
    String token = "";
    do {
      QueryInstancesResponse page =
          ask.driven.get(
              ask.hub()
                  .query(
                      InstanceQuery.newBuilder()
                          .setMaxInstanceCount(4)
                          .setContinuationToken(StringValue.of(token))
                          .build()));
      page.getOrchestrationStateList().forEach(state -> found.add(state.getInstanceId()));
      token = page.getContinuationToken().getValue();
      for (OrchestrationState state : all) {
        String id = state.getInstanceId();
        if (state.getName().equals("Fails")) {
          ask.driven.get(ask.hub().rewind(id, null));
        } else if (state.getName().equals("GoesOn")) {
          ask.raise(id, "go");
        }
      }
    } while (!token.isEmpty());

    assertThat(found)
        .containsExactlyElementsOf(all.stream().map(OrchestrationState::getInstanceId).toList());
  }

  @Test
  void a_list_tells_the_same_as_each_of_its_instances_alone() {
    for (int i = 0; i < 3; i++) {
      ask.start("two turns" + i, "TwoTurns");
      ask.driven.advance(Duration.ofSeconds(5));
      ask.raise("two turns" + i, "go");
    }
    List<OrchestrationState> alone =
        IntStream.range(0, 3).mapToObj(i -> ask.state("two turns" + i)).toList();
    InstanceQuery.Builder list =
        InstanceQuery.newBuilder()
            .setMaxInstanceCount(10)
            .setFetchInputsAndOutputs(true)
            .setInstanceIdPrefix(StringValue.of("two"));

    assertThat(query(list)).isEqualTo(alone);
    ask.driven.crash();
    assertThat(query(list)).isEqualTo(alone);
    assertThat(alone)
        .allSatisfy(
            state ->
                assertThat(
                        Times.micros(state.getLastUpdatedTimestamp())
                            - Times.micros(state.getCreatedTimestamp()))
                    .isGreaterThan(4_900_000));
  }

  @Test
  void payloads_come_when_they_are_asked_for() {
    OrchestrationState without =
        query(
                InstanceQuery.newBuilder()
                    .setMaxInstanceCount(1)
                    .setInstanceIdPrefix(StringValue.of("odd1")))
            .get(0);
    OrchestrationState with =
        query(
                InstanceQuery.newBuilder()
                    .setMaxInstanceCount(1)
                    .setFetchInputsAndOutputs(true)
                    .setInstanceIdPrefix(StringValue.of("odd1")))
            .get(0);

    assertThat(without.hasInput() || without.hasOutput() || without.hasCustomStatus()).isFalse();
    assertThat(with.getOutput().getValue()).isEqualTo("in->");
    assertThat(with.getCustomStatus().getValue()).isEqualTo("nearly");
  }

  @Test
  void a_token_that_is_none_is_refused() {
    assertThat(
            ask.refusal(
                ask.hub()
                    .query(
                        InstanceQuery.newBuilder()
                            .setContinuationToken(StringValue.of("nonsense"))
                            .build())))
        .isEqualTo(Reason.INVALID_ARGUMENT);
  }

  @Test
  void ended_instances_are_listed_by_the_time_of_their_end() {
    List<OrchestrationState> ended =
        all.stream().filter(OrchestrationState::hasCompletedTimestamp).toList();
    long from = Times.micros(ended.get(3).getCompletedTimestamp());
    long to = Times.micros(ended.get(17).getCompletedTimestamp());
    List<String> found = new ArrayList<>();
    String last = "";
    do {
      ListInstanceIdsResponse page =
          ask.driven.get(
              ask.hub()
                  .listInstanceIds(
                      ListInstanceIdsRequest.newBuilder()
                          .setPageSize(4)
                          .setCompletedTimeFrom(Times.timestamp(from))
                          .setCompletedTimeTo(Times.timestamp(to))
                          .setLastInstanceKey(StringValue.of(last))
                          .build()));
      found.addAll(page.getInstanceIdsList());
      last = page.getLastInstanceKey().getValue();
    } while (!last.isEmpty());

    assertThat(found)
        .containsExactlyElementsOf(
            ended.subList(3, 17).stream().map(OrchestrationState::getInstanceId).toList());
    assertThat(
            ask.driven
                .get(
                    ask.hub()
                        .listInstanceIds(
                            ListInstanceIdsRequest.newBuilder()
                                .addRuntimeStatus(ORCHESTRATION_STATUS_FAILED)
                                .build()))
                .getInstanceIdsList())
        .containsExactlyElementsOf(
            expected(s -> s.getOrchestrationStatus() == ORCHESTRATION_STATUS_FAILED));
  }

  @Test
  void waits_are_answered_by_what_they_wait_for() {
    CompletableFuture<Optional<OrchestrationState>> end =
        ask.hub().waitForCompletion("even0", true);
    CompletableFuture<Optional<OrchestrationState>> unknown =
        ask.hub().waitForCompletion("later", false);
    CompletableFuture<Optional<OrchestrationState>> started =
        ask.hub().waitForStart("even0", false);
    ask.driven.settle();
    assertThat(started).isDone();
    assertThat(end).isNotDone();
    assertThat(unknown).isNotDone();

    ask.raise("even0", "go");
    assertThat(end.join().orElseThrow().getOutput().getValue()).isEqualTo("in->go#1");
    ask.start("later", "Ends");
    assertThat(unknown.join().orElseThrow().hasOutput()).isFalse();
    assertThat(ask.driven.get(ask.hub().waitForCompletion("even0", false))).isPresent();
    assertThat(ask.driven.get(ask.hub().waitForStart("odd1", false))).isPresent();
  }

  @Test
  void a_purged_instance_ends_the_wait_with_nothing() {
    ask.start("x", "Fails");
    CompletableFuture<?> rewound = ask.hub().rewind("x", null);
    ask.driven.get(rewound);
    // It has failed again; a wait for the next start of that id is ended by the purge of this one.
    CompletableFuture<Optional<OrchestrationState>> waiting =
        ask.hub().waitForCompletion("y", false);
    ask.driven.settle();
    ask.driven.setAnswering(false);
    ask.start("y", "Ends");
    CompletableFuture<?> terminated = ask.hub().terminate("y", null, false);
    CompletableFuture<Optional<OrchestrationState>> other = ask.hub().waitForStart("z", false);
    ask.driven.settle();

    assertThat(terminated).isDone();
    assertThat(waiting.join().orElseThrow().getOrchestrationStatus())
        .isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    assertThat(other).isNotDone();
  }

  @Test
  void a_wait_that_is_given_up_leaves_nothing_behind() {
    CompletableFuture<Optional<OrchestrationState>> waiting =
        ask.hub().waitForCompletion("even0", false);
    CompletableFuture<Optional<OrchestrationState>> atOnce =
        ask.hub().waitForCompletion("even4", false);
    atOnce.cancel(false);
    ask.driven.settle();
    waiting.cancel(false);
    ask.raise("even0", "go");
    ask.raise("even4", "go");

    assertThat(waiting).isCancelled();
    assertThat(ask.status("even0")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  /** Most SDKs read messages of 4 MiB at most, however large a page they have asked for. */
  private static final int MESSAGE_MAX = 4 * 1024 * 1024;

  @Test
  void a_page_with_large_payloads_is_small_enough_for_every_client() {
    String large = "x".repeat(900_000);
    for (int i = 0; i < 12; i++) {
      ask.driven.get(
          ask.hub()
              .start(Asking.request("large" + i, "Ends").setInput(StringValue.of(large)).build()));
    }
    ask.driven.settle();
    InstanceQuery.Builder query =
        InstanceQuery.newBuilder()
            .setInstanceIdPrefix(StringValue.of("large"))
            .setFetchInputsAndOutputs(true)
            .setMaxInstanceCount(Integer.MAX_VALUE);

    QueryInstancesResponse first = ask.driven.get(ask.hub().query(query.build()));

    assertThat(first.getSerializedSize()).isBetween(large.length(), MESSAGE_MAX);
    assertThat(query(query))
        .extracting(OrchestrationState::getInstanceId)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 12).mapToObj(i -> "large" + i).toList());
    assertThat(query(query.setFetchInputsAndOutputs(false))).hasSize(12);
  }

  @Test
  void a_page_with_large_entities_is_small_enough_for_every_client() {
    String large = "x".repeat(900_000);
    for (int i = 0; i < 8; i++) {
      ask.driven.get(
          ask.hub()
              .signalEntity(
                  SignalEntityRequest.newBuilder()
                      .setInstanceId("@ledger@" + i)
                      .setName("note")
                      .setInput(StringValue.of(large))
                      .build()));
    }
    ask.driven.settle();
    List<String> found = new ArrayList<>();
    String token = "";
    do {
      QueryEntitiesResponse page =
          ask.driven.get(
              ask.hub()
                  .queryEntities(
                      EntityQuery.newBuilder()
                          .setIncludeState(true)
                          .setPageSize(Int32Value.of(1_000))
                          .setContinuationToken(StringValue.of(token))
                          .build()));
      page.getEntitiesList().forEach(entity -> found.add(entity.getInstanceId()));
      assertThat(page.getSerializedSize()).isLessThan(MESSAGE_MAX);
      token = page.getContinuationToken().getValue();
    } while (!token.isEmpty());

    assertThat(found)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 8).mapToObj(i -> "@ledger@" + i).toList());
  }
}
