package dev.holdfast.stores.sqlite;

/**
 * Decides what happens when a write could not be made durable.
 *
 * <p>The content of the disk is then unknown, and after a failed sync the operating system may drop
 * the unwritten pages and report the next sync as a success. So the write is never tried again: the
 * process ends, and the next one reads what is really there.
 */
@FunctionalInterface
public interface SyncFailure {

  /** A process that ends because of a failed sync has this exit code. */
  int EXIT_CODE = 75;

  /**
   * Ends the process without running any other code. If the method returns nevertheless, as in a
   * test, the store takes no further commits.
   *
   * @param line one line for the operator that names the failure and the cure
   */
  void stop(String line);

  /** Prints the line on standard error and halts with {@link #EXIT_CODE}. */
  SyncFailure HALT =
      line -> {
        System.err.println(line);
        System.err.flush();
        Runtime.getRuntime().halt(EXIT_CODE);
      };
}
