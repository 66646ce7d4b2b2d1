package dev.holdfast.engine.scenario;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.SignalEntityRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that cannot be read hold up nobody but whom they belong to. */
class DamageTest {
  private static final Program WAITS =
      Program.of("Waits", new Step.Await("go"), new Step.Await("go"), new Step.Await("go"));
  private static final Program SLEEPS =
      Program.of("Sleeps", new Step.Sleep(Duration.ofSeconds(10)));
  private static final Program PARENT =
      Program.of("Parent", new Step.Child("Waits", "x", Step.ChildId.OF_INSTANCE, true));
  private static final Program FAILS = Program.of("Fails", new Step.Fail("out of paper"));
  private static final String COUNTER = "@counter@c";

  private final Asking ask = new Asking(WAITS, SLEEPS, PARENT, FAILS);

  private void damage(String id, String table) {
    ask.driven.settle();
    ask.driven.damages().damage(id, table);
    ask.driven.crash();
    ask.driven.settle();
  }

  private Blocked block(String id) {
    return Objects.requireNonNull(Blocked.of(ask.state(id)), id + " is not blocked");
  }

  private long key(String id) {
    return ask.driven.memory().load(List.of(id), Store.Detail.SUMMARY).get(0).instance().key();
  }

  private List<String> records() {
    return ask.driven.memory().records(Blocked.NAMESPACE).stream().map(Rows.Keyed::name).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"instances", "history", "inbox", "timers"})
  void whoever_asks_is_told_table_and_key_and_the_others_go_on(String table) {
    ask.start("bad", "Waits");
    ask.start("good", "Waits");
    damage("bad", table);
    CompletableFuture<Delivery> toBad = ask.raiseLater("bad", "go");
    CompletableFuture<Delivery> toGood = ask.raiseLater("good", "go");

    assertThat(ask.driven.get(toGood)).isEqualTo(Delivery.ACCEPTED);
    assertThat(ask.driven.get(toBad)).isEqualTo(Delivery.ACCEPTED);
    assertThat(block("bad").kind()).isEqualTo(Blocked.Kind.DAMAGED_ROWS);
    assertThat(block("bad").place()).isEqualTo("table " + table + " (key " + key("bad") + ")");
    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(ask.start("new", "Waits")).isEqualTo("new");
    ask.raise("good", "go");
    ask.raise("good", "go");
    assertThat(ask.status("good")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(records()).containsExactly("bad");
    assertThat(ask.driven.problems().warnings())
        .filteredOn(it -> it.contains("cannot be read"))
        .hasSize(1);
    assertThat(ask.driven.get(ask.hub().why("bad")).orElseThrow().summary())
        .contains("blocked by damaged rows", "table " + table);
  }

  @Test
  void lists_show_it_as_blocked() {
    ask.start("bad", "Waits");
    ask.start("good", "Waits");
    damage("bad", "history");
    block("bad");
    ask.driven.settle();

    List<OrchestrationState> all =
        ask.driven
            .get(ask.hub().query(InstanceQuery.getDefaultInstance()))
            .getOrchestrationStateList();
    assertThat(all).extracting(OrchestrationState::hasBlocked).containsExactly(true, false);
    List<OrchestrationState> blocked =
        ask.driven
            .get(ask.hub().queryBlocked(InstanceQuery.getDefaultInstance()))
            .getOrchestrationStateList();
    assertThat(blocked).extracting(OrchestrationState::getInstanceId).containsExactly("bad");
  }

  @Test
  void events_are_kept_and_read_in_order_when_the_rows_are_put_right() {
    ask.start("bad", "Waits");
    damage("bad", "history");
    ask.raise("bad", "go");
    ask.driven.advance(Duration.ofMillis(1));
    ask.driven.crash();
    ask.raise("bad", "go");
    long since = block("bad").since();
    ask.driven.advance(Duration.ofSeconds(5));
    ask.driven.crash();
    assertThat(block("bad").since()).isEqualTo(since);
    ask.raise("bad", "go");

    ask.driven.damages().mend("bad");
    assertThat(ask.driven.get(ask.hub().retry("bad"))).isEqualTo(Delivery.ACCEPTED);
    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(records()).isEmpty();
    assertThat(ask.driven.memory().records("mail")).isEmpty();
  }

  @Test
  void tried_again_in_vain_it_is_blocked_as_before() {
    ask.start("bad", "Waits");
    damage("bad", "history");
    ask.raise("bad", "go");
    assertThat(ask.driven.get(ask.hub().retry("bad"))).isEqualTo(Delivery.ACCEPTED);
    ask.driven.settle();

    assertThat(block("bad").kind()).isEqualTo(Blocked.Kind.DAMAGED_ROWS);
    assertThat(records()).containsExactly("bad");
    assertThat(ask.driven.memory().records("mail")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"instances", "history", "inbox"})
  void terminate_works_by_its_key(String table) {
    ask.start("bad", "Waits");
    long before = key("bad");
    damage("bad", table);
    ask.raise("bad", "go");
    CompletableFuture<Delivery> terminated = ask.hub().terminate("bad", "\"over\"", false);
    ask.driven.runAtThisMoment();
    ask.driven.damages().mend("bad");
    assertThat(ask.driven.get(terminated)).isEqualTo(Delivery.ACCEPTED);

    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
    assertThat(ask.output("bad")).isEqualTo("\"over\"");
    assertThat(ask.state("bad").hasBlocked()).isFalse();
    assertThat(records()).isEmpty();
    assertThat(ask.driven.memory().loadByKey(List.of(before), Store.Detail.ALL)).isEmpty();
    ask.driven.crash();
    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_TERMINATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"instances", "history", "inbox"})
  void purge_works_by_its_key(String table) {
    ask.start("bad", "Waits");
    damage("bad", table);
    block("bad");

    assertThat(ask.purge("bad", false)).isEqualTo(1);
    assertThat(ask.found("bad")).isEmpty();
    assertThat(records()).isEmpty();
    ask.driven.damages().mend("bad");
    assertThat(ask.start("bad", "Waits")).isEqualTo("bad");
    assertThat(ask.state("bad").hasBlocked()).isFalse();
  }

  @Test
  void a_parent_hears_of_the_end_of_its_child() {
    ask.start("parent", "Parent");
    damage("parent:0000", "history");
    block("parent:0000");
    CompletableFuture<Delivery> terminated = ask.hub().terminate("parent:0000", null, false);
    ask.driven.runAtThisMoment();
    ask.driven.damages().mend("parent:0000");
    assertThat(ask.driven.get(terminated)).isEqualTo(Delivery.ACCEPTED);

    assertThat(ask.status("parent"))
        .isIn(ORCHESTRATION_STATUS_FAILED, ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void what_a_child_tells_its_parent_is_kept() {
    ask.start("parent", "Parent");
    damage("parent", "history");
    ask.driven.get(ask.hub().terminate("parent:0000", null, false));
    assertThat(block("parent").kind()).isEqualTo(Blocked.Kind.DAMAGED_ROWS);
    ask.driven.crash();
    ask.driven.settle();
    ask.driven.damages().mend("parent");
    ask.driven.get(ask.hub().retry("parent"));

    assertThat(ask.status("parent"))
        .isIn(ORCHESTRATION_STATUS_FAILED, ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void timers_of_others_fire() {
    ask.start("bad", "Sleeps");
    ask.start("good", "Sleeps");
    damage("bad", "timers");
    ask.driven.advance(Duration.ofSeconds(20));

    assertThat(ask.status("good")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
    assertThat(block("bad").place()).contains("table timers");
    ask.driven.damages().mend("bad");
    ask.driven.get(ask.hub().retry("bad"));
    ask.driven.advance(Duration.ofSeconds(1));
    assertThat(ask.status("bad")).isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void what_was_ready_beside_it_runs() {
    ask.driven.setAnswering(false);
    ask.start("bad", "Waits");
    ask.start("good", "Waits");
    ask.driven.setAnswering(true);
    damage("bad", "inbox");

    assertThat(ask.status("good")).isEqualTo(ORCHESTRATION_STATUS_RUNNING);
    assertThat(block("bad").place()).contains("table inbox");
    assertThat(ask.driven.get(ask.hub().query(InstanceQuery.getDefaultInstance()))).isNotNull();
  }

  @Test
  void an_entity_keeps_what_it_is_asked() {
    signal();
    damage(COUNTER, "instances");
    signal();
    assertThat(records()).containsExactly(COUNTER);
    ask.driven.damages().mend(COUNTER);
    ask.driven.get(ask.hub().retry(COUNTER));
    ask.driven.settle();

    assertThat(ask.driven.memory().records("mail")).isEmpty();
    assertThat(ask.driven.executor().given()).isEqualTo(1);
  }

  private void signal() {
    ask.driven.get(
        ask.hub()
            .signalEntity(
                SignalEntityRequest.newBuilder().setInstanceId(COUNTER).setName("add").build()));
  }

  @Test
  void nobody_takes_its_id_and_what_needs_its_rows_is_refused() {
    ask.start("bad", "Waits");
    damage("bad", "history");

    RefusedException taken = ask.refused(ask.hub().start(Asking.request("bad", "Waits").build()));
    assertThat(taken.reason()).isEqualTo(RefusedException.Reason.ALREADY_EXISTS);
    assertThat(taken).hasMessageContaining("table history");
    assertThat(ask.refusal(ask.hub().suspend("bad", null)))
        .isEqualTo(RefusedException.Reason.FAILED_PRECONDITION);
    assertThat(ask.refusal(ask.hub().history("bad")))
        .isEqualTo(RefusedException.Reason.FAILED_PRECONDITION);
  }

  @Test
  void what_cannot_be_read_cannot_be_rewound() {
    ask.start("bad", "Fails");
    ask.driven.settle();
    ask.driven.damages().damage("bad", "history");

    assertThat(ask.refusal(ask.hub().rewind("bad", null)))
        .isEqualTo(RefusedException.Reason.FAILED_PRECONDITION);
    assertThat(ask.start("good", "Waits")).isEqualTo("good");
  }
}
