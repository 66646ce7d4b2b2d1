package dev.holdfast.core;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads and checks the ids of entities, {@code @name@key}. The name ends at the second at-sign and
 * is compared without regard to case; the key may be empty, may hold at-signs, and is compared with
 * regard to case.
 */
public final class EntityIds {

  private EntityIds() {}

  /**
   * Returns whether the id has the form of an entity's id; no orchestration has an id of this form.
   */
  public static boolean isEntity(String id) {
    return !id.isEmpty() && id.charAt(0) == '@';
  }

  /**
   * Checks an entity id.
   *
   * @return a text that names the fault and the allowed form; null when the id can be used
   */
  public static @Nullable String problem(String id, int lengthMax) {
    if (!isEntity(id) || id.indexOf('@', 1) < 2) {
      return "'%s' is no entity id. Write it as @name@key.".formatted(id);
    }
    if (id.length() > lengthMax) {
      return "The entity id has %d characters; at most %d are allowed."
          .formatted(id.length(), lengthMax);
    }
    return Text.problem("entity id", id);
  }

  /**
   * Returns the id as the engine spells it, with the name in lower case. An id that does not belong
   * to an entity stays unchanged.
   */
  public static String normal(String id) {
    int end = isEntity(id) ? id.indexOf('@', 1) : -1;
    if (end < 0) {
      return id;
    }
    String name = id.substring(0, end);
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals(name) ? id : lower + id.substring(end);
  }

  /**
   * Returns the entity's name in lower case; returns the whole id when it does not belong to an
   * entity.
   */
  public static String name(String id) {
    int end = isEntity(id) ? id.indexOf('@', 1) : -1;
    return end < 0 ? id : id.substring(1, end).toLowerCase(Locale.ROOT);
  }

  /** Returns the entity's key; returns "" when the id does not belong to an entity. */
  public static String key(String id) {
    int end = isEntity(id) ? id.indexOf('@', 1) : -1;
    return end < 0 ? "" : id.substring(end + 1);
  }
}
