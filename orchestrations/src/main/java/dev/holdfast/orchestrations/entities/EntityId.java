package dev.holdfast.orchestrations.entities;

import java.util.Comparator;
import java.util.Locale;

/**
 * Names an entity by the kind of entity and a key within that kind.
 *
 * @param name the name of the entity function, without at-signs; it is converted to lower case,
 *     because names are compared without regard to case
 * @param key any text, which may be empty; keys are compared with regard to case
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
   * Reads an ID of the form {@code @name@key}.
   *
   * @throws IllegalArgumentException the text has another form
   */
  public static EntityId parse(String instanceId) {
    int end = instanceId.startsWith("@") ? instanceId.indexOf('@', 1) : -1;
    if (end < 2) {
      throw new IllegalArgumentException(
          "'" + instanceId + "' is no entity id; write it as @name@key");
    }
    return new EntityId(instanceId.substring(1, end), instanceId.substring(end + 1));
  }

  /**
   * Returns {@code @name@key}, which is the instance ID of the entity in the engine, in URLs and in
   * lists.
   */
  @Override
  public String toString() {
    return "@" + name + "@" + key;
  }

  /** Orders IDs by name and then by key. Several entities are locked in this order. */
  @Override
  public int compareTo(EntityId other) {
    return ORDER.compare(this, other);
  }
}
