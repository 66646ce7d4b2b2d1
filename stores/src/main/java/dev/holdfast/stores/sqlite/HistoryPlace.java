package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Rows;

/**
 * Where a chunk of history lies: execution key and number of its first event as one number, which
 * rises with both. The table's rows lie by it, and SQL computes both back from it ({@code V2.sql}).
 */
final class HistoryPlace {

  private static final int SEQ_BITS = 22;

  /** Events of one execution, 4,194,304: more than any replay could get through. */
  private static final int EVENTS_MAX = 1 << SEQ_BITS;

  /**
   * Some 2,200,000,000,000: a hub that starts 10,000 instances each second gets there in 7 years.
   */
  private static final long KEY_MAX = Long.MAX_VALUE >> SEQ_BITS;

  /**
   * For the chunks of execution {@code ?1}. The last condition holds for all of them, unless the
   * key is so high that its places would be those of another.
   */
  static final String OF_EXECUTION =
      "place BETWEEN ?1 << "
          + SEQ_BITS
          + " AND (?1 << "
          + SEQ_BITS
          + ") + "
          + (EVENTS_MAX - 1)
          + " AND key = ?1";

  private HistoryPlace() {}

  /** Whether there is a place for it. */
  static boolean fits(Rows.History chunk) {
    return chunk.key() <= KEY_MAX && chunk.count() <= EVENTS_MAX - chunk.seq();
  }

  /** Of a chunk that fits. */
  static long of(long key, int seq) {
    return key << SEQ_BITS | seq;
  }
}
