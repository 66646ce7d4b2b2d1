package dev.holdfast.functions.model;

import java.util.Locale;

/** Says which callers may call an HTTP function when keys are required. */
public enum AuthLevel {
  ANONYMOUS,
  FUNCTION,
  ADMIN;

  /**
   * Reads the text of a function.json or an annotation, ignoring case.
   *
   * @throws IllegalArgumentException the text is not the name of a level
   */
  public static AuthLevel of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
