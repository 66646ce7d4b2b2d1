package dev.holdfast.host.doctor;

import java.util.Locale;

/**
 * Holds the result of one check.
 *
 * @param about what was looked at, in a word or two
 * @param what what was found, as a sentence
 * @param cure what helps; empty where nothing needs help
 */
record Finding(Grade grade, String about, String what, String cure) {

  /** Says how much a finding matters. */
  enum Grade {
    /** All is well. */
    OK,
    /** Holdfast runs, but worse than it could. */
    WARNING,
    /** Holdfast does not run, or not safely. */
    PROBLEM;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String about, String what) {
    return new Finding(Grade.OK, about, what, "");
  }

  static Finding warning(String about, String what, String cure) {
    return new Finding(Grade.WARNING, about, what, cure);
  }

  static Finding problem(String about, String what, String cure) {
    return new Finding(Grade.PROBLEM, about, what, cure);
  }
}
