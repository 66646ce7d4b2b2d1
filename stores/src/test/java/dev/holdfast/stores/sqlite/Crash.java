package dev.holdfast.stores.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a hub as a crash leaves them: the database and its log, whatever is in which, and
 * the mark of the last flush.
 */
final class Crash {

  private Crash() {}

  /**
   * The mark first, which is a lower bound; then the database: what a checkpoint is copying
   * meanwhile is in the log too. The store must not be used much longer, since reading its file
   * sets SQLite's locks on it free (see the package).
   */
  static void copy(Path from, Path to) {
    try {
      for (String file : List.of("holdfast.db-mark", "holdfast.db", "holdfast.db-wal")) {
        if (Files.exists(from.resolve(file))) {
          Files.copy(from.resolve(file), to.resolve(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
