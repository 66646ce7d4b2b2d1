package dev.holdfast.stores.sqlite;

import dev.holdfast.core.Store;
import dev.holdfast.testkit.store.StoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The SQLite store does what every store does. */
class SqliteStoreContractTest extends StoreContract {

  @TempDir private Path directories;

  private final Map<Store, Path> directoryOf = new IdentityHashMap<>();

  @Override
  protected Store open() {
    try {
      return open(Files.createTempDirectory(directories, "hub"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected Store reopen(Store store) {
    store.close();
    return open(directoryOf.get(store));
  }

  private Store open(Path directory) {
    Store store = SqliteStore.open(SqliteOptions.in(directory));
    directoryOf.put(store, directory);
    return store;
  }
}
