package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Store;
import dev.holdfast.core.contract.RandomCommits;
import dev.holdfast.core.contract.SampleRows;
import java.nio.file.Path;

/**
 * A process of its own that commits without end and prints the number of each flush once it is
 * acknowledged. The commits are those of a seed: flush n is always the n-th, so whoever reads the
 * file later knows what must be there.
 *
 * <p>Arguments: data directory, seed.
 */
final class CommitUntilKilled {

  private CommitUntilKilled() {}

  public static void main(String[] args) {
    RandomCommits commits = new RandomCommits(Long.parseLong(args[1]));
    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(Path.of(args[0])))) {
      long number = store.opened().lastFlush();
      for (long i = 0; i < number; i++) {
        commits.next();
      }
      System.out.println("opened at " + number);
      while (true) {
        number++;
        Store.Outcome outcome =
            store.commit(new Store.Flush(number, SampleRows.EPOCH + number, commits.next()));
        System.out.println(outcome instanceof Store.Committed ? "landed " + number : outcome);
      }
    }
  }
}
