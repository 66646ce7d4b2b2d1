package dev.holdfast.core;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom a partition has been told to set aside before anything of it runs: the engine has found out
 * that handling it fails, or that the store refuses what it writes.
 *
 * <p>Who is to be set aside is blocked as soon as it has been read. Of whom even that fails nothing
 * is read or written any more; the keyed record alone says that there is a block.
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

  /** Whether it is to be set aside, or must not be touched. */
  boolean holds(String id) {
    return whenRead.containsKey(id) || untouched.containsKey(id);
  }

  /** Why nothing of it may be read or written; null when it may. */
  @Nullable Blocked untouched(String id) {
    return untouched.isEmpty() ? null : untouched.get(id);
  }

  /** Somebody wants it to be tried again. */
  void release(String id) {
    untouched.remove(id);
    released.add(id);
  }

  /** Whether it has been released, and was not read since. */
  boolean wasReleased(String id) {
    return !released.isEmpty() && released.remove(id);
  }

  /** Whether memory knows nothing of it: it must not be touched, or has not been read since. */
  boolean isUnread(String id) {
    return untouched.containsKey(id) || released.contains(id);
  }

  boolean hasUnread() {
    return !untouched.isEmpty() || !released.isEmpty();
  }

  /** It has been read, or is not there: why it must be set aside now; null when it need not be. */
  @Nullable Blocked take(String id) {
    return whenRead.isEmpty() ? null : whenRead.remove(id);
  }
}
