package dev.holdfast.engine.dispatch;

import dev.holdfast.core.WorkItem;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Describes work that waits because no connected executor serves it.
 *
 * @param waiting the number of waiting activities, or of waiting instances of an orchestrator or
 *     entity
 * @param until the time until which the name was served, in microseconds since the epoch; 0 when
 *     the time is not known
 */
public record UnservedWork(Wanted wanted, int waiting, long until) {

  /** Describes work when it is unknown until which time its name was served. */
  public UnservedWork(Wanted wanted, int waiting) {
    this(wanted, waiting, 0);
  }

  /** Returns the words, followed by the time; "" when the time is not known. */
  public static String until(long micros, String words) {
    return micros == 0 ? "" : words + Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L));
  }

  /**
   * Describes the work that a worker would have to serve.
   *
   * @param version null when no worker serves this name at all; otherwise workers serve the name,
   *     but not this version ("" means no version)
   */
  public record Wanted(WorkItem.Kind kind, String name, @Nullable String version)
      implements Comparable<Wanted> {
    private static final Comparator<@Nullable String> VERSIONS =
        Comparator.nullsFirst(Comparator.naturalOrder());

    /**
     * Compares without a chained comparator, because the method is called for every waiting item.
     */
    @Override
    public int compareTo(Wanted other) {
      int byKind = kind.compareTo(other.kind);
      int byName = byKind != 0 ? byKind : name.compareTo(other.name);
      return byName != 0 ? byName : VERSIONS.compare(version, other.version);
    }

    /**
     * Describes the work in words for the middle of a sentence. Control characters are replaced,
     * because a client may have sent them and the words go to terminals.
     */
    public String words() {
      String named = (kind.word() + " '" + name + "'").replaceAll("\\p{Cntrl}", "?");
      if (version == null) {
        return named;
      }
      return version.isEmpty()
          ? named + " without a version"
          : named + " in version " + version.replaceAll("\\p{Cntrl}", "?");
    }
  }

  /** Says in a sentence which worker is missing. */
  public String words() {
    return "No connected worker serves %s: %d wait%s for one.%s"
        .formatted(
            wanted.words(),
            waiting,
            waiting == 1 ? "s" : "",
            until == 0 ? "" : until(until, " It was served until ") + ".");
  }
}
