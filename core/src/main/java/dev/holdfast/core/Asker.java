package dev.holdfast.core;

/**
 * Waits for an answer. Exactly one of the methods is called, once, on an engine thread; it must not
 * block.
 */
public interface Asker<T> {

  void answered(T value);

  void refused(RefusedException why);
}
