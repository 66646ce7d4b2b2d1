package dev.holdfast.core;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Defines the rules for instance ids, which are the same for every client interface. */
public final class InstanceIds {
  private static final HexFormat HEX = HexFormat.of();

  private InstanceIds() {}

  /**
   * Checks an id for an orchestration.
   *
   * @return a text that names the fault and the allowed form; null when the id can be used
   */
  public static @Nullable String problem(String id, int lengthMax) {
    if (id.isBlank()) {
      return "The instance id is blank. Leave it out to get a generated one.";
    }
    if (id.length() > lengthMax) {
      return "The instance id has %d characters; at most %d are allowed."
          .formatted(id.length(), lengthMax);
    }
    if (id.charAt(0) == '@') {
      return "The instance id begins with '@', which belongs to entities. Choose another first character.";
    }
    return Text.problem("instance id", id);
  }

  /**
   * Returns the slot of an id, 0…1,023; an id always has the same slot. The ids of entities
   * ({@code @Name@key}) have the same slot for any case of the name.
   */
  public static int slot(String id) {
    int hash = EntityIds.normal(id).hashCode();
    // String.hashCode leaves similar ids in neighbouring slots; the finaliser of MurmurHash3
    // spreads them.
    hash ^= hash >>> 16;
    hash *= 0x85ebca6b;
    hash ^= hash >>> 13;
    hash *= 0xc2b2ae35;
    hash ^= hash >>> 16;
    return hash & (Store.Slots.COUNT - 1);
  }

  /**
   * Makes a new instance id of 32 lower-case hex digits: the first 12 are the time in milliseconds
   * (as in version 7 of RFC 9562), the others are random.
   *
   * <p>Ids made one after the other therefore stand side by side in every index, so new ids touch
   * pages that are in the cache. Wholly random ids would each touch a different page, which halves
   * the speed with a million instances.
   *
   * @param micros the time in microseconds since the epoch
   */
  public static String generated(long micros, RandomGenerator dice) {
    return HEX.toHexDigits(micros / 1_000, 12)
        + HEX.toHexDigits(dice.nextLong(), 4)
        + HEX.toHexDigits(dice.nextLong());
  }

  /** Makes an id of 32 random lower-case hex digits, as execution ids have. */
  public static String random(RandomGenerator dice) {
    return HEX.toHexDigits(dice.nextLong()) + HEX.toHexDigits(dice.nextLong());
  }
}
