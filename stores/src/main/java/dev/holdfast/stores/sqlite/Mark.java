package dev.holdfast.stores.sqlite;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes the number of the last flush that is certainly durable into a small file beside the
 * database, after the flush was synced.
 *
 * <p>The note itself is not synced: it is a lower bound, and costs one write of 48 bytes into the
 * operating system's memory. A database and log that end before this flush have lost an
 * acknowledged flush, even when the log looks complete. The note is written before any caller
 * learns of the flush, and survives the process: only a crash of the machine can undo it. Therefore
 * the note also names the start of the machine during which it was written. Only one thread at a
 * time may use this object.
 */
final class Mark implements AutoCloseable {

  /** A mark begins with the text "HFMARK" and the version of its format. */
  private static final long MAGIC = 0x48464d41524b0002L;

  private static final int LENGTH = 48;

  /**
   * A mark of the first version of the format, which did not name the start of the machine, begins
   * with this number.
   */
  private static final long MAGIC_ONE = 0x48464d41524b0001L;

  private static final int LENGTH_ONE = 32;

  /**
   * This file contains an ID that changes with each start of the system; only Linux has the file.
   */
  private static final Path START = Path.of("/proc/sys/kernel/random/boot_id");

  private static final UUID UNKNOWN = new UUID(0, 0);

  /**
   * Holds the content of a mark.
   *
   * @param flush the number of the flush
   * @param clock the hub's time at that flush, in microseconds since the epoch
   * @param sameStart whether the machine has certainly not been restarted since. In this case the
   *     files contain all writes in their order, synced or not
   */
  record Noted(long flush, long clock, boolean sameStart) {}

  private final RandomAccessFile file;
  private final byte[] bytes = new byte[LENGTH];
  private final CRC32C crc = new CRC32C();
  private final UUID start;

  private Mark(RandomAccessFile file, UUID start) {
    this.file = file;
    this.start = start;
  }

  static Path beside(Path database) {
    return database.resolveSibling(database.getFileName() + "-mark");
  }

  /** Returns the note beside a database; null when there is no note or the note is damaged. */
  static @Nullable Noted read(Path database) throws IOException {
    return read(database, startOfMachine());
  }

  /** Reads the note as {@link #read(Path)} does, on a machine whose last start has this ID. */
  static @Nullable Noted read(Path database, UUID start) throws IOException {
    Path path = beside(database);
    if (!Files.isRegularFile(path)) {
      return null;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      int length = (int) Math.min(file.length(), LENGTH + 1);
      if (length != LENGTH && length != LENGTH_ONE) {
        return null;
      }
      byte[] bytes = new byte[length];
      file.readFully(bytes);
      ByteBuffer note = ByteBuffer.wrap(bytes);
      CRC32C crc = new CRC32C();
      crc.update(bytes, 0, length - Long.BYTES);
      boolean sound =
          note.getLong(0) == (length == LENGTH ? MAGIC : MAGIC_ONE)
              && note.getLong(length - Long.BYTES) == crc.getValue();
      if (!sound) {
        return null;
      }
      boolean sameStart =
          length == LENGTH
              && !start.equals(UNKNOWN)
              && start.equals(new UUID(note.getLong(24), note.getLong(32)));
      return new Noted(note.getLong(8), note.getLong(16), sameStart);
    }
  }

  private static UUID startOfMachine() {
    try {
      return UUID.fromString(Files.readString(START).strip());
    } catch (IOException | IllegalArgumentException e) {
      // The system is not Linux or hides the ID, so the machine counts as restarted.
      return UNKNOWN;
    }
  }

  /** Opens the mark of a database for writing, and creates its file unless it exists. */
  static Mark open(Path database) throws IOException {
    return open(database, startOfMachine());
  }

  private static Mark open(Path database, UUID start) throws IOException {
    Path path = beside(database);
    if (!Files.exists(path)) {
      DataDirectory.createPrivately(path);
    }
    return new Mark(new RandomAccessFile(path.toFile(), "rw"), start);
  }

  /** Notes a flush beside a database, replacing the previous note. */
  static void write(Path database, long flush, long clock) throws IOException {
    write(database, flush, clock, startOfMachine());
  }

  /**
   * Notes a flush as {@link #write(Path, long, long)} does, on a machine whose last start has this
   * ID.
   */
  static void write(Path database, long flush, long clock, UUID start) throws IOException {
    try (Mark mark = open(database, start)) {
      mark.note(flush, clock);
    }
  }

  /** Notes that this flush is durable. */
  void note(long flush, long clock) throws IOException {
    ByteBuffer note = ByteBuffer.wrap(bytes);
    note.putLong(MAGIC).putLong(flush).putLong(clock);
    note.putLong(start.getMostSignificantBits()).putLong(start.getLeastSignificantBits());
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
