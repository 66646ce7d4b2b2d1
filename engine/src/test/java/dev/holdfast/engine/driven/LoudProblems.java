package dev.holdfast.engine.driven;

import dev.holdfast.core.Problems;
import java.util.ArrayList;
import java.util.List;

/**
 * Throws for the impossible, and remembers it in case the exception is caught; collects warnings.
 */
public final class LoudProblems implements Problems {
  private final List<String> impossible = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  @Override
  public void impossible(String what) {
    impossible.add(what);
    throw new AssertionError(what);
  }

  @Override
  public void warn(String what) {
    warnings.add(what);
  }

  /**
   * Rethrows the report of something impossible, because it is no fault of the current instance.
   */
  @Override
  public void failed(String what, Throwable cause) {
    if (cause instanceof AssertionError loud) {
      throw loud;
    }
    warnings.add(what + ": " + cause);
  }

  public List<String> impossible() {
    return impossible;
  }

  public List<String> warnings() {
    return warnings;
  }
}
