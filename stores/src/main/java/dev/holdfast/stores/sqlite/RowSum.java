package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Rows;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Computes the checksum of a row. It is the CRC-32C of all other columns, including the key, so
 * that a damaged row, or a row under a wrong key, is recognised. Two threads must not use one
 * object at once.
 */
final class RowSum {

  private final CRC32C crc = new CRC32C();
  private final byte[] scratch = new byte[64];
  private final ByteBuffer numbers = ByteBuffer.wrap(scratch);

  int hub(long lastFlush, long clock, long highestKey) {
    numbers.clear().putLong(lastFlush).putLong(clock).putLong(highestKey);
    return sum();
  }

  int instance(Rows.Instance row, byte[] state) {
    byte[] id = row.id().getBytes(StandardCharsets.UTF_8);
    byte[] name = row.name().getBytes(StandardCharsets.UTF_8);
    byte[] version = row.version().getBytes(StandardCharsets.UTF_8);
    numbers.clear().putLong(row.key()).putInt(id.length).putInt(name.length);
    numbers.putInt(version.length).putInt(row.slot()).putInt(row.status());
    numbers.put((byte) (row.ready() ? 1 : 0)).putLong(row.createdAt()).putLong(row.completedAt());
    return sum(id, name, version, state);
  }

  int history(long key, int seq, int count, boolean walk, byte[] bytes) {
    numbers.clear().putLong(key).putInt(seq).putInt(count).put((byte) (walk ? 1 : 0));
    return sum(bytes);
  }

  int inbox(long key, long seq, byte[] bytes) {
    numbers.clear().putLong(key).putLong(seq);
    return sum(bytes);
  }

  int timer(Rows.Timer row) {
    numbers.clear().putLong(row.key()).putInt(row.timerId()).putInt(row.slot());
    numbers.putLong(row.fireAt());
    return sum();
  }

  int record(String namespace, String name, byte[] bytes) {
    byte[] first = namespace.getBytes(StandardCharsets.UTF_8);
    byte[] second = name.getBytes(StandardCharsets.UTF_8);
    numbers.clear().putInt(first.length).putInt(second.length);
    return sum(first, second, bytes);
  }

  /** Returns the checksum of the numbers in the buffer, followed by these bytes. */
  private int sum(byte[]... rest) {
    crc.reset();
    crc.update(scratch, 0, numbers.position());
    for (byte[] bytes : rest) {
      crc.update(bytes);
    }
    return (int) crc.getValue();
  }
}
