package dev.holdfast.core;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Holds the rules of instance ids, which are the same at every entry. */
public final class InstanceIds {
  private static final HexFormat HEX = HexFormat.of();

  private InstanceIds() {}

  /**
   * Says what is wrong with an id for an orchestration.
   *
   * @return null when the id can be used; else what is wrong and what is allowed
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
   * Returns the slot of an id, 0…1,023, which never changes. Entity ids ({@code @Name@key}) hash
   * alike whatever the case of the name.
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
   * <p>Ids that follow each other in time therefore do so in every index, and new ones land on
   * pages that are in the cache; wholly random ids would touch a page each, which costs half the
   * speed with a million instances.
   *
   * @param micros since the epoch
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
