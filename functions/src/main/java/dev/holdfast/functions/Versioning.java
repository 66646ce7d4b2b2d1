package dev.holdfast.functions;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of orchestrations an app runs.
 *
 * <p>An orchestration keeps the version that it was started with for as long as it lives, so that
 * replay meets the code that it began with.
 *
 * @param own the app's version: that of every start and sub-orchestration that names none. Null for
 *     an app without versions, which runs everything
 */
public record Versioning(@Nullable String own, Match match, Mismatch mismatch) {

  /** Without versions. */
  public static final Versioning NONE =
      new Versioning(null, Match.CURRENT_OR_OLDER, Mismatch.REJECT);

  private static final Pattern NUMBERS = Pattern.compile("\\d{1,18}(\\.\\d{1,18})*");

  /** Which versions are run. */
  public enum Match {
    /** All. */
    NONE,
    /** The app's own version only. */
    STRICT,
    /** The app's own version, older ones, and what has none. */
    CURRENT_OR_OLDER
  }

  /** What becomes of an orchestration of another version. */
  public enum Mismatch {
    /** It waits for somebody who runs it. */
    REJECT,
    /** It fails. */
    FAIL
  }

  /**
   * Whether an orchestration of this version is run here.
   *
   * @param version null and "" are none
   */
  public boolean matches(@Nullable String version) {
    if (own == null) {
      return true;
    }
    int difference = compare(version == null ? "" : version, own);
    return switch (match) {
      case NONE -> true;
      case STRICT -> difference == 0;
      case CURRENT_OR_OLDER -> difference <= 0;
    };
  }

  /** Whether an orchestration of this version is left to others. */
  public boolean leaves(@Nullable String version) {
    return mismatch == Mismatch.REJECT && !matches(version);
  }

  /**
   * The versions that a hub is asked for: those that can be listed. An empty list is any, and what
   * then comes although it does not match is given back.
   */
  public List<String> wanted() {
    return own != null && match == Match.STRICT && mismatch == Mismatch.REJECT
        ? List.of(own)
        : List.of();
  }

  /** Why an orchestration of this version is not run, and what to do. */
  public String explain(@Nullable String version) {
    String which =
        version == null || version.isEmpty() ? "no version" : "version '" + version + "'";
    return match == Match.STRICT
        ? "The orchestration has " + which + ", but this app runs version '" + own + "' only."
        : "The orchestration has " + which + ", which is newer than this app's '" + own + "'.";
  }

  /**
   * No version comes before any other. Numbers with dots are compared part by part ({@code 1.10}
   * after {@code 1.9}), anything else as text, whatever its case.
   */
  static int compare(String one, String other) {
    if (one.isEmpty() || other.isEmpty()) {
      return Boolean.compare(!one.isEmpty(), !other.isEmpty());
    }
    if (!NUMBERS.matcher(one).matches() || !NUMBERS.matcher(other).matches()) {
      return one.compareToIgnoreCase(other);
    }
    String[] ones = one.split("\\.", -1);
    String[] others = other.split("\\.", -1);
    for (int i = 0; i < Math.max(ones.length, others.length); i++) {
      int difference = part(ones, i).compareTo(part(others, i));
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  private static BigInteger part(String[] parts, int index) {
    return index < parts.length ? new BigInteger(parts[index]) : BigInteger.ZERO;
  }
}
