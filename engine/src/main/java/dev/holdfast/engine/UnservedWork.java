package dev.holdfast.engine;

import dev.holdfast.core.WorkItem;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Describes work that waits because no connected executor serves it.
 *
 * @param waiting how many activities, or instances of an orchestrator or entity, wait
 * @param until when the name was last served, microseconds since the epoch; 0 when that is not
 *     known
 */
public record UnservedWork(Wanted wanted, int waiting, long until) {

  /** Describes work for which it is not known until when its name was served. */
  public UnservedWork(Wanted wanted, int waiting) {
    this(wanted, waiting, 0);
  }

  /** Returns the words, followed by the time; "" when the time is not known. */
  static String until(long micros, String words) {
    return micros == 0 ? "" : words + Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L));
  }

  /**
   * Says what a worker would have to run.
   *
   * @param version null when there is no worker for this name at all; otherwise there are some, but
   *     none for this version ("" means no version)
   */
  public record Wanted(WorkItem.Kind kind, String name, @Nullable String version)
      implements Comparable<Wanted> {
    private static final Comparator<@Nullable String> VERSIONS =
        Comparator.nullsFirst(Comparator.naturalOrder());

    /**
     * Compares without a chained comparator, because every waiting item is counted under one of
     * these.
     */
    @Override
    public int compareTo(Wanted other) {
      int byKind = kind.compareTo(other.kind);
      int byName = byKind != 0 ? byKind : name.compareTo(other.name);
      return byName != 0 ? byName : VERSIONS.compare(version, other.version);
    }

    /**
     * Returns words for the middle of a sentence; control characters from a client do not reach
     * terminals.
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

  /** Says what is missing, in a sentence. */
  public String words() {
    return "No connected worker serves %s: %d wait%s for one.%s"
        .formatted(
            wanted.words(),
            waiting,
            waiting == 1 ? "s" : "",
            until == 0 ? "" : until(until, " It was served until ") + ".");
  }
}
