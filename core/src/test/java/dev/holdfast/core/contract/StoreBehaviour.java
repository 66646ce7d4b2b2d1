package dev.holdfast.core.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;

/**
 * Holds what the parts of the contract share: stores that are closed after each test, and flushes
 * numbered in order.
 */
abstract class StoreBehaviour {

  private final List<Store> opened = new ArrayList<>();

  /** Returns the contract with the store to test. */
  abstract StoreContract contract();

  @AfterEach
  final void closeStores() {
    opened.forEach(Store::close);
  }

  final long[] seeds() {
    Long only = Long.getLong("holdfast.seed");
    return only != null
        ? new long[] {only}
        : LongStream.rangeClosed(1, contract().seeds()).toArray();
  }

  final Writer open() {
    return kept(contract().open());
  }

  final Writer reopen(Writer writer) {
    return kept(contract().reopen(writer.store));
  }

  private Writer kept(Store store) {
    opened.add(store);
    return new Writer(store);
  }

  /** Hands commits to a store as a pipeline would: one at a time, with rising numbers. */
  static final class Writer {
    final Store store;
    private long number;

    Writer(Store store) {
      this.store = store;
      this.number = store.opened().lastFlush();
    }

    /** Commits; the test fails unless the commit lands. */
    void write(Commit commit) {
      assertThat(store.objection(commit)).isNull();
      assertThat(tryWrite(commit)).isEqualTo(new Store.Committed());
    }

    void write(Commit.Builder commit) {
      write(commit.build());
    }

    Store.Outcome tryWrite(Commit commit) {
      number++;
      return store.commit(new Store.Flush(number, SampleRows.EPOCH + number, commit));
    }

    /**
     * Commits; the test fails unless the commit is rejected, with a reason that contains {@code
     * words}.
     */
    void writeRejected(Commit.Builder commit, String... words) {
      Contents before = Contents.of(store, List.of("n"));
      String objection = store.objection(commit.build());
      assertThat(objection).isNotNull();
      for (String word : words) {
        assertThat(objection).contains(word);
      }
      assertThat(Contents.of(store, List.of("n"))).isEqualTo(before);

      Store.Outcome outcome = tryWrite(commit.build());

      assertThat(outcome).isInstanceOf(Store.Rejected.class);
      for (String word : words) {
        assertThat(((Store.Rejected) outcome).reason()).contains(word);
      }
      assertThat(((Store.Rejected) outcome).full()).isFalse();
      assertThat(store.landed(number)).isFalse();
      assertThat(Contents.of(store, List.of("n"))).isEqualTo(before);
    }

    long number() {
      return number;
    }

    Store.Stored only(String id, Store.Detail detail) {
      List<Store.Stored> found = store.load(List.of(id), detail);
      assertThat(found).hasSize(1);
      return found.get(0);
    }

    List<Rows.Instance> all() {
      return store.query(Store.Query.all(Integer.MAX_VALUE));
    }
  }
}
