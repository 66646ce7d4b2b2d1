package dev.holdfast.core;

/**
 * Waits for an answer. One of the methods is called exactly once, from an engine thread; it must
 * not block.
 */
public interface Asker<T> {

  void answered(T value);

  void refused(RefusedException why);
}
