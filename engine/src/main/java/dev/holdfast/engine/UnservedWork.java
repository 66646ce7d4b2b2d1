package dev.holdfast.engine;

import dev.holdfast.core.WorkItem;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits because nobody who is connected runs it.
 *
 * @param waiting how many: activities, or instances of an orchestrator or entity
 * @param until when somebody last served it, microseconds since the epoch; 0 when that is not known
 */
public record UnservedWork(Wanted wanted, int waiting, long until) {

  /** Of which it is not known until when somebody served it. */
  public UnservedWork(Wanted wanted, int waiting) {
    this(wanted, waiting, 0);
  }

  /** The words, followed by that time; nothing when it is not known. */
  static String until(long micros, String words) {
    return micros == 0 ? "" : words + Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L));
  }

  /**
   * What a worker would have to run.
   *
   * @param version null when workers for this name are missing altogether; otherwise there are
   *     some, but none for this version ("" is none at all)
   */
  public record Wanted(WorkItem.Kind kind, String name, @Nullable String version)
      implements Comparable<Wanted> {
    private static final Comparator<@Nullable String> VERSIONS =
        Comparator.nullsFirst(Comparator.naturalOrder());

    /** By hand, as every item that waits is counted under one of these. */
    @Override
    public int compareTo(Wanted other) {
      int byKind = kind.compareTo(other.kind);
      int byName = byKind != 0 ? byKind : name.compareTo(other.name);
      return byName != 0 ? byName : VERSIONS.compare(version, other.version);
    }

    /** In the middle of a sentence; a client's control characters do not reach terminals. */
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

  /** What is missing, as a sentence. */
  public String words() {
    return "No connected worker serves %s: %d wait%s for one.%s"
        .formatted(
            wanted.words(),
            waiting,
            waiting == 1 ? "s" : "",
            until == 0 ? "" : until(until, " It was served until ") + ".");
  }
}
