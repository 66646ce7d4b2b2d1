package dev.holdfast.orchestrations.entities;

import org.jspecify.annotations.Nullable;

/** One operation, as an {@link EntityFunction} sees it. */
public interface EntityOperation extends EntityContext {

  /** Whether the operation is called so; case does not count. */
  default boolean is(String name) {
    return operation().equalsIgnoreCase(name);
  }

  /**
   * What the caller sent along; null if that is nothing.
   *
   * @throws IllegalArgumentException the caller sent something else
   */
  <T> @Nullable T input(Class<T> type);

  /**
   * The entity's state as this operation found or set it; null if there is none. A change to the
   * object counts only when it is handed to {@link #setState}.
   *
   * @throws IllegalArgumentException the state is something else
   */
  <T> @Nullable T state(Class<T> type);

  /** As {@link #state(Class)}, with something to begin with. */
  default <T> T state(Class<T> type, T initial) {
    T state = state(type);
    return state == null ? initial : state;
  }

  /** Replaces the state, if the operation succeeds; null removes it. */
  void setState(@Nullable Object state);

  @Override
  default void deleteState() {
    setState(null);
  }
}
