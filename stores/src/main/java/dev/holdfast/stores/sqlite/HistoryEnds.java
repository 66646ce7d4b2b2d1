package dev.holdfast.stores.sqlite;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Caches the number of history events of each recently written execution.
 *
 * <p>Every appended chunk must begin where the history ends, and a query for this end costs as much
 * as the insert itself. Only one writer uses this object; the cache is emptied whenever a flush is
 * not written.
 */
final class HistoryEnds {

  private static final int KEYS_MAX = 20_000;

  private final Map<Long, Integer> ends =
      new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Integer> eldest) {
          return size() > KEYS_MAX;
        }
      };

  /** Returns the number of events, or -1 when the cache does not contain it. */
  int of(long key) {
    return ends.getOrDefault(key, -1);
  }

  void set(long key, int events) {
    ends.put(key, events);
  }

  void forget(long key) {
    ends.remove(key);
  }

  void forgetAll() {
    ends.clear();
  }
}
