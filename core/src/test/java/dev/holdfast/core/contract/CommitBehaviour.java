package dev.holdfast.core.contract;

import static dev.holdfast.core.contract.SampleRows.EPOCH;
import static dev.holdfast.core.contract.SampleRows.bytes;
import static dev.holdfast.core.contract.SampleRows.ended;
import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.inbox;
import static dev.holdfast.core.contract.SampleRows.ready;
import static dev.holdfast.core.contract.SampleRows.running;
import static dev.holdfast.core.contract.SampleRows.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Records;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.Store.Detail;
import dev.holdfast.core.StoreException;
import dev.holdfast.protocol.OrchestrationStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests what a commit leaves behind. */
abstract class CommitBehaviour extends StoreBehaviour {

  private static final int COMPLETED = OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED_VALUE;

  @Test
  void a_new_store_is_empty() {
    Writer writer = open();

    assertThat(writer.store.opened()).isEqualTo(new Store.Opened(0, 0, 0));
    assertThat(Contents.of(writer.store, List.of("n")))
        .isEqualTo(
            new Contents(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of(List.of())));
    assertThat(writer.store.record("n", "a")).isNull();
    assertThat(writer.store.landed(1)).isFalse();
  }

  @Test
  void what_is_inserted_is_loaded_by_id_and_by_key() {
    Writer writer = open();
    Rows.Instance row = ready(running(7, "seven"), true);
    Rows.History chunk = history(7, 0, 2, "started");
    Rows.Inbox message = inbox(7, 3, "hello");
    Rows.Timer timer = timer(7, Rows.Timer.SCHEDULED_START, "seven", EPOCH + 5);

    writer.write(Commit.builder().insert(row).append(chunk).put(message).put(timer));

    Store.Stored stored = new Store.Stored(row, List.of(chunk), List.of(message), List.of(timer));
    assertThat(writer.store.load(List.of("seven"), Detail.ALL)).containsExactly(stored);
    assertThat(writer.store.loadByKey(List.of(7L), Detail.OPEN)).containsExactly(stored);
    assertThat(writer.store.ready(Store.Slots.ALL, 0, 10))
        .containsExactly(new Store.Ready(7, "Sample"));
  }

  @Test
  void a_new_version_replaces_the_summary_and_leaves_the_other_rows() {
    Writer writer = open();
    Rows.Instance first = ready(running(1, "a"), true);
    writer.write(
        Commit.builder().insert(first).append(history(1, 0, 1, "x")).put(inbox(1, 0, "m")));

    Rows.Instance second = ended(SampleRows.told(first, "nearly"), COMPLETED, EPOCH + 9);
    writer.write(Commit.builder().update(second));

    Store.Stored stored = writer.only("a", Detail.ALL);
    assertThat(stored.instance()).isEqualTo(second);
    assertThat(stored.history()).containsExactly(history(1, 0, 1, "x"));
    assertThat(stored.inbox()).containsExactly(inbox(1, 0, "m"));
    assertThat(writer.store.ready(Store.Slots.ALL, 0, 10)).isEmpty();
  }

  @Test
  void history_grows_in_order_and_keeps_what_workers_may_not_see_apart() {
    Writer writer = open();
    writer.write(Commit.builder().insert(running(1, "a")).append(history(1, 0, 2, "ab")));
    Rows.History hidden = new Rows.History(1, 2, 1, true, bytes("c"));

    writer.write(Commit.builder().append(hidden));
    writer.write(Commit.builder().append(history(1, 3, 2, "de")));

    assertThat(writer.only("a", Detail.ALL).history())
        .containsExactly(history(1, 0, 2, "ab"), hidden, history(1, 3, 2, "de"));
  }

  @Test
  void many_chunks_come_back_by_sequence_number_not_by_text() {
    Writer writer = open();
    writer.write(Commit.builder().insert(running(1, "a")));
    for (int seq = 0; seq < 300; seq++) {
      writer.write(Commit.builder().append(history(1, seq, 1, "event " + seq)));
    }

    assertThat(writer.only("a", Detail.ALL).history())
        .extracting(Rows.History::seq)
        .hasSize(300)
        .isSorted();
  }

  @Test
  void consumed_messages_go_and_the_others_stay_in_order() {
    Writer writer = open();
    writer.write(
        Commit.builder()
            .insert(running(1, "a"))
            .put(inbox(1, 10, "ten"))
            .put(inbox(1, 9, "nine"))
            .put(inbox(1, 11, "eleven")));

    writer.write(Commit.builder().consume(1, 10).put(inbox(1, 12, "twelve")));

    assertThat(writer.only("a", Detail.OPEN).inbox())
        .containsExactly(inbox(1, 9, "nine"), inbox(1, 11, "eleven"), inbox(1, 12, "twelve"));
  }

  @Test
  void a_message_sent_and_consumed_in_one_commit_leaves_no_row() {
    Writer writer = open();

    writer.write(Commit.builder().insert(running(1, "a")).put(inbox(1, 0, "brief")).consume(1, 0));

    assertThat(writer.only("a", Detail.ALL).inbox()).isEmpty();
  }

  @Test
  void a_timer_dropped_and_set_again_in_one_commit_has_its_new_time() {
    Writer writer = open();
    writer.write(
        Commit.builder()
            .insert(running(1, "a"))
            .put(timer(1, 4, "a", 100))
            .put(timer(1, 5, "a", 200)));

    writer.write(Commit.builder().dropTimer(1, 4).dropTimer(1, 5).put(timer(1, 4, "a", 300)));

    assertThat(writer.only("a", Detail.ALL).timers()).containsExactly(timer(1, 4, "a", 300));
    assertThat(writer.store.timers(Store.Slots.ALL, 0, 1_000, 10))
        .containsExactly(timer(1, 4, "a", 300));
  }

  @Test
  void a_removed_execution_leaves_nothing_anywhere() {
    Writer writer = open();
    Contents empty = Contents.of(writer.store, List.of());
    writer.write(
        Commit.builder()
            .insert(ready(running(1, "a"), true))
            .append(history(1, 0, 1, "x"))
            .put(inbox(1, 0, "m"))
            .put(timer(1, 0, "a", 50)));

    writer.write(Commit.builder().remove(1));

    assertThat(Contents.of(writer.store, List.of())).isEqualTo(empty);
    assertThat(writer.store.load(List.of("a"), Detail.ALL)).isEmpty();
    assertThat(writer.store.loadByKey(List.of(1L), Detail.ALL)).isEmpty();
  }

  @Test
  void an_id_passes_to_its_next_execution_in_one_commit() {
    Writer writer = open();
    writer.write(
        Commit.builder()
            .insert(ended(running(1, "a"), COMPLETED, EPOCH))
            .append(history(1, 0, 1, "old")));

    writer.write(
        Commit.builder().insert(running(2, "a")).append(history(2, 0, 1, "new")).remove(1));

    Store.Stored stored = writer.only("a", Detail.ALL);
    assertThat(stored.instance()).isEqualTo(running(2, "a"));
    assertThat(stored.history()).containsExactly(history(2, 0, 1, "new"));
    assertThat(writer.all()).hasSize(1);
  }

  @Test
  void a_record_is_written_replaced_and_removed() {
    Writer writer = open();
    writer.write(Commit.builder().put(new Rows.Keyed("n", "b", bytes("1"))));
    writer.write(
        Commit.builder()
            .put(new Rows.Keyed("n", "b", bytes("2")))
            .put(new Rows.Keyed("n", "a", ByteString.EMPTY))
            .put(new Rows.Keyed("other", "b", bytes("3"))));

    assertThat(writer.store.records("n"))
        .containsExactly(
            new Rows.Keyed("n", "a", ByteString.EMPTY), new Rows.Keyed("n", "b", bytes("2")));
    assertThat(writer.store.record("other", "b")).isEqualTo(bytes("3"));

    writer.write(Commit.builder().put(new Rows.Keyed("n", "b", null)));

    assertThat(writer.store.record("n", "b")).isNull();
    assertThat(writer.store.records("n")).hasSize(1);
  }

  @Test
  void records_change_in_the_commit_of_an_instance_or_not_at_all() {
    Records<String> receipts =
        new Records<>("test.receipts", ByteString::copyFromUtf8, ByteString::toStringUtf8);
    Writer writer = open();
    writer.write(Commit.builder().insert(running(1, "a")).put(receipts.put("old", "1")));

    writer.write(
        Commit.builder()
            .put(inbox(1, 1, "result"))
            .put(receipts.put("new", "2"))
            .put(receipts.remove("old")));
    Store.Flush contradicting =
        new Store.Flush(
            3,
            EPOCH + 3,
            Commit.builder()
                .insert(running(2, "a"))
                .put(receipts.put("new", "3"))
                .put(receipts.put("more", "3"))
                .build());
    assertThat(writer.store.commit(contradicting)).isInstanceOf(Store.Rejected.class);

    Store store = reopen(writer).store;
    assertThat(receipts.get(store, "new")).contains("2");
    assertThat(receipts.get(store, "old")).isEmpty();
    assertThat(receipts.get(store, "more")).isEmpty();
  }

  @Test
  void removing_a_record_that_is_not_there_changes_nothing() {
    Writer writer = open();

    writer.write(Commit.builder().put(new Rows.Keyed("n", "b", null)));

    assertThat(writer.store.records("n")).isEmpty();
  }

  @Test
  void an_empty_flush_still_leaves_its_marker() {
    Writer writer = open();

    writer.write(Commit.EMPTY);

    assertThat(writer.store.landed(1)).isTrue();
    assertThat(reopen(writer).store.opened().lastFlush()).isEqualTo(1);
  }

  @Test
  void every_landed_flush_is_known_and_no_other() {
    Writer writer = open();
    writer.write(Commit.builder().insert(running(1, "a")));
    assertThat(writer.tryWrite(Commit.builder().update(running(2, "b")).build()))
        .isInstanceOf(Store.Rejected.class);
    writer.write(Commit.builder().insert(running(3, "c")));

    assertThat(writer.store.landed(1)).isTrue();
    assertThat(writer.store.landed(2)).isFalse();
    assertThat(writer.store.landed(3)).isTrue();
    assertThat(writer.store.landed(4)).isFalse();
  }

  @Test
  void the_number_of_a_rejected_flush_may_be_used_again() {
    Writer writer = open();
    Commit bad = Commit.builder().update(running(1, "a")).build();
    Commit good = Commit.builder().insert(running(1, "a")).build();

    assertThat(writer.store.commit(new Store.Flush(1, EPOCH, bad)))
        .isInstanceOf(Store.Rejected.class);
    assertThat(writer.store.commit(new Store.Flush(1, EPOCH, good)))
        .isEqualTo(new Store.Committed());

    assertThat(writer.store.landed(1)).isTrue();
  }

  @Test
  void a_flush_that_has_landed_is_not_written_twice() {
    Writer writer = open();
    Store.Flush flush =
        new Store.Flush(
            1, EPOCH, Commit.builder().put(new Rows.Keyed("n", "a", bytes("1"))).build());
    assertThat(writer.store.commit(flush)).isEqualTo(new Store.Committed());

    assertThat(writer.store.commit(flush)).isInstanceOf(Store.Rejected.class);

    assertThat(writer.store.landed(1)).isTrue();
  }

  @Test
  void a_reopened_store_has_everything_and_knows_where_it_stood() {
    Writer writer = open();
    writer.write(
        Commit.builder()
            .insert(ready(running(5, "a"), true))
            .append(history(5, 0, 3, "abc"))
            .put(inbox(5, 1, "m"))
            .put(timer(5, 2, "a", 77))
            .put(new Rows.Keyed("n", "k", bytes("v"))));
    writer.write(Commit.builder().insert(running(9, "gone")));
    writer.write(Commit.builder().remove(9));
    Contents before = Contents.of(writer.store, List.of("n"));

    Writer again = reopen(writer);

    assertThat(Contents.of(again.store, List.of("n"))).isEqualTo(before);
    assertThat(again.store.opened()).isEqualTo(new Store.Opened(9, 3, EPOCH + 3));
    assertThat(again.store.landed(3)).isTrue();
  }

  @Test
  void the_clock_of_the_hub_never_goes_back() {
    Writer writer = open();
    assertThat(writer.store.commit(new Store.Flush(1, 500, Commit.EMPTY)))
        .isEqualTo(new Store.Committed());
    assertThat(writer.store.commit(new Store.Flush(2, 400, Commit.EMPTY)))
        .isEqualTo(new Store.Committed());

    assertThat(reopen(writer).store.opened().clock()).isEqualTo(500);
  }

  @Test
  void payloads_of_a_mebibyte_come_back_whole() {
    Writer writer = open();
    byte[] large = new byte[1 << 20];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) ((i * 31) >>> 3);
    }
    ByteString payload = ByteString.copyFrom(large);
    Rows.Instance row = SampleRows.told(running(1, "a"), "x".repeat(1 << 20));
    Rows.History chunk = new Rows.History(1, 0, 1, false, payload);
    Rows.Inbox message = new Rows.Inbox(1, 0, payload);

    writer.write(
        Commit.builder()
            .insert(row)
            .append(chunk)
            .put(message)
            .put(new Rows.Keyed("n", "big", payload)));

    Store.Stored stored = reopen(writer).only("a", Detail.ALL);
    assertThat(stored.instance()).isEqualTo(row);
    assertThat(stored.history()).containsExactly(chunk);
    assertThat(stored.inbox()).containsExactly(message);
  }

  @Test
  void numbers_at_their_ends_are_kept() {
    Writer writer = open();
    Rows.Instance row =
        new Rows.Instance(
            Long.MAX_VALUE - 1,
            "last",
            1023,
            7,
            true,
            0,
            Long.MAX_VALUE,
            SampleRows.state("last", ""));
    Rows.Timer timer = new Rows.Timer(row.key(), Integer.MAX_VALUE, 1023, Long.MAX_VALUE - 1);
    Rows.Inbox message = new Rows.Inbox(row.key(), Long.MAX_VALUE, ByteString.EMPTY);

    writer.write(Commit.builder().insert(row).put(timer).put(message));

    Writer again = reopen(writer);
    assertThat(again.store.loadByKey(List.of(row.key()), Detail.ALL).get(0).instance())
        .isEqualTo(row);
    assertThat(again.only("last", Detail.ALL).inbox()).containsExactly(message);
    assertThat(again.store.timers(Store.Slots.ALL, 0, Long.MAX_VALUE, 9)).containsExactly(timer);
    assertThat(again.store.opened().highestKey()).isEqualTo(row.key());
  }

  @Test
  void a_closed_store_says_so() {
    Writer writer = open();
    writer.write(Commit.builder().insert(running(1, "a")));

    writer.store.close();
    writer.store.close();

    assertThatThrownBy(() -> writer.store.load(List.of("a"), Detail.ALL))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
    assertThat(writer.tryWrite(Commit.EMPTY)).isInstanceOf(Store.Rejected.class);
  }
}
