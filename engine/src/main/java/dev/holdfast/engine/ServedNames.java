package dev.holdfast.engine;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Rows;
import dev.holdfast.core.WorkItem;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers durably which names were ever served in this hub. Work of a served name waits when it
 * is not served any more: another app runs in its place, or a worker is away. Work of a name that
 * was never served is a typing error.
 *
 * <p>Apps and workers with filters list their names. A worker that takes everything does not, so a
 * name that it is given counts as tried, and as served once work of that name has been done; a
 * failure removes a name that was only tried.
 *
 * <p>All methods are safe from any thread; the case of a name does not count. A record is written
 * only when something changes.
 */
final class ServedNames {
  /** The keyed records of this namespace are named by kind and name. */
  static final String NAMESPACE = "served";

  /** At most this many names are remembered, because a client may make names up. */
  private static final int NAMES_MAX = 10_000;

  private static final char TRIED = 't';
  private static final char SERVED = 's';

  private final Map<WorkItem.Kind, ConcurrentSkipListMap<String, Served>> names =
      new EnumMap<>(WorkItem.Kind.class);

  /**
   * Holds names, as spelled, about which there is nothing more to note, so that most items cost
   * only a look-up.
   */
  private final Map<WorkItem.Kind, Set<String>> noted = new EnumMap<>(WorkItem.Kind.class);

  private final Consumer<Rows.Keyed> writer;

  /** Counts the names that are only tried; while there are none, answers need no look. */
  private final AtomicInteger tried = new AtomicInteger();

  /**
   * Says how a name is served.
   *
   * @param until when its last executor left, microseconds since the epoch; 0 while it is served,
   *     or when that is not known yet
   * @param tried true while it is not known that an executor which takes the name can run it
   */
  private record Served(long until, boolean tried) {
    ByteString bytes() {
      return ByteString.copyFromUtf8((tried ? TRIED : SERVED) + Long.toString(until));
    }

    static Served of(ByteString bytes) {
      String text = bytes.toStringUtf8();
      return new Served(Long.parseLong(text.substring(1)), text.charAt(0) == TRIED);
    }
  }

  /**
   * @param records the stored records of {@link #NAMESPACE}
   * @param writer writes a record with the next flush
   */
  ServedNames(List<Rows.Keyed> records, Consumer<Rows.Keyed> writer) {
    this.writer = writer;
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      names.put(kind, new ConcurrentSkipListMap<>(String.CASE_INSENSITIVE_ORDER));
      noted.put(kind, ConcurrentHashMap.newKeySet());
    }
    for (Rows.Keyed record : records) {
      int space = record.name().indexOf(' ');
      for (WorkItem.Kind kind : WorkItem.Kind.values()) {
        if (space == kind.word().length()
            && record.name().startsWith(kind.word())
            && record.bytes() != null) {
          Served served = Served.of(record.bytes());
          of(kind).put(record.name().substring(space + 1), served);
          tried.addAndGet(served.tried() ? 1 : 0);
        }
      }
    }
  }

  private ConcurrentSkipListMap<String, Served> of(WorkItem.Kind kind) {
    return java.util.Objects.requireNonNull(names.get(kind));
  }

  private Set<String> notedOf(WorkItem.Kind kind) {
    return java.util.Objects.requireNonNull(noted.get(kind));
  }

  /** Returns whether work of this name waits although the name is not served now. */
  boolean has(WorkItem.Kind kind, String name) {
    return of(kind).containsKey(name);
  }

  /**
   * Returns until when the name was served, microseconds since the epoch; 0 when that is not known.
   */
  long until(WorkItem.Kind kind, String name) {
    Served served = of(kind).get(name);
    return served == null ? 0 : served.until();
  }

  /** Notes that an executor serves these names. */
  synchronized void served(WorkItem.Kind kind, Collection<String> all) {
    all.forEach(name -> put(kind, name, new Served(0, false)));
  }

  /** Notes that work of this name goes to a worker that takes everything. */
  void tried(WorkItem.Kind kind, String name) {
    if (!notedOf(kind).contains(name)) {
      note(kind, name);
    }
  }

  private synchronized void note(WorkItem.Kind kind, String name) {
    Served before = of(kind).get(name);
    if (before == null || before.until() != 0) {
      put(kind, name, new Served(0, before == null || before.tried()));
    }
    if (notedOf(kind).size() < NAMES_MAX) {
      notedOf(kind).add(name);
    }
  }

  /** Returns whether {@link #answered} may change anything. */
  boolean hasTried() {
    return tried.get() > 0;
  }

  /**
   * Takes the outcome of work of this name.
   *
   * @param failed whether it failed, as work of an unknown name does
   */
  synchronized void answered(WorkItem.Kind kind, String name, boolean failed) {
    Served before = of(kind).get(name);
    if (before == null || !before.tried()) {
      return;
    }
    if (failed) {
      writer.accept(new Rows.Keyed(NAMESPACE, key(kind, spelling(kind, name)), null));
      of(kind).remove(name);
      notedOf(kind).remove(name);
      tried.decrementAndGet();
    } else {
      put(kind, name, new Served(before.until(), false));
    }
  }

  /**
   * Notes, after an executor has left, that names which are not served any more were served until
   * now.
   */
  synchronized void gone(BiPredicate<WorkItem.Kind, String> isServed, long now) {
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      of(kind)
          .forEach(
              (name, served) -> {
                if (served.until() == 0 && !isServed.test(kind, name)) {
                  put(kind, name, new Served(now, served.tried()));
                  notedOf(kind).remove(name);
                }
              });
    }
  }

  private void put(WorkItem.Kind kind, String name, Served served) {
    Served before = of(kind).get(name);
    if (served.equals(before) || (before == null && of(kind).size() >= NAMES_MAX)) {
      return;
    }
    of(kind).put(name, served);
    tried.addAndGet((served.tried() ? 1 : 0) - (before != null && before.tried() ? 1 : 0));
    writer.accept(new Rows.Keyed(NAMESPACE, key(kind, spelling(kind, name)), served.bytes()));
  }

  /**
   * Returns the first spelling of a name, which a map that ignores case keeps as its key; the
   * record keeps it too.
   */
  private String spelling(WorkItem.Kind kind, String name) {
    @Nullable String first = of(kind).ceilingKey(name);
    return first == null ? name : first;
  }

  private static String key(WorkItem.Kind kind, String name) {
    return kind.word() + ' ' + name;
  }
}
