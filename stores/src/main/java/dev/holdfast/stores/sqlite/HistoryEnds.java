package dev.holdfast.stores.sqlite;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Knows how many events each recently written execution has.
 *
 * <p>Every appended chunk must begin where the history ends, and asking the database for that costs
 * as much as the insert itself. One writer uses this object; it is emptied whenever a flush is not
 * written.
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

  /** Returns the number of events, or -1 when it is not known here. */
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
