package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps a second process out of a data directory. */
final class DirectoryLock implements AutoCloseable {

  static final String FILE = "holdfast.lock";

  /**
   * Holds the directories of this process. They are checked before the lock file is opened, because
   * closing a second channel of that file would release the lock of the first channel.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private static final Set<FileChannel> NEVER_CLOSED = ConcurrentHashMap.newKeySet();

  /**
   * The lock is at a position far behind the text, so that other processes can read on Windows too
   * which process holds the lock.
   */
  private static final long POSITION = 1L << 30;

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Takes the lock of a directory, given by its real path.
   *
   * @throws StoreException another process holds the lock; the message names this process
   */
  static DirectoryLock take(Path directory) throws IOException {
    if (!HELD.add(directory)) {
      throw heldBy(directory, "this process, " + ProcessHandle.current().pid());
    }
    boolean taken = false;
    try {
      DirectoryLock lock = new DirectoryLock(directory, locked(directory));
      taken = true;
      return lock;
    } finally {
      if (!taken) {
        HELD.remove(directory);
      }
    }
  }

  /** Returns whether a process uses the directory. The method writes nothing. */
  static boolean isTaken(Path directory) {
    Path file;
    try {
      Path real = directory.toRealPath();
      file = real.resolve(FILE);
      if (HELD.contains(real)) {
        return true;
      }
      if (!Files.exists(file)) {
        return false;
      }
      FileChannel asked = FileChannel.open(file, StandardOpenOption.READ);
      try {
        FileLock shared = asked.tryLock(POSITION, 1, true);
        asked.close();
        return shared == null;
      } catch (OverlappingFileLockException e) {
        // Another class loader's copy of this class holds the lock.
        NEVER_CLOSED.add(asked);
        return true;
      }
    } catch (IOException e) {
      // The lock may be held when it cannot be checked, so the result is true.
      return true;
    }
  }

  private static FileChannel locked(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (channel.tryLock(POSITION, 1, false) == null) {
        String holder = text(channel);
        throw heldBy(directory, holder.isBlank() ? "another process" : holder);
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(self().getBytes(StandardCharsets.UTF_8)), 0);
      return channel;
    } catch (OverlappingFileLockException e) {
      // Another class loader's copy of this class holds the lock; closing the channel would release
      // that lock.
      NEVER_CLOSED.add(channel);
      throw heldBy(directory, "another application in this process");
    } catch (Throwable e) {
      Sql.closeQuietly(channel, e);
      throw e;
    }
  }

  private static String self() {
    return "process "
        + ProcessHandle.current().pid()
        + " on "
        + hostName()
        + " since "
        + Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private static StoreException heldBy(Path path, String holder) {
    return new StoreException(
        "the data directory "
            + path
            + " is in use by "
            + holder
            + "; stop that one first, or start this one with another data directory");
  }

  private static String text(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(256);
    channel.read(bytes, 0);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }

  /**
   * Returns the host name without a request to the network, which takes seconds when name
   * resolution is not set up.
   */
  private static String hostName() {
    for (String variable : List.of("HOSTNAME", "COMPUTERNAME")) {
      String name = System.getenv(variable);
      if (name != null && !name.isBlank()) {
        return name;
      }
    }
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "this machine";
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(directory);
    }
  }
}
