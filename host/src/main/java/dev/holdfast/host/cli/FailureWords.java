package dev.holdfast.host.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes the failure of an instance in one line, from the {@code failure} member of its status.
 */
final class FailureWords {
  private FailureWords() {}

  /**
   * Returns {@code type: message; caused by type: message}, or null when the status tells of no
   * failure.
   */
  static @Nullable String of(@Nullable Object failure) {
    StringBuilder words = new StringBuilder();
    Object next = failure;
    while (next instanceof Map<?, ?> one) {
      words
          .append(words.length() == 0 ? "" : "; caused by ")
          .append(one.get("type"))
          .append(": ")
          .append(one.get("message"));
      next = one.get("cause");
    }
    return words.length() == 0 ? null : words.toString();
  }
}
