package dev.holdfast.core;

/** Who waits for an answer. Called exactly once, from an engine thread; must not block. */
public interface Asker<T> {

  void answered(T value);

  void refused(RefusedException why);
}
