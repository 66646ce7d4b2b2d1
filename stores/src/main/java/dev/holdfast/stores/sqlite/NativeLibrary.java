package dev.holdfast.stores.sqlite;

import dev.holdfast.core.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Unpacks SQLite's native library once for all processes of a user.
 *
 * <p>The driver unpacks the library again for each process and deletes it when the process ends
 * normally, so that each killed process leaves a megabyte behind. This class gives the library a
 * name that depends on its content, in a folder that only its owner may enter, and compares it with
 * the driver's copy before it is loaded.
 */
final class NativeLibrary {

  private static final String LIB_PATH = "org.sqlite.lib.path";
  private static final String LIB_NAME = "org.sqlite.lib.name";

  /**
   * A library that is older than this was left behind by a killed process, and no new process loads
   * it.
   */
  private static final Duration LEFT_BEHIND = Duration.ofDays(1);

  private static boolean loaded;

  private NativeLibrary() {}

  /**
   * Loads the library, once in a process. The driver loads the library itself when no folder can be
   * written to, or when the driver's settings name another library.
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    if (System.getProperty(LIB_PATH) != null || System.getProperty(LIB_NAME) != null) {
      return;
    }
    sweep(temporary(), Instant.now());
    Path library = unpacked(folders());
    if (library == null) {
      return;
    }
    // The properties are set only while this driver loads, because an app in this process may bring
    // another version of the driver.
    System.setProperty(LIB_PATH, String.valueOf(library.getParent()));
    System.setProperty(LIB_NAME, String.valueOf(library.getFileName()));
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception e) {
      throw new StoreException("cannot load SQLite's library " + library + ": " + e, e);
    } finally {
      System.clearProperty(LIB_PATH);
      System.clearProperty(LIB_NAME);
    }
  }

  private static Path temporary() {
    return Path.of(
        System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir", ".")));
  }

  private static List<Path> folders() {
    String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
    return List.of(
        temporary().resolve("holdfast-sqlite-" + user),
        Path.of(System.getProperty("user.home", "."), ".cache", "holdfast"));
  }

  /**
   * Returns the library in the first of these folders that can be used; null when no folder can be
   * used.
   */
  static @Nullable Path unpacked(List<Path> folders) {
    byte[] content;
    try (InputStream in =
        SQLiteJDBCLoader.class.getResourceAsStream(
            LibraryLoaderUtil.getNativeLibResourcePath()
                + "/"
                + LibraryLoaderUtil.getNativeLibName())) {
      if (in == null) {
        return null;
      }
      content = in.readAllBytes();
    } catch (IOException e) {
      return null;
    }
    for (Path folder : folders) {
      try {
        return unpackedIn(folder, content);
      } catch (IOException e) {
        // This folder cannot be written to or belongs to another user. The next folder may be
        // usable.
      }
    }
    return null;
  }

  private static Path unpackedIn(Path folder, byte[] content) throws IOException {
    requireOurs(folder);
    Path library = folder.resolve(digest(content) + "-" + LibraryLoaderUtil.getNativeLibName());
    if (Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)
        && Arrays.equals(Files.readAllBytes(library), content)) {
      return library;
    }
    Path partial = Files.createTempFile(folder, "unpacking", ".partial");
    try {
      Files.write(partial, content);
      // Another process may move its file at the same moment, but both files have the same content.
      move(partial, library);
      return library;
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Checks that no other user can put a library into the folder. */
  private static void requireOurs(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      if (DataDirectory.POSIX) {
        Files.createDirectories(
            folder.toAbsolutePath(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(folder);
      }
    }
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " is no folder");
    }
    if (DataDirectory.POSIX) {
      Path own = Files.createTempFile(folder, "whose", ".partial");
      try {
        boolean ours =
            Files.getOwner(own).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS))
                && PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))
                    .endsWith("------");
        if (!ours) {
          throw new IOException(folder + " can be written to by others");
        }
      } finally {
        Files.delete(own);
      }
    }
  }

  /** Deletes the libraries that killed processes left in a folder when the driver unpacked them. */
  static void sweep(Path folder, Instant now) {
    String ours = "sqlite-" + SQLiteJDBCLoader.getVersion() + "-";
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith(ours)
            && (name.endsWith(LibraryLoaderUtil.getNativeLibName())
                || name.endsWith(LibraryLoaderUtil.getNativeLibName() + ".lck"))) {
          FileTime changed = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
          if (changed.toInstant().isBefore(now.minus(LEFT_BEHIND))) {
            Files.deleteIfExists(file);
          }
        }
      }
    } catch (IOException e) {
      // The file belongs to another user, is in use (Windows), or has just been deleted. A
      // remaining file does no harm except that it takes room on the disk.
      return;
    }
  }

  private static String digest(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
