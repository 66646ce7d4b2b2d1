package dev.holdfast.core.contract;

import dev.holdfast.core.Store;
import org.junit.jupiter.api.Nested;

/**
 * Tests what every {@link Store} must do. A store's module extends this class once and runs all of
 * it.
 *
 * <p>Random parts are drawn from seeds, 1 to {@link #seeds}, or the one of {@code
 * -Dholdfast.seed=S}; a failure names its seed.
 */
public abstract class StoreContract {

  /** Opens a new, empty store that shares nothing with those opened before. */
  protected abstract Store open();

  /** Ends that store as a dying process would, and opens what it has kept. */
  protected abstract Store reopen(Store store);

  /**
   * Returns how many seeds the random parts run with: {@code -Dholdfast.seeds=N}, 40 by default.
   */
  protected int seeds() {
    return Integer.getInteger("holdfast.seeds", 40);
  }

  @Nested
  class Commits extends CommitBehaviour {
    @Override
    StoreContract contract() {
      return StoreContract.this;
    }
  }

  @Nested
  class Refusals extends RefusalBehaviour {
    @Override
    StoreContract contract() {
      return StoreContract.this;
    }
  }

  @Nested
  class Reads extends ReadBehaviour {
    @Override
    StoreContract contract() {
      return StoreContract.this;
    }
  }

  @Nested
  class Sequences extends SequenceBehaviour {
    @Override
    StoreContract contract() {
      return StoreContract.this;
    }
  }

  @Nested
  class Readers extends ConcurrentReadBehaviour {
    @Override
    StoreContract contract() {
      return StoreContract.this;
    }
  }
}
