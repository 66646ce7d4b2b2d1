package dev.holdfast.functions.model;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which versions of orchestrations an app runs.
 *
 * <p>An orchestration keeps the version that it was started with for as long as it lives, so that
 * replays run the code that it began with.
 *
 * @param own the app's version, which is given to every start and sub-orchestration that names no
 *     version; null for an app without versions, which runs every orchestration
 */
public record Versioning(@Nullable String own, Match match, Mismatch mismatch) {

  /** These rules run every orchestration; they are for an app without versions. */
  public static final Versioning NONE =
      new Versioning(null, Match.CURRENT_OR_OLDER, Mismatch.REJECT);

  private static final Pattern NUMBERS = Pattern.compile("\\d{1,18}(\\.\\d{1,18})*");

  /** Says which versions of orchestrations the app runs. */
  public enum Match {
    /** The app runs all versions. */
    NONE,
    /** The app runs only its own version. */
    STRICT,
    /** The app runs its own version, older versions, and orchestrations without a version. */
    CURRENT_OR_OLDER
  }

  /** Says what happens to an orchestration whose version the app does not run. */
  public enum Mismatch {
    /** The orchestration waits for a worker or an app that runs its version. */
    REJECT,
    /** The orchestration fails. */
    FAIL
  }

  /**
   * Returns whether the app runs orchestrations of this version.
   *
   * @param version the orchestration's version; null and "" mean that it has none
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

  /** Returns whether orchestrations of this version wait for other workers. */
  public boolean leaves(@Nullable String version) {
    return mismatch == Mismatch.REJECT && !matches(version);
  }

  /**
   * Returns the versions to request from the hub. The list is empty, which requests all versions,
   * when the rule cannot be written as a list; items whose version does not match are then given
   * back.
   */
  public List<String> wanted() {
    return own != null && match == Match.STRICT && mismatch == Mismatch.REJECT
        ? List.of(own)
        : List.of();
  }

  /** Explains why the app does not run orchestrations of this version. */
  public String explain(@Nullable String version) {
    String which =
        version == null || version.isEmpty() ? "no version" : "version '" + version + "'";
    return match == Match.STRICT
        ? "The orchestration has " + which + ", but this app runs version '" + own + "' only."
        : "The orchestration has " + which + ", which is newer than this app's '" + own + "'.";
  }

  /**
   * Orders two versions. An empty version comes before any other. Versions of numbers and dots are
   * compared part by part ({@code 1.10} after {@code 1.9}), all others as text, ignoring case.
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
