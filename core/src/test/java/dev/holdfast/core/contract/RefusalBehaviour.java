package dev.holdfast.core.contract;

import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.inbox;
import static dev.holdfast.core.contract.SampleRows.named;
import static dev.holdfast.core.contract.SampleRows.running;
import static dev.holdfast.core.contract.SampleRows.timer;

import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that commits which contradict the stored rows are rejected as a whole, with a reason. */
abstract class RefusalBehaviour extends StoreBehaviour {

  private Writer writer;

  @BeforeEach
  void one_execution_is_stored() {
    writer = open();
    writer.write(
        Commit.builder()
            .insert(running(1, "a"))
            .append(history(1, 0, 3, "abc"))
            .put(inbox(1, 4, "m"))
            .put(timer(1, 2, "a", 50)));
  }

  @Test
  void an_id_that_another_key_has() {
    writer.writeRejected(Commit.builder().insert(running(2, "a")), "key 2", "id a");
  }

  @Test
  void two_new_executions_of_one_id() {
    writer.writeRejected(
        Commit.builder().insert(running(2, "b")).insert(running(3, "b")), "key 3", "id b");
  }

  @Test
  void a_key_that_is_there_already() {
    writer.writeRejected(Commit.builder().insert(running(1, "b")), "key 1");
  }

  @Test
  void a_new_version_of_an_unknown_key() {
    writer.writeRejected(Commit.builder().update(running(2, "b")), "key 2");
  }

  @Test
  void a_new_version_under_another_id() {
    writer.writeRejected(Commit.builder().update(running(1, "b")), "key 1");
  }

  @Test
  void removing_an_unknown_key() {
    writer.writeRejected(Commit.builder().remove(2), "key 2");
  }

  @Test
  void history_of_an_unknown_key() {
    writer.writeRejected(Commit.builder().append(history(2, 0, 1, "x")), "key 2");
  }

  @Test
  void history_that_leaves_a_gap() {
    writer.writeRejected(Commit.builder().append(history(1, 4, 1, "x")), "key 1", "event 4");
  }

  @Test
  void history_that_is_there_already() {
    writer.writeRejected(Commit.builder().append(history(1, 0, 1, "x")), "key 1", "event 0");
    writer.writeRejected(Commit.builder().append(history(1, 2, 1, "x")), "key 1", "event 2");
  }

  @Test
  void history_of_a_new_execution_that_does_not_begin_at_its_beginning() {
    writer.writeRejected(
        Commit.builder().insert(running(2, "b")).append(history(2, 1, 1, "x")), "key 2", "event 1");
  }

  @Test
  void consuming_an_unknown_message() {
    writer.writeRejected(Commit.builder().consume(1, 5), "key 1", "message 5");
    writer.writeRejected(Commit.builder().consume(2, 4), "key 2");
  }

  @Test
  void consuming_a_message_twice() {
    writer.writeRejected(Commit.builder().consume(1, 4).consume(1, 4), "key 1", "message 4");
  }

  @Test
  void a_message_under_a_number_that_is_taken() {
    writer.writeRejected(Commit.builder().put(inbox(1, 4, "other")), "key 1", "message 4");
  }

  @Test
  void a_message_for_an_unknown_key() {
    writer.writeRejected(Commit.builder().put(inbox(2, 0, "m")), "key 2");
  }

  @Test
  void dropping_an_unknown_timer() {
    writer.writeRejected(Commit.builder().dropTimer(1, 3), "key 1", "timer 3");
  }

  @Test
  void dropping_a_timer_twice() {
    writer.writeRejected(Commit.builder().dropTimer(1, 2).dropTimer(1, 2), "key 1", "timer 2");
  }

  @Test
  void a_timer_under_an_id_that_is_taken() {
    writer.writeRejected(Commit.builder().put(timer(1, 2, "a", 60)), "key 1", "timer 2");
  }

  @Test
  void a_timer_for_an_unknown_key() {
    writer.writeRejected(Commit.builder().put(timer(2, 0, "b", 60)), "key 2");
  }

  @Test
  void another_orchestrator_or_version_for_a_key() {
    writer.writeRejected(Commit.builder().update(named(running(1, "a"), "Other", null)), "key 1");
    writer.writeRejected(Commit.builder().update(named(running(1, "a"), "Sample", "2")), "key 1");
  }

  @Test
  void text_that_not_every_store_can_keep() {
    writer.writeRejected(Commit.builder().insert(running(2, "nul \0 in it")));
    writer.writeRejected(Commit.builder().insert(running(2, "half a pair \uD83D")));
    writer.writeRejected(Commit.builder().insert(named(running(2, "b"), "a\0", null)), "name");
    writer.writeRejected(Commit.builder().insert(named(running(2, "b"), "a", "1\0")), "version");
    writer.writeRejected(
        Commit.builder().put(new Rows.Keyed("n", "\uDE00 the other half", SampleRows.bytes("x"))));
  }

  @Test
  void everything_else_in_a_flush_with_one_bad_row() {
    writer.writeRejected(
        Commit.builder()
            .insert(running(2, "b"))
            .append(history(2, 0, 1, "x"))
            .append(history(1, 3, 1, "d"))
            .consume(1, 4)
            .dropTimer(1, 2)
            .put(new Rows.Keyed("n", "k", SampleRows.bytes("v")))
            .insert(running(3, "a")),
        "key 3");
  }

  @Test
  void nothing_that_follows_a_rejected_flush() {
    writer.writeRejected(Commit.builder().insert(running(2, "a")));

    writer.write(Commit.builder().insert(running(2, "b")).append(history(1, 3, 1, "d")));

    writer.write(Commit.builder().remove(1).insert(running(3, "a")));
  }
}
