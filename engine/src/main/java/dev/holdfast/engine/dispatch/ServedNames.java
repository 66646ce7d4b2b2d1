package dev.holdfast.engine.dispatch;

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
 * Remembers durably which names were ever served in this hub. Work of a served name waits even when
 * the name is not served any more, because another app runs instead or a worker is away. A name
 * that was never served is taken to be a typing error.
 *
 * <p>Apps and workers with filters list their names. A worker that takes everything lists none. A
 * name whose work such a worker gets counts as tried; it counts as served once work of this name
 * has succeeded, and is removed when work of it fails.
 *
 * <p>All methods are safe from any thread; names are compared without regard to case. A record is
 * written only when it changes.
 */
public final class ServedNames {
  /** The keyed records of this namespace are named by kind and name. */
  public static final String NAMESPACE = "served";

  /** At most this many names are remembered, because clients may invent names. */
  private static final int NAMES_MAX = 10_000;

  private static final char TRIED = 't';
  private static final char SERVED = 's';

  private final Map<WorkItem.Kind, ConcurrentSkipListMap<String, Served>> names =
      new EnumMap<>(WorkItem.Kind.class);

  /**
   * Holds the exact spellings of names for which no more records are needed, so that most items
   * cost only a look-up.
   */
  private final Map<WorkItem.Kind, Set<String>> noted = new EnumMap<>(WorkItem.Kind.class);

  private final Consumer<Rows.Keyed> writer;

  /** Counts the names that are only tried; while it is 0, answers need not be examined. */
  private final AtomicInteger tried = new AtomicInteger();

  /**
   * Says how a name is served.
   *
   * @param until the time at which the last executor of the name left, in microseconds since the
   *     epoch; 0 while the name is served, or when the time is not known yet
   * @param tried true while it is unknown whether the executor that takes the name can run its work
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
   * Creates the object from its stored records.
   *
   * @param records the stored records of {@link #NAMESPACE}
   * @param writer writes a record with the next flush
   */
  public ServedNames(List<Rows.Keyed> records, Consumer<Rows.Keyed> writer) {
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

  /**
   * Returns whether this name was served before, so that its work waits when no executor serves it.
   */
  boolean has(WorkItem.Kind kind, String name) {
    return of(kind).containsKey(name);
  }

  /**
   * Returns the time until which the name was served, in microseconds since the epoch; 0 when the
   * time is not known.
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
   * @param failed whether the work failed, as work of an unknown name does
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
   * Notes, after an executor has left, the time at which it left for all names that are not served
   * any more.
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
   * Returns the spelling under which a name was first seen; the map, which ignores case, keeps this
   * spelling as its key, and the record uses it too.
   */
  private String spelling(WorkItem.Kind kind, String name) {
    @Nullable String first = of(kind).ceilingKey(name);
    return first == null ? name : first;
  }

  private static String key(WorkItem.Kind kind, String name) {
    return kind.word() + ' ' + name;
  }
}
