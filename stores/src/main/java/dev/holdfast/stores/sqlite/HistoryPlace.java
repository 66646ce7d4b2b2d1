package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Rows;

/**
 * Computes where a chunk of history lies: execution key and number of its first event as one
 * number, which rises with both. The table's rows are ordered by it, and SQL computes both back
 * from it ({@code V2.sql}).
 */
final class HistoryPlace {

  private static final int SEQ_BITS = 22;

  /**
   * An execution has at most this many events, 4,194,304, which is more than any replay could get
   * through.
   */
  private static final int EVENTS_MAX = 1 << SEQ_BITS;

  /**
   * This is the highest execution key, some 2,200,000,000,000: a hub that starts 10,000 instances
   * each second gets there in 7 years.
   */
  private static final long KEY_MAX = Long.MAX_VALUE >> SEQ_BITS;

  /**
   * This condition selects the chunks of execution {@code ?1}. Its last part holds for all of them,
   * unless the key is so high that its places would be those of another execution.
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

  /** Returns whether there is a place for the chunk. */
  static boolean fits(Rows.History chunk) {
    return chunk.key() <= KEY_MAX && chunk.count() <= EVENTS_MAX - chunk.seq();
  }

  /** Returns the place of a chunk that fits. */
  static long of(long key, int seq) {
    return key << SEQ_BITS | seq;
  }
}
