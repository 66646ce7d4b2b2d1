package dev.holdfast.core.contract;

import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Store;

/** The specification keeps its own contract. */
class MemoryStoreTest extends StoreContract {

  @Override
  protected Store open() {
    return new MemoryStore();
  }

  @Override
  protected Store reopen(Store store) {
    return ((MemoryStore) store).reopen();
  }
}
