package dev.holdfast.stores.sqlite;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The last flush that is surely durable, noted in a small file beside the database after its sync.
 *
 * <p>The note itself is not synced: it is a lower bound, and costs one write of 32 bytes into the
 * operating system's memory. A database and log that end before it have lost what was acknowledged,
 * even where the log looks like one that had not been written further. Used by one thread at a
 * time.
 */
final class Mark implements AutoCloseable {

  /** "HFMARK" and the version of this format. */
  private static final long MAGIC = 0x48464d41524b0001L;

  private static final int LENGTH = 32;

  /**
   * What a mark says.
   *
   * @param flush the number of the flush
   * @param clock the hub's time then, in microseconds since the epoch
   */
  record Noted(long flush, long clock) {}

  private final RandomAccessFile file;
  private final byte[] bytes = new byte[LENGTH];
  private final CRC32C crc = new CRC32C();

  private Mark(RandomAccessFile file) {
    this.file = file;
  }

  static Path beside(Path database) {
    return database.resolveSibling(database.getFileName() + "-mark");
  }

  /** What was noted beside a database; null when nothing was, or the note is damaged. */
  static @Nullable Noted read(Path database) throws IOException {
    Path path = beside(database);
    if (!Files.isRegularFile(path)) {
      return null;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      byte[] bytes = new byte[LENGTH];
      if (file.length() != LENGTH) {
        return null;
      }
      file.readFully(bytes);
      ByteBuffer note = ByteBuffer.wrap(bytes);
      CRC32C crc = new CRC32C();
      crc.update(bytes, 0, LENGTH - Long.BYTES);
      boolean sound =
          note.getLong(0) == MAGIC && note.getLong(LENGTH - Long.BYTES) == crc.getValue();
      return sound ? new Noted(note.getLong(8), note.getLong(16)) : null;
    }
  }

  /** Opens the mark of a database for notes; it is made when it is not there. */
  static Mark open(Path database) throws IOException {
    Path path = beside(database);
    if (!Files.exists(path)) {
      DataDirectory.createPrivately(path);
    }
    return new Mark(new RandomAccessFile(path.toFile(), "rw"));
  }

  /** Notes a flush beside a database, in place of what was noted. */
  static void write(Path database, Noted noted) throws IOException {
    try (Mark mark = open(database)) {
      mark.note(noted.flush(), noted.clock());
    }
  }

  /** Notes that this flush is durable. */
  void note(long flush, long clock) throws IOException {
    ByteBuffer note = ByteBuffer.wrap(bytes);
    note.putLong(MAGIC).putLong(flush).putLong(clock);
    crc.reset();
    crc.update(bytes, 0, note.position());
    note.putLong(crc.getValue());
    file.seek(0);
    file.write(bytes);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
