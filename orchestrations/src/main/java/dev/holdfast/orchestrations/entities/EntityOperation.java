package dev.holdfast.orchestrations.entities;

import org.jspecify.annotations.Nullable;

/** Represents one operation for an {@link EntityFunction}. */
public interface EntityOperation extends EntityContext {

  /** Returns whether the operation has this name; names are compared without regard to case. */
  default boolean is(String name) {
    return operation().equalsIgnoreCase(name);
  }

  /**
   * Returns the operation's input; null if there is none.
   *
   * @throws IllegalArgumentException the input cannot be read as this type
   */
  <T> @Nullable T input(Class<T> type);

  /**
   * Returns the entity's state as this operation found or set it; null if there is none. A change
   * to the returned object takes effect only when the object is passed to {@link #setState}.
   *
   * @throws IllegalArgumentException the state cannot be read as this type
   */
  <T> @Nullable T state(Class<T> type);

  /** Returns the entity's state, or {@code initial} if there is none. */
  default <T> T state(Class<T> type, T initial) {
    T state = state(type);
    return state == null ? initial : state;
  }

  /** Replaces the state if the operation succeeds; null removes it. */
  void setState(@Nullable Object state);

  @Override
  default void deleteState() {
    setState(null);
  }
}
