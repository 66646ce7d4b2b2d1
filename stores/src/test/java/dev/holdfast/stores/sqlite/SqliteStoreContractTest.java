package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Store;
import dev.holdfast.core.contract.StoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import org.junit.jupiter.api.io.TempDir;

/** The SQLite store does what every store does, after an orderly end and after a crash. */
class SqliteStoreContractTest extends StoreContract {

  @TempDir private Path directories;

  private final IdentityHashMap<Store, Path> directoryOf = new IdentityHashMap<>();
  private int reopened;

  @Override
  protected int seeds() {
    return Integer.getInteger("holdfast.seeds", 10);
  }

  @Override
  protected Store open() {
    return open(fresh());
  }

  @Override
  protected Store reopen(Store store) {
    reopened++;
    return reopened % 2 == 0 ? afterCrash((SqliteStore) store) : afterEnd(store);
  }

  private Store afterEnd(Store store) {
    store.close();
    return open(directoryOf.get(store));
  }

  private Store afterCrash(SqliteStore store) {
    Path copy = fresh();
    store.still(() -> Crash.copy(directoryOf.get(store), copy));
    store.close();
    return open(copy);
  }

  private Path fresh() {
    try {
      return Files.createTempDirectory(directories, "hub");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Store open(Path directory) {
    Store store = SqliteStore.open(SqliteOptions.in(directory));
    directoryOf.put(store, directory);
    return store;
  }
}
