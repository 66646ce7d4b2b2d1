package dev.holdfast.orchestrations.entities;

import java.util.Comparator;
import java.util.Locale;

/**
 * Which entity: the kind of entity and which one of that kind.
 *
 * @param name of the entity function, without at-signs; its case does not count and is lowered here
 * @param key anything, also empty; its case counts
 */
public record EntityId(String name, String key) implements Comparable<EntityId> {

  private static final Comparator<EntityId> ORDER =
      Comparator.comparing(EntityId::name).thenComparing(EntityId::key);

  public EntityId {
    if (name.isBlank() || name.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "'" + name + "' cannot be the name of an entity: it needs a letter and no '@'");
    }
    name = name.toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@code @name@key}.
   *
   * @throws IllegalArgumentException the text is of another form
   */
  public static EntityId parse(String instanceId) {
    int end = instanceId.startsWith("@") ? instanceId.indexOf('@', 1) : -1;
    if (end < 2) {
      throw new IllegalArgumentException(
          "'" + instanceId + "' is no entity id; write it as @name@key");
    }
    return new EntityId(instanceId.substring(1, end), instanceId.substring(end + 1));
  }

  /** {@code @name@key}: the id that the engine, URLs and lists have for it. */
  @Override
  public String toString() {
    return "@" + name + "@" + key;
  }

  /** By name, then by key: the order in which several entities are locked. */
  @Override
  public int compareTo(EntityId other) {
    return ORDER.compare(this, other);
  }
}
