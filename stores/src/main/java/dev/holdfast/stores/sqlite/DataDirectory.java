package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The directory of one hub, held by one process at a time. */
final class DataDirectory implements AutoCloseable {

  static final String DATABASE = "holdfast.db";

  /** A copy on its way to become the database; there after a restore was interrupted. */
  static final String RESTORING = DATABASE + ".restoring";

  static final String LOCK = "holdfast.lock";

  static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  /**
   * Directories held by this process. Asked before the lock file is opened, because closing a
   * second channel of that file would drop the first one's lock.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private static final Set<FileChannel> NEVER_CLOSED = ConcurrentHashMap.newKeySet();

  /** Far behind the text, so that on Windows too others can read who holds the lock. */
  private static final long LOCK_POSITION = 1L << 30;

  private final Path path;
  private final FileChannel lock;
  private final List<String> warnings;

  private DataDirectory(Path path, FileChannel lock, List<String> warnings) {
    this.path = path;
    this.lock = lock;
    this.warnings = List.copyOf(warnings);
  }

  /** Creates the directory if need be and locks it. */
  static DataDirectory hold(Path directory) {
    try {
      List<String> warnings = new ArrayList<>();
      Path path = created(directory, warnings);
      if (!HELD.add(path)) {
        throw heldBy(path, "this process, " + ProcessHandle.current().pid());
      }
      try {
        return new DataDirectory(path, locked(path), warnings);
      } catch (Throwable e) {
        HELD.remove(path);
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException(
          "cannot use "
              + directory
              + " as data directory ("
              + e
              + "); give another one or the rights to write there",
          e);
    }
  }

  private static Path created(Path directory, List<String> warnings) throws IOException {
    if (!Files.exists(directory)) {
      if (POSIX) {
        Files.createDirectories(directory, ownerOnly("rwx------"));
      } else {
        Files.createDirectories(directory);
      }
    }
    Path path = directory.toRealPath();
    if (POSIX) {
      Set<PosixFilePermission> rights =
          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
      String text = PosixFilePermissions.toString(rights);
      if (!text.endsWith("------")) {
        warnings.add(
            "the data directory "
                + path
                + " is open to other users ("
                + text
                + "), who can read every input and output in it; close it with: chmod 700 "
                + path);
      }
    }
    return path;
  }

  private static FileChannel locked(Path path) throws IOException {
    Path file = path.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock(LOCK_POSITION, 1, false) == null) {
        String holder = text(channel);
        channel.close();
        throw heldBy(path, holder.isBlank() ? "another process" : holder);
      }
    } catch (OverlappingFileLockException e) {
      // Another class loader's copy of this class holds it; closing the channel would set that lock
      // free.
      NEVER_CLOSED.add(channel);
      throw heldBy(path, "another application in this process");
    }
    String self =
        "process "
            + ProcessHandle.current().pid()
            + " on "
            + hostName()
            + " since "
            + Instant.now().truncatedTo(ChronoUnit.SECONDS);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(self.getBytes(StandardCharsets.UTF_8)), 0);
    return channel;
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

  /** Without asking the network, which takes seconds where names are not set up. */
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

  Path path() {
    return path;
  }

  Path database() {
    return path.resolve(DATABASE);
  }

  Path wal() {
    return path.resolve(DATABASE + "-wal");
  }

  /** Makes an empty database file that only its owner may read. Before SQLite has it open. */
  void createDatabase() {
    try {
      if (!Files.exists(database())) {
        createPrivately(database());
      }
    } catch (IOException e) {
      throw new StoreException("cannot create " + database() + " (" + e + ")", e);
    }
  }

  /** Makes an empty file that only its owner may read, where the file system knows of owners. */
  static void createPrivately(Path file) throws IOException {
    if (POSIX) {
      Files.createFile(file, ownerOnly("rw-------"));
    } else {
      Files.createFile(file);
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> ownerOnly(String rights) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights));
  }

  /** What an operator should know about the directory. */
  List<String> warnings() {
    return warnings;
  }

  /** How much of the database and its log is on the disk. */
  long bytes() {
    return size(database()) + size(wal());
  }

  /** How much more the disk takes. Asked with every commit: this is the cheap way. */
  long freeSpace() {
    return path.toFile().getUsableSpace();
  }

  static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      HELD.remove(path);
    }
  }
}
