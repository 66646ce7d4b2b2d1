package dev.holdfast.core.partition;

import dev.holdfast.core.Blocked;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the ids that a partition has been told to set aside before anything of them runs, because
 * the engine has found that handling them fails or that the store refuses what they write.
 *
 * <p>An instance or entity that is {@code whenRead} is blocked as soon as it has been read. One
 * that is {@code untouched} fails even then, so nothing of it is read or written; only its keyed
 * record says that it is blocked.
 */
final class Aside {
  private final Map<String, Blocked> whenRead = new LinkedHashMap<>();
  private final Map<String, Blocked> untouched = new LinkedHashMap<>();

  void whenRead(String id, Blocked block) {
    whenRead.put(id, block);
  }

  void untouched(String id, Blocked block) {
    whenRead.remove(id);
    untouched.put(id, block);
  }

  private final Set<String> released = new LinkedHashSet<>();

  /** Returns whether this id is to be set aside or must not be touched. */
  boolean holds(String id) {
    return whenRead.containsKey(id) || untouched.containsKey(id);
  }

  /** Returns why nothing of this id may be read or written; null when it may be. */
  @Nullable Blocked untouched(String id) {
    return untouched.isEmpty() ? null : untouched.get(id);
  }

  /** Notes that a person wants this id to be tried again. */
  void release(String id) {
    untouched.remove(id);
    released.add(id);
  }

  /** Returns whether this id has been released and not read since, and forgets the release. */
  boolean wasReleased(String id) {
    return !released.isEmpty() && released.remove(id);
  }

  /**
   * Returns whether memory knows nothing of this id because it must not be touched or has not been
   * read since its release.
   */
  boolean isUnread(String id) {
    return untouched.containsKey(id) || released.contains(id);
  }

  boolean hasUnread() {
    return !untouched.isEmpty() || !released.isEmpty();
  }

  /**
   * Takes the block to apply now that this id has been read, or is known not to exist; null when
   * there is none.
   */
  @Nullable Blocked take(String id) {
    return whenRead.isEmpty() ? null : whenRead.remove(id);
  }
}
