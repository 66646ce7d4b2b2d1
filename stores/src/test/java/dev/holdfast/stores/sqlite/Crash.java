package dev.holdfast.stores.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of a hub as a crash leaves them: the database and its log, whatever is in which. */
final class Crash {

  private Crash() {}

  /**
   * The database first: what a checkpoint is copying meanwhile is in the log too. The store must
   * not be used much longer, since reading its file sets SQLite's locks on it free (see the
   * package).
   */
  static void copy(Path from, Path to) {
    try {
      Files.copy(from.resolve("holdfast.db"), to.resolve("holdfast.db"));
      if (Files.exists(from.resolve("holdfast.db-wal"))) {
        Files.copy(from.resolve("holdfast.db-wal"), to.resolve("holdfast.db-wal"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
