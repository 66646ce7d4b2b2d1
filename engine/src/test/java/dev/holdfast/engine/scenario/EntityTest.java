package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Commit;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.program.Ledgers;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Program.Habits;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.EntityLockRequestedEvent;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityOperationSignaledEvent;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.EntityUnlockSentEvent;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.SendEntityMessageAction;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Entities: protocol reference §8 and §9. */
class EntityTest {
  private static final String A = "@ledger@A";
  private static final String B = "@ledger@B";
  private static final Step NOTE_A = new Step.Ask(A, "note", "", false);

  static List<Habits> habits() {
    return List.of(Habits.JAVA, Habits.JAVA_OLD);
  }

  private static Program program(String name, Habits habits, Step... steps) {
    return new Program(name, List.of(steps), habits);
  }

  private static SignalEntityRequest.Builder signal(String id, String operation, String input) {
    return SignalEntityRequest.newBuilder()
        .setInstanceId(id)
        .setName(operation)
        .setInput(StringValue.of(input));
  }

  private static Optional<EntityMetadata> entity(Asking ask, String id) {
    ask.driven.settle();
    return ask.driven.get(ask.hub().getEntity(id, true));
  }

  private static List<String> entries(Asking ask, String id) {
    return Ledgers.entries(entity(ask, id).orElseThrow().getSerializedState().getValue());
  }

  private static List<String> entriesOf(Asking ask, String id, String who) {
    return entries(ask, id).stream().filter(entry -> entry.startsWith(who + "/")).toList();
  }

  @ParameterizedTest
  @MethodSource("habits")
  void calls_come_back_with_results_and_failures(Habits habits) {
    Asking ask =
        new Asking(
            program(
                "Calls",
                habits,
                NOTE_A,
                new Step.Ask(A, "fail", "", true),
                new Step.Ask("@Ledger@A", "note", "", false)));

    ask.start("i", "Calls");

    assertThat(ask.output("i")).isEqualTo("in->note,!refused,note");
    assertThat(entriesOf(ask, A, "i")).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("habits")
  void a_failure_that_is_not_caught_fails_the_caller(Habits habits) {
    Asking ask = new Asking(program("Calls", habits, new Step.Ask(A, "fail", "", false)));

    ask.start("i", "Calls");

    assertThat(ask.status("i")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(entity(ask, A)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("habits")
  void signals_keep_the_order_of_their_sender_and_delayed_ones_come_later(Habits habits) {
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.Signal(A, "note", "", Duration.ofHours(1)));
    for (int i = 0; i < 20; i++) {
      steps.add(new Step.Signal(A, "note", "", Duration.ZERO));
      if (i % 7 == 3) {
        steps.add(NOTE_A);
      }
    }
    Asking ask = new Asking(program("Signals", habits, steps.toArray(new Step[0])));

    ask.start("i", "Signals");
    List<String> now = entriesOf(ask, A, "i");
    ask.driven.advance(Duration.ofHours(2));
    List<String> later = entriesOf(ask, A, "i");

    assertThat(now).hasSize(23).isSortedAccordingTo(EntityTest::byNumber);
    assertThat(later).hasSize(24);
    assertThat(byNumber(later.get(23), later.get(0)))
        .as("the delayed one was sent first")
        .isLessThan(0);
  }

  private static int byNumber(String a, String b) {
    return Integer.compare(number(a), number(b));
  }

  private static int number(String entry) {
    return Integer.parseInt(entry.substring(entry.lastIndexOf('.') + 1).replace("later", ""));
  }

  @Test
  void a_client_signals_once_and_now_or_later() {
    Asking ask = new Asking();

    ask.driven.get(ask.hub().signalEntity(signal("@Ledger@A", "note", "x").build()));
    ask.driven.get(
        ask.hub()
            .signalEntity(
                signal(A, "note", "y")
                    .setScheduledTime(
                        Times.timestamp(ask.driven.clock().micros() + 60 * Times.SECOND))
                    .build()));
    List<String> now = entries(ask, A);
    ask.driven.crash();
    ask.driven.advance(Duration.ofMinutes(2));

    assertThat(now).containsExactly("x");
    assertThat(entries(ask, A)).containsExactly("x", "y");
  }

  @Test
  void a_list_counts_what_waits_for_a_lock_and_not_what_is_delayed() {
    Program holds =
        Program.of("Holds", new Step.Lock(List.of(A)), new Step.Await("go"), new Step.Unlock());
    Asking ask = new Asking(holds);
    ask.start("h", "Holds");
    ask.driven.settle();
    ask.driven.get(ask.hub().signalEntity(signal(A, "note", "x").build()));
    ask.driven.get(
        ask.hub()
            .signalEntity(
                signal(A, "note", "y")
                    .setScheduledTime(
                        Times.timestamp(ask.driven.clock().micros() + 60 * Times.SECOND))
                    .build()));
    ask.driven.settle();

    QueryEntitiesResponse listed =
        ask.driven.get(
            ask.hub()
                .queryEntities(
                    EntityQuery.newBuilder()
                        .setInstanceIdStartsWith(StringValue.of(A))
                        .setIncludeTransient(true)
                        .build()));

    assertThat(listed.getEntitiesList())
        .singleElement()
        .returns(1, EntityMetadata::getBacklogQueueSize);
    assertThat(entity(ask, A)).get().returns(1, EntityMetadata::getBacklogQueueSize);
  }

  @Test
  void a_client_that_knows_no_entities_raises_the_event_of_a_signal() {
    Asking ask = new Asking();

    ask.driven.get(
        ask.hub()
            .raiseEvent(A, "op", "{\"op\":\"note\",\"signal\":true,\"id\":\"1\",\"input\":\"x\"}"));

    assertThat(entries(ask, A)).containsExactly("x");
    assertThat(ask.refusal(ask.hub().raiseEvent(A, "hello", "1")))
        .isEqualTo(Reason.INVALID_ARGUMENT);
  }

  @Test
  void ids_that_are_none_are_refused() {
    Asking ask = new Asking();

    for (String id : List.of("x", "@", "@x", "@@x", "@ledger@" + "k".repeat(100), "@l@\0")) {
      assertThat(ask.refusal(ask.hub().signalEntity(signal(id, "note", "x").build())))
          .as(id)
          .isEqualTo(Reason.INVALID_ARGUMENT);
      assertThat(ask.refusal(ask.hub().getEntity(id, true)))
          .as(id)
          .isEqualTo(Reason.INVALID_ARGUMENT);
    }
    assertThat(entity(ask, "@ledger@")).as("an empty key is one").isEmpty();
  }

  @Test
  void a_call_to_what_is_no_entity_fails_by_itself_and_a_lock_of_it_fails_the_orchestration() {
    Asking ask =
        new Asking(
            Program.of("Calls", new Step.Ask("@nobody", "note", "", true), NOTE_A),
            Program.of("Locks", new Step.Lock(List.of(A, "@nobody"))));

    ask.start("i", "Calls");
    ask.start("j", "Locks");

    assertThat(ask.output("i")).isEqualTo("in->!refused,note");
    assertThat(ask.state("j").getFailureDetails().getErrorType()).isEqualTo("InvalidEntityId");
  }

  @Test
  void entities_signal_each_other_and_start_orchestrations() {
    Asking ask = new Asking(Program.of("Works", new Step.Call("Act", "1", false)));

    ask.driven.get(ask.hub().signalEntity(signal(A, "pass", "x @Ledger@B").build()));
    ask.driven.get(ask.hub().signalEntity(signal(A, "start", "y Works child").build()));

    assertThat(entries(ask, A)).containsExactly("x", "y");
    assertThat(entries(ask, B)).containsExactly("xlater");
    assertThat(ask.output("child")).isEqualTo("y->Act(1)");
  }

  @Test
  void what_has_no_state_keeps_no_storage() {
    Asking ask = new Asking();

    ask.driven.get(ask.hub().signalEntity(signal(A, "fail", "x").build()));
    ask.driven.get(ask.hub().signalEntity(signal(B, "note", "x").build()));
    ask.driven.get(ask.hub().signalEntity(signal(B, "delete", "x").build()));
    ask.driven.settle();

    assertThat(ask.driven.memory().query(Store.Query.all(10))).isEmpty();
    assertThat(entity(ask, B)).isEmpty();
  }

  @Test
  void fewer_results_than_operations_leave_the_rest_for_the_next_batch_in_order() {
    Asking ask = new Asking();
    ask.driven.setAnswering(false);
    for (int i = 0; i < 5; i++) {
      var unused = ask.hub().signalEntity(signal(A, "note", "n" + i).build());
    }
    ask.driven.settle();

    answerSome(ask, 1);
    ask.driven.settle();
    answerSome(ask, 2);
    ask.driven.setAnswering(true);

    assertThat(entries(ask, A)).containsExactly("n0", "n1", "n2", "n3", "n4");
  }

  private static void answerSome(Asking ask, int count) {
    var held = ask.driven.executor().held().remove(0);
    held.answers().answer(ask.driven.executor().runSome((WorkItem.EntityBatch) held.item(), count));
  }

  @Test
  void a_batch_that_fails_as_a_whole_is_tried_again_and_then_told() {
    Asking ask = new Asking(Program.of("Calls", new Step.Ask(A, "note", "", true)));
    ask.driven.setAnswering(false);
    var unused = ask.hub().start(Asking.request("i", "Calls").build());
    ask.driven.settle();
    var turn = ask.driven.executor().held().remove(0);
    turn.answers().answer(ask.driven.executor().run(turn.item()));

    for (int i = 0; i < 3; i++) {
      ask.driven.advance(Duration.ofSeconds(1));
      var held = ask.driven.executor().held().remove(0);
      held.answers().answer(broken((WorkItem.EntityBatch) held.item()));
    }
    ask.driven.setAnswering(true);

    assertThat(ask.output("i")).isEqualTo("in->!refused");
    assertThat(entity(ask, A)).isEmpty();
  }

  private static Answer broken(WorkItem.EntityBatch batch) {
    return new Answer.EntityDone(
        batch,
        EntityBatchResult.newBuilder()
            .setFailureDetails(
                TaskFailureDetails.newBuilder()
                    .setErrorType("Broken")
                    .setErrorMessage("no constructor"))
            .build());
  }

  @ParameterizedTest
  @MethodSource("habits")
  void a_lock_keeps_everybody_else_out_of_all_its_entities(Habits habits) {
    Program transfers =
        program(
            "Transfers",
            habits,
            new Step.Lock(List.of(B, A)),
            new Step.Ask(A, "enter", "", false),
            new Step.Ask(B, "enter", "", false),
            new Step.Sleep(Duration.ofSeconds(1)),
            new Step.Ask(B, "leave", "", false),
            new Step.Ask(A, "leave", "", false),
            new Step.Unlock());
    Program notes = program("Notes", habits, NOTE_A, new Step.Signal(B, "note", "", Duration.ZERO));
    Asking ask = new Asking(transfers, notes);
    for (int i = 0; i < 10; i++) {
      ask.start("t" + i, "Transfers");
      ask.start("n" + i, "Notes");
    }

    for (int i = 0; i < 15; i++) {
      ask.driven.settle();
      ask.driven.advance(Duration.ofSeconds(1));
    }

    for (int i = 0; i < 10; i++) {
      assertThat(ask.status("t" + i)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
      assertThat(ask.status("n" + i)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    }
    assertThat(entries(ask, A)).hasSize(30);
    assertThat(entity(ask, A).orElseThrow().hasLockedBy()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("habits")
  void whoever_ends_leaves_no_lock_behind(Habits habits) {
    Program holds = program("Holds", habits, new Step.Lock(List.of(A, B)), new Step.Await("never"));
    Program fails =
        program("Fails", habits, new Step.Lock(List.of(A, B)), new Step.Fail("on purpose"));
    Program waits = program("Waits", habits, new Step.Lock(List.of(B)), new Step.Unlock());
    Asking ask = new Asking(holds, fails, waits);
    ask.start("h", "Holds");
    ask.driven.settle();
    EntityMetadata locked = entity(ask, B).orElseThrow();
    ask.start("w", "Waits");
    ask.driven.settle();
    ask.start("h2", "Holds");
    ask.driven.settle();

    ask.driven.get(ask.hub().terminate("h2", null, false));
    ask.driven.get(ask.hub().terminate("h", null, false));
    ask.start("f", "Fails");
    ask.driven.settle();

    assertThat(locked.getLockedBy().getValue()).isEqualTo("h");
    assertThat(locked.hasSerializedState()).isFalse();
    assertThat(ask.status("w")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.status("f")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(entity(ask, A)).as("unlocked, and so nothing").isEmpty();
    assertThat(entity(ask, B)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("habits")
  void who_holds_locks_or_waits_for_some_can_be_spared_when_others_are_terminated(Habits habits) {
    Program holds = program("Holds", habits, new Step.Lock(List.of(A)), new Step.Await("go"));
    Program held =
        program(
            "Held", habits, new Step.Lock(List.of(B)), new Step.Unlock(), new Step.Await("never"));
    Asking ask = new Asking(holds, held);
    ask.start("holds", "Holds");
    ask.driven.settle();
    ask.start("waits", "Holds");
    ask.start("held", "Held");
    ask.driven.settle();
    List<String> ids = List.of("holds", "nobody", "held", A, "waits");

    assertThat(ask.driven.get(ask.hub().terminateUnlessLocking(ids, "1")))
        .containsExactly("holds", "nobody", A, "waits");
    assertThat(ask.status("held")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    assertThat(entity(ask, A).orElseThrow().getLockedBy().getValue()).isEqualTo("holds");
    for (String id : List.of("holds", "waits")) {
      ask.raise(id, "go");
      ask.driven.settle();
      assertThat(ask.status(id)).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    }
    assertThat(ask.driven.get(ask.hub().terminateUnlessLocking(ids, "1"))).isEqualTo(ids);
  }

  @Test
  void locks_and_what_waits_outlive_a_crash() {
    Program holds =
        Program.of(
            "Holds",
            new Step.Lock(List.of(A, B)),
            new Step.Await("go"),
            new Step.Ask(B, "note", "", false),
            new Step.Unlock());
    Asking ask = new Asking(holds, Program.of("Notes", NOTE_A));
    ask.start("h", "Holds");
    ask.start("n", "Notes");
    ask.driven.settle();

    ask.driven.crash();
    ask.driven.settle();
    EntityMetadata locked = entity(ask, A).orElseThrow();
    ask.raise("h", "go");
    ask.driven.settle();

    assertThat(locked.getLockedBy().getValue()).isEqualTo("h");
    assertThat(locked.getBacklogQueueSize()).isEqualTo(1);
    assertThat(ask.status("h")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(ask.status("n")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(entries(ask, A)).hasSize(1);
  }

  @Test
  void a_batch_that_was_out_in_a_crash_is_handed_out_again() {
    Asking ask = new Asking();
    ask.driven.setAnswering(false);
    CompletableFuture<Void> asked = ask.hub().signalEntity(signal(A, "note", "x").build());
    ask.driven.settle();
    var lost = ask.driven.executor().held().get(0);

    ask.driven.crash();
    ask.driven.setAnswering(true);
    lost.answers().answer(ask.driven.executor().run(lost.item()));
    ask.driven.settle();

    assertThat(asked).isCompleted();
    assertThat(entries(ask, A)).containsExactly("x");
  }

  @Test
  void what_nobody_serves_waits_and_says_so() {
    Asking ask = new Asking();
    ask.driven.executor().serve((kind, name) -> false);
    ask.driven.get(ask.hub().signalEntity(signal(A, "note", "x").build()));
    ask.driven.settle();
    String why = ask.driven.get(ask.hub().why(A)).orElseThrow().summary();
    int given = ask.driven.executor().given();

    ask.driven.executor().serve((kind, name) -> kind == WorkItem.Kind.ENTITY);
    ask.driven.engine().servedChanged();

    assertThat(given).isZero();
    assertThat(why).contains("operations of entity 'ledger'").contains("no connected worker");
    assertThat(entries(ask, A)).containsExactly("x");
  }

  @Test
  void pages_hold_entities_only_and_lists_of_instances_none() {
    Asking ask = new Asking(Program.of("Works"));
    ask.start("i", "Works");
    for (int i = 0; i < 7; i++) {
      ask.driven.get(ask.hub().signalEntity(signal("@Ledger@k" + i, "note", "x").build()));
    }
    ask.driven.get(ask.hub().signalEntity(signal("@other@1", "note", "x").build()));
    ask.driven.get(
        ask.hub()
            .signalEntity(
                signal("@ledger@later", "note", "x")
                    .setScheduledTime(
                        Times.timestamp(ask.driven.clock().micros() + Times.SECOND * 9))
                    .build()));
    ask.driven.settle();

    List<String> found = new ArrayList<>();
    String token = "";
    do {
      QueryEntitiesResponse page =
          ask.driven.get(
              ask.hub()
                  .queryEntities(
                      EntityQuery.newBuilder()
                          .setInstanceIdStartsWith(StringValue.of("@Ledger@"))
                          .setPageSize(Int32Value.of(3))
                          .setContinuationToken(StringValue.of(token))
                          .build()));
      page.getEntitiesList().forEach(entity -> found.add(entity.getInstanceId()));
      token = page.getContinuationToken().getValue();
    } while (!token.isEmpty());

    assertThat(found).hasSize(7).doesNotHaveDuplicates().doesNotContain("@ledger@later");
    assertThat(
            ask.driven
                .get(
                    ask.hub()
                        .queryEntities(EntityQuery.newBuilder().setIncludeTransient(true).build()))
                .getEntitiesCount())
        .isEqualTo(9);
    assertThat(
            ask.driven
                .get(ask.hub().query(InstanceQuery.getDefaultInstance()))
                .getOrchestrationStateList())
        .extracting(OrchestrationState::getInstanceId)
        .containsExactly("i");
  }

  @Test
  void an_unlock_takes_no_id_from_what_comes_after_it() {
    Asking ask = new Asking(Program.of("Anything"));
    ask.driven.setAnswering(false);
    var unused = ask.hub().start(Asking.request("i", "Anything").build());

    answerTurn(
        ask,
        SendEntityMessageAction.newBuilder()
            .setEntityLockRequested(
                EntityLockRequestedEvent.newBuilder()
                    .setCriticalSectionId("section")
                    .addLockSet(A)),
        0);
    answerTurn(
        ask,
        SendEntityMessageAction.newBuilder()
            .setEntityUnlockSent(
                EntityUnlockSentEvent.newBuilder()
                    .setCriticalSectionId("section")
                    .setTargetInstanceId(StringValue.of(A))),
        1);
    ask.raise("i", "anything");
    answerTurn(
        ask,
        SendEntityMessageAction.newBuilder()
            .setEntityOperationSignaled(
                EntityOperationSignaledEvent.newBuilder()
                    .setOperation("note")
                    .setInput(StringValue.of("x"))
                    .setTargetInstanceId(StringValue.of(A))),
        1);
    ask.driven.setAnswering(true);

    assertThat(entries(ask, A)).containsExactly("x");
  }

  private static void answerTurn(Asking ask, SendEntityMessageAction.Builder message, int id) {
    ask.driven.settle();
    var held = ask.driven.executor().held().remove(0);
    WorkItem.Turn turn = (WorkItem.Turn) held.item();
    held.answers()
        .answer(
            new Answer.TurnDone(
                turn,
                OrchestratorResponse.newBuilder()
                    .setInstanceId(turn.instanceId())
                    .addActions(
                        OrchestratorAction.newBuilder().setId(id).setSendEntityMessage(message))
                    .build()));
    ask.driven.settle();
  }

  @Test
  void purging_an_entity_tells_who_waits_for_it() {
    Asking ask = new Asking(Program.of("Calls", new Step.Ask(A, "note", "", true)));
    ask.driven.executor().serve((kind, name) -> kind != WorkItem.Kind.ENTITY);
    ask.start("i", "Calls");
    ask.driven.settle();

    int purged = ask.purge("@LEDGER@A", false);

    assertThat(purged).isEqualTo(1);
    assertThat(ask.output("i")).isEqualTo("in->!refused");
    assertThat(ask.purge(A, false)).isZero();
  }

  @Test
  void locks_of_holders_that_are_no_more_are_released_on_demand() {
    Asking ask = new Asking(Program.of("Notes", NOTE_A));
    Store store = ask.driven.memory();
    store.commit(
        new Store.Flush(
            store.opened().lastFlush() + 1,
            ask.driven.clock().micros(),
            Commit.builder().insert(lockedBy("gone")).build()));
    ask.driven.crash();
    ask.start("n", "Notes");
    ask.driven.settle();

    int released =
        ask.driven
            .get(
                ask.hub()
                    .cleanEntityStorage(
                        CleanEntityStorageRequest.newBuilder()
                            .setReleaseOrphanedLocks(true)
                            .build()))
            .getOrphanedLocksReleased();

    assertThat(released).isEqualTo(1);
    assertThat(ask.status("n")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  private static Rows.Instance lockedBy(String holder) {
    OrchestrationState state =
        OrchestrationState.newBuilder()
            .setInstanceId(A)
            .setName("@ledger")
            .putTags("lockedBy", holder)
            .putTags("criticalSection", "its")
            .build();
    return new Rows.Instance(1, A, InstanceIds.slot(A), 0, false, 1, 0, state);
  }

  @Test
  void going_back_asks_again_what_was_not_answered_but_not_into_a_section() {
    Program failing =
        Program.of(
            "Failing",
            NOTE_A,
            new Step.All(
                List.of(new Step.Ask(B, "note", "", false), new Step.Call("flaky", "1", false))));
    Program inside =
        Program.of("Inside", new Step.Lock(List.of(A)), new Step.Call("fail", "1", false));
    Asking ask = new Asking(failing, inside);
    ask.start("i", "Failing");
    ask.start("j", "Inside");
    assertThat(ask.status("i")).isEqualTo(ORCHESTRATION_STATUS_FAILED);

    ask.driven.get(ask.hub().rewind("i", null));

    while (ask.status("i") == ORCHESTRATION_STATUS_FAILED) {
      ask.driven.get(ask.hub().rewind("i", null));
    }
    assertThat(ask.output("i")).isEqualTo("in->note,note,flaky(1)");
    assertThat(ask.status("j")).isEqualTo(ORCHESTRATION_STATUS_FAILED);
    assertThat(ask.refused(ask.hub().rewind("j", null))).hasMessageContaining("critical section");
  }
}
