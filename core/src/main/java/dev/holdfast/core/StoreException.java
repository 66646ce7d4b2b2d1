package dev.holdfast.core;

import org.jspecify.annotations.Nullable;

/**
 * Says that the store could not do what was asked; nothing was changed.
 *
 * <p>Without a {@link #damage} the failure may pass: a read failed, or the store is closed, and
 * trying again may help. With one it is permanent: a row is not what was written, and reading it
 * again changes nothing.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Damage damage;

  /**
   * Describes rows that can never be read.
   *
   * @param table the table that holds the rows; "?" when it is not known, as for a page of the file
   * @param key the key of their execution; 0 when it is not known
   * @param instanceId the id of that execution; null when it is not known
   * @param row names the row in words: "key 12, seq 3"
   */
  public record Damage(String table, long key, @Nullable String instanceId, String row) {
    /** Returns the place in words for people: "table history (key 12, seq 3)". */
    public String words() {
      return "table " + table + " (" + row + ")";
    }

    /** Returns this damage as that of the execution with this id. */
    public Damage of(String id) {
      return new Damage(table, key, id, row);
    }
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
    this.damage = null;
  }

  public StoreException(String message) {
    super(message);
    this.damage = null;
  }

  /** Makes an exception for a permanent failure with this damage. */
  public StoreException(Damage damage) {
    super(
        "the database is damaged in "
            + damage.words()
            + ": a row is not what was written; stop, verify the file, and restore a backup");
    this.damage = damage;
  }

  /**
   * Makes an exception for a permanent failure with this damage; the message is the store's own.
   */
  public StoreException(Damage damage, String message, Throwable cause) {
    super(message, cause);
    this.damage = damage;
  }

  /** Returns what can never be read; null when trying again may help. */
  public @Nullable Damage damage() {
    return damage;
  }
}
