package dev.holdfast.core.partition;

import dev.holdfast.core.Blocked;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the ids that a partition has been told to set aside before any work of them runs, because
 * the engine has found that handling them fails or that the store refuses their changes.
 *
 * <p>An instance or entity that is {@code whenRead} is blocked as soon as it has been read. One
 * that is {@code untouched} would fail even at this step, so its rows are neither read nor written;
 * only its keyed record says that it is blocked.
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

  /** Returns whether the instance or entity with this id must be set aside or left untouched. */
  boolean holds(String id) {
    return whenRead.containsKey(id) || untouched.containsKey(id);
  }

  /**
   * Returns why the rows of the instance or entity must not be read or written; null when they may
   * be.
   */
  @Nullable Blocked untouched(String id) {
    return untouched.isEmpty() ? null : untouched.get(id);
  }

  /** Notes that a person wants to retry the instance or entity with this id. */
  void release(String id) {
    untouched.remove(id);
    released.add(id);
  }

  /**
   * Returns whether this id has been released and its rows have not been read since then; the call
   * forgets the release.
   */
  boolean wasReleased(String id) {
    return !released.isEmpty() && released.remove(id);
  }

  /**
   * Returns whether memory holds no state for this id, because its rows must not be touched or have
   * not been read since the release.
   */
  boolean isUnread(String id) {
    return untouched.containsKey(id) || released.contains(id);
  }

  boolean hasUnread() {
    return !untouched.isEmpty() || !released.isEmpty();
  }

  /**
   * Takes the block to apply now that the rows of this id have been read or are known not to exist;
   * returns null when no block is planned.
   */
  @Nullable Blocked take(String id) {
    return whenRead.isEmpty() ? null : whenRead.remove(id);
  }
}
