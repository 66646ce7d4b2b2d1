package dev.holdfast.engine;

import dev.holdfast.core.WorkItem;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits because nobody who is connected runs it.
 *
 * @param waiting how many: activities, or instances of an orchestrator or entity
 */
public record UnservedWork(Wanted wanted, int waiting) {

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
    return "No connected worker serves %s: %d wait%s for one."
        .formatted(wanted.words(), waiting, waiting == 1 ? "s" : "");
  }
}
