package dev.holdfast.core;

import org.jspecify.annotations.Nullable;

/**
 * The store could not do it. Nothing was changed.
 *
 * <p>Without a {@link #damage} it cannot do it now: a read failed, or it is closed; trying again
 * may help. With one it never can: a row is not what was written, and reading it again changes
 * nothing.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Damage damage;

  /**
   * What can never be read.
   *
   * @param table the rows are in; "?" when it is not known, as for a page of the file
   * @param key of the execution that they belong to; 0 when it is not known
   * @param instanceId of that execution; null when it is not known
   * @param row which one, in words: "key 12, seq 3"
   */
  public record Damage(String table, long key, @Nullable String instanceId, String row) {
    /** As a place for people: "table history (key 12, seq 3)". */
    public String words() {
      return "table " + table + " (" + row + ")";
    }

    /** The same, of the execution with this id. */
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

  /** It can never be done, because of this. */
  public StoreException(Damage damage) {
    super(
        "the database is damaged in "
            + damage.words()
            + ": a row is not what was written; stop, verify the file, and restore a backup");
    this.damage = damage;
  }

  /** It can never be done, because of this; the message is the store's own. */
  public StoreException(Damage damage, String message, Throwable cause) {
    super(message, cause);
    this.damage = damage;
  }

  /** What can never be read; null when trying again may help. */
  public @Nullable Damage damage() {
    return damage;
  }
}
