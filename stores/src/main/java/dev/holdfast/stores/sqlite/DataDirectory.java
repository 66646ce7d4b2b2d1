package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Represents the directory of one hub, which only one process at a time may use. */
final class DataDirectory implements AutoCloseable {

  static final String DATABASE = "holdfast.db";

  /**
   * A restore writes the copy under this name before it becomes the database; the file remains when
   * a restore is interrupted.
   */
  static final String RESTORING = DATABASE + ".restoring";

  static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Path path;
  private final DirectoryLock lock;
  private final List<String> warnings;

  private DataDirectory(Path path, DirectoryLock lock, List<String> warnings) {
    this.path = path;
    this.lock = lock;
    this.warnings = new ArrayList<>(warnings);
  }

  /** Creates the directory unless it exists, and locks it. */
  static DataDirectory hold(Path directory) {
    try {
      List<String> warnings = new ArrayList<>();
      Path path = created(directory, warnings);
      return new DataDirectory(path, DirectoryLock.take(path), warnings);
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

  Path path() {
    return path;
  }

  Path database() {
    return path.resolve(DATABASE);
  }

  Path wal() {
    return path.resolve(DATABASE + "-wal");
  }

  /**
   * Creates an empty database file that only its owner may read. It must be called before SQLite
   * opens the file.
   */
  void createDatabase() {
    try {
      if (!Files.exists(database())) {
        createPrivately(database());
      }
    } catch (IOException e) {
      throw new StoreException("cannot create " + database() + " (" + e + ")", e);
    }
  }

  /** Creates an empty file that only its owner may read, if the file system supports owners. */
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

  /** Returns warnings for the operator about the directory. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Adds a warning. The method must be called before other threads read the warnings. */
  void warn(String warning) {
    warnings.add(warning);
  }

  /** Returns how many bytes of the disk the database and its log take. */
  long bytes() {
    return size(database()) + size(wal());
  }

  /**
   * Returns the number of free bytes on the disk. The method uses the cheapest call for this,
   * because it runs with every commit.
   */
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
    }
  }
}
