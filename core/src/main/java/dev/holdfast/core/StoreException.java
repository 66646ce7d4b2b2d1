package dev.holdfast.core;

import org.jspecify.annotations.Nullable;

/**
 * Says that the store could not carry out a call; nothing was changed.
 *
 * <p>An exception without {@link #damage} may be temporary: a read failed, or the store is closed,
 * and a retry may help. An exception with damage is permanent: a row differs from the written one,
 * and every read of it fails.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Damage damage;

  /**
   * Describes rows that can never be read.
   *
   * @param table the table that holds the rows; "?" when the table is not known, as for a page of
   *     the file
   * @param key the key of the execution that owns the rows; 0 when the key is not known
   * @param instanceId the instance id of that execution; null when the id is not known
   * @param row names the row in words: "key 12, seq 3"
   */
  public record Damage(String table, long key, @Nullable String instanceId, String row) {
    /** Describes for people where the damage is, such as "table history (key 12, seq 3)". */
    public String words() {
      return "table " + table + " (" + row + ")";
    }

    /** Returns this damage with the given instance id. */
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

  /** Makes an exception for a permanent failure with this damage and a message of the store. */
  public StoreException(Damage damage, String message, Throwable cause) {
    super(message, cause);
    this.damage = damage;
  }

  /**
   * Returns the damage, which names the rows that can never be read; null when a retry may help.
   */
  public @Nullable Damage damage() {
    return damage;
  }
}
