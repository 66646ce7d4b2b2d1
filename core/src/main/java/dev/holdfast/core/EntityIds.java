package dev.holdfast.core;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The ids of entities: {@code @name@key}. The name ends at the second at-sign and its case does not
 * count; the key may be empty, may hold at-signs, and its case counts.
 */
public final class EntityIds {

  private EntityIds() {}

  /** Whether the id is meant to be an entity's: no orchestration has one like it. */
  public static boolean isEntity(String id) {
    return !id.isEmpty() && id.charAt(0) == '@';
  }

  /**
   * Whether it can be used, in words.
   *
   * @return null when it can; else what is wrong and what is allowed
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

  /** The id as the engine spells it: the name in lower case. Any other id stays as it is. */
  public static String normal(String id) {
    int end = isEntity(id) ? id.indexOf('@', 1) : -1;
    if (end < 0) {
      return id;
    }
    String name = id.substring(0, end);
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals(name) ? id : lower + id.substring(end);
  }

  /** The entity's name in lower case; of an id that is none, the whole of it. */
  public static String name(String id) {
    int end = isEntity(id) ? id.indexOf('@', 1) : -1;
    return end < 0 ? id : id.substring(1, end).toLowerCase(Locale.ROOT);
  }

  /** The entity's key; of an id that is none, "". */
  public static String key(String id) {
    int end = isEntity(id) ? id.indexOf('@', 1) : -1;
    return end < 0 ? "" : id.substring(end + 1);
  }
}
