package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Rows;

/**
 * Computes the place of a chunk of history: a number made of the execution key and the number of
 * the chunk's first event, which rises with both. The rows of the table are ordered by the place,
 * and SQL computes the two numbers from it again ({@code V2.sql}).
 */
final class HistoryPlace {

  private static final int SEQ_BITS = 22;

  /**
   * An execution has at most this many events, 4,194,304, which is more than any replay could
   * handle.
   */
  private static final int EVENTS_MAX = 1 << SEQ_BITS;

  /**
   * This is the highest execution key, some 2,200,000,000,000: a hub that starts 10,000 instances
   * each second reaches it in 7 years.
   */
  private static final long KEY_MAX = Long.MAX_VALUE >> SEQ_BITS;

  /**
   * This condition selects the chunks of execution {@code ?1}. Its last part is true for all of
   * them, unless the key is so high that its places would be those of another execution.
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
