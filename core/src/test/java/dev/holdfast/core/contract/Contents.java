package dev.holdfast.core.contract;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds everything that a store shows through its port, as one value that can be compared.
 *
 * <p>Chunks of history that follow one another are joined, because the way events are cut into
 * chunks depends on how commits were joined and means nothing.
 */
public record Contents(
    List<Store.Stored> executions,
    List<Rows.Instance> summaries,
    List<Store.Ready> ready,
    List<Rows.Timer> timers,
    List<Rows.Instance> ended,
    List<List<Rows.Keyed>> records) {

  /** Reads all of the store, with the records of these namespaces. No commit may run meanwhile. */
  public static Contents of(Store store, List<String> namespaces) {
    List<Rows.Instance> summaries = store.query(Store.Query.all(Integer.MAX_VALUE));
    List<Long> keys = summaries.stream().map(Rows.Instance::key).toList();
    return new Contents(
        store.loadByKey(keys, Store.Detail.ALL).stream()
            .map(Contents::joined)
            .sorted((a, b) -> Long.compare(a.instance().key(), b.instance().key()))
            .toList(),
        summaries,
        store.ready(Store.Slots.ALL, 0, Integer.MAX_VALUE),
        store.timers(Store.Slots.ALL, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE),
        store.ended(List.of(), 0, Long.MAX_VALUE, 0, 0, Integer.MAX_VALUE),
        namespaces.stream().map(store::records).toList());
  }

  /** Returns the execution with its history in as few chunks as possible. */
  public static Store.Stored joined(Store.Stored stored) {
    List<Rows.History> chunks = new ArrayList<>();
    for (Rows.History chunk : stored.history()) {
      Rows.History last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
      if (last != null && last.walk() == chunk.walk() && last.seq() + last.count() == chunk.seq()) {
        chunks.set(chunks.size() - 1, joined(last, chunk));
      } else {
        chunks.add(chunk);
      }
    }
    return new Store.Stored(stored.instance(), chunks, stored.inbox(), stored.timers());
  }

  private static Rows.History joined(Rows.History a, Rows.History b) {
    ByteString bytes = a.bytes().concat(b.bytes());
    return new Rows.History(a.key(), a.seq(), a.count() + b.count(), a.walk(), bytes);
  }
}
