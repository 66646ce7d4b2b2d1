package dev.holdfast.stores.sqlite;

/**
 * Decides what happens when the disk has failed to make a write durable.
 *
 * <p>It is then unknown what is on the disk, and after a failed sync the operating system may drop
 * the unwritten pages and report the next sync as a success. So the write is never tried again: the
 * process ends, and the next one reads what is really there.
 */
@FunctionalInterface
public interface SyncFailure {

  /** A process that ends because of a failed sync has this exit code. */
  int EXIT_CODE = 75;

  /**
   * Ends the process without running anything else in it. If it returns nevertheless (in a test),
   * the store takes no further commits.
   *
   * @param line one line for the operator: what failed and what to do
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
