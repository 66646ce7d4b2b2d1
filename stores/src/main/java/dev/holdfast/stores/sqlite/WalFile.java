package dev.holdfast.stores.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Describes the content of a write-ahead log. This class reads the log itself, by its format
 * (sqlite.org/fileformat2.html, section 4), because SQLite reads a log only up to its first bad
 * frame and does not say whether the log ends there.
 *
 * <p>The checksum of each frame continues the checksum of the previous frame. So a frame whose
 * checksum continues the one stored in the frame before it was written after that frame, whether or
 * not that frame is sound.
 *
 * @param bytes the length of the file
 * @param headerSound whether the first 32 bytes of the file are a valid header
 * @param sound the number of frames that SQLite would read
 * @param committed the number of frames up to the last one that ends a committed transaction; later
 *     frames were never acknowledged
 * @param behind the number of frames of the same log that were written behind the first bad frame
 * @param commitBehind whether one of these later frames ends a transaction
 * @param laterBehind whether one of these later frames belongs to a later transaction than the bad
 *     frame, so that the bad frame must have been synced before
 * @param frameSize the size of each frame in bytes
 */
record WalFile(
    long bytes,
    boolean headerSound,
    long sound,
    long committed,
    long behind,
    boolean commitBehind,
    boolean laterBehind,
    int frameSize) {

  static final int HEADER = 32;
  static final int FRAME_HEADER = 24;

  private static final int MAGIC = 0x377f0682;
  private static final int FORMAT = 3_007_000;
  private static final int PAGE_MIN = 512;
  private static final int PAGE_MAX = 65_536;

  static final WalFile NONE = new WalFile(0, false, 0, 0, 0, false, false, 0);

  /** Returns the position of the first frame that SQLite would not read. */
  long damagedAt() {
    return headerSound ? HEADER + sound * frameSize : 0;
  }

  /** Returns the length of the log up to the last committed transaction that SQLite would read. */
  long committedLength() {
    return committed == 0 ? 0 : HEADER + committed * frameSize;
  }

  long framesInFile() {
    return frameSize == 0 ? 0 : (bytes - HEADER) / frameSize;
  }

  /**
   * Reads a log; no process may write to it during the call. A log that does not exist or is too
   * short is read as empty.
   *
   * @param pageSize the database's page size, for a log whose header is damaged
   */
  static WalFile read(Path file, int pageSize) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) < HEADER) {
      return NONE;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER);
      fill(channel, header, 0);
      int size = header.getInt(8);
      boolean known =
          (header.getInt(0) | 1) == (MAGIC | 1)
              && header.getInt(4) == FORMAT
              && size >= PAGE_MIN
              && size <= PAGE_MAX
              && Integer.bitCount(size) == 1;
      ByteOrder order = header.getInt(0) == MAGIC ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      Sum sum = new Sum(order);
      sum.add(header, 0, 24);
      return known && sum.equals(header, 24)
          ? new Scan(channel, header, true, size, order).run()
          : new Scan(channel, header, false, pageSize, ByteOrder.nativeOrder()).run();
    }
  }

  private static void fill(FileChannel channel, ByteBuffer into, long position) throws IOException {
    while (into.hasRemaining()) {
      int read = channel.read(into, position + into.position());
      if (read < 0) {
        return;
      }
    }
  }

  /** Computes SQLite's checksum: two sums over 32-bit words. */
  private static final class Sum {
    private final ByteOrder order;
    private int first;
    private int second;

    private Sum(ByteOrder order) {
      this.order = order;
    }

    /** Sets the sums to a checksum that is stored at this position. */
    private void from(ByteBuffer stored, int at) {
      first = stored.getInt(at);
      second = stored.getInt(at + 4);
    }

    private void add(ByteBuffer bytes, int from, int to) {
      ByteBuffer words = bytes.duplicate().order(order);
      int one = first;
      int two = second;
      for (int at = from; at < to; at += 8) {
        one += words.getInt(at) + two;
        two += words.getInt(at + 4) + one;
      }
      first = one;
      second = two;
    }

    private boolean equals(ByteBuffer stored, int at) {
      return stored.getInt(at) == first && stored.getInt(at + 4) == second;
    }
  }

  /** Walks once over all frames. */
  private static final class Scan {
    private final FileChannel channel;
    private final boolean headerSound;
    private final int frameSize;
    private final Sum sum;

    /**
     * Holds the salts and the checksum that the next frame continues, in the layout of a frame's
     * header.
     */
    private final ByteBuffer before = ByteBuffer.allocate(FRAME_HEADER);

    private boolean broken;
    private long sound;
    private long committed;
    private long behind;
    private boolean commitBehind;
    private boolean commitSeen;
    private boolean laterBehind;

    private Scan(
        FileChannel channel,
        ByteBuffer header,
        boolean headerSound,
        int pageSize,
        ByteOrder order) {
      this.channel = channel;
      this.headerSound = headerSound;
      this.frameSize = FRAME_HEADER + pageSize;
      this.sum = new Sum(order);
      before.put(8, header, 16, 16);
      this.broken = !headerSound;
    }

    private WalFile run() throws IOException {
      long bytes = channel.size();
      ByteBuffer frame = ByteBuffer.allocate(frameSize);
      for (long at = HEADER; at + frameSize <= bytes; at += frameSize) {
        fill(channel, frame.clear(), at);
        step(frame);
      }
      return new WalFile(
          bytes, headerSound, sound, committed, behind, commitBehind, laterBehind, frameSize);
    }

    private void step(ByteBuffer frame) {
      boolean sameLog = frame.getLong(8) == before.getLong(8);
      boolean commits = frame.getInt(4) != 0;
      sum.from(before, 16);
      sum.add(frame, 0, 8);
      sum.add(frame, FRAME_HEADER, frameSize);
      boolean linked = sameLog && frame.getInt(0) != 0 && sum.equals(frame, 16);
      if (!broken && linked) {
        sound++;
        committed = commits ? sound : committed;
      } else {
        broken = true;
        behind(sameLog, linked, commits);
      }
      // When the header of the log is damaged, the salts in each frame say to which log the frame
      // belongs.
      before.put(16, frame, 16, 8);
      if (!headerSound) {
        before.put(8, frame, 8, 8);
      }
    }

    private void behind(boolean sameLog, boolean linked, boolean commits) {
      if (linked) {
        behind++;
        commitBehind |= commits;
        laterBehind |= commitSeen;
      }
      commitSeen |= sameLog && commits;
    }
  }
}
