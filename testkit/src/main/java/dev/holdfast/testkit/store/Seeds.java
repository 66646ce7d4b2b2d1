package dev.holdfast.testkit.store;

import java.util.stream.LongStream;

/** Which seeds the random parts of the contract run with. */
final class Seeds {

  private Seeds() {}

  /** 1 to {@code -Dholdfast.seeds} (default 40), or only {@code -Dholdfast.seed}. */
  static long[] all() {
    Long only = Long.getLong("holdfast.seed");
    return only != null
        ? new long[] {only}
        : LongStream.rangeClosed(1, Long.getLong("holdfast.seeds", 40)).toArray();
  }
}
