package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Rows;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The checksum of a row: CRC-32C over all its other columns, key included, so that a row damaged in
 * any place, or found under another key than its own, is not taken for a good one. Not for use by
 * two threads at once.
 */
final class RowSum {

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer numbers = ByteBuffer.allocate(64);

  int hub(long lastFlush, long clock, long highestKey) {
    return sum(numbers.clear().putLong(lastFlush).putLong(clock).putLong(highestKey));
  }

  int instance(Rows.Instance row, byte[] state) {
    byte[] id = row.id().getBytes(StandardCharsets.UTF_8);
    numbers.clear().putLong(row.key()).putInt(id.length).putInt(row.slot()).putInt(row.status());
    numbers.put((byte) (row.ready() ? 1 : 0)).putLong(row.createdAt()).putLong(row.completedAt());
    return sum(numbers, id, state);
  }

  int history(long key, int seq, int count, boolean walk, byte[] bytes) {
    numbers.clear().putLong(key).putInt(seq).putInt(count).put((byte) (walk ? 1 : 0));
    return sum(numbers, bytes);
  }

  int inbox(long key, long seq, byte[] bytes) {
    return sum(numbers.clear().putLong(key).putLong(seq), bytes);
  }

  int timer(Rows.Timer row) {
    numbers.clear().putLong(row.key()).putInt(row.timerId()).putInt(row.slot());
    return sum(numbers.putLong(row.fireAt()));
  }

  int record(String namespace, String name, byte[] bytes) {
    byte[] first = namespace.getBytes(StandardCharsets.UTF_8);
    byte[] second = name.getBytes(StandardCharsets.UTF_8);
    return sum(numbers.clear().putInt(first.length).putInt(second.length), first, second, bytes);
  }

  private int sum(ByteBuffer head, byte[]... rest) {
    crc.reset();
    crc.update(head.array(), 0, head.position());
    for (byte[] bytes : rest) {
      crc.update(bytes);
    }
    return (int) crc.getValue();
  }
}
