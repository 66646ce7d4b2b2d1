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
 * The names that somebody has served in this hub, durably. Work of such a name waits when nobody
 * serves it any more: another app runs in its place, or a worker is away. Work of a name that
 * nobody ever served is a typing error.
 *
 * <p>Apps and workers with filters say their names. Of a worker that takes everything it is not
 * known which names it has, so what it is given counts as tried, and as served once it has been
 * done; a failure takes a name back that was only tried.
 *
 * <p>Safe from any thread; the case of a name does not count. Written only when something changes.
 */
final class ServedNames {
  /** The keyed records: named by kind and name. */
  static final String NAMESPACE = "served";

  /** More names than this are not remembered, for a client may make them up. */
  private static final int NAMES_MAX = 10_000;

  private static final char TRIED = 't';
  private static final char SERVED = 's';

  private final Map<WorkItem.Kind, ConcurrentSkipListMap<String, Served>> names =
      new EnumMap<>(WorkItem.Kind.class);

  /** Names as spelled of which there is nothing more to note, so that most items cost a look-up. */
  private final Map<WorkItem.Kind, Set<String>> noted = new EnumMap<>(WorkItem.Kind.class);

  private final Consumer<Rows.Keyed> writer;

  /** How many names are only tried; while there are none, no answer needs a look. */
  private final AtomicInteger tried = new AtomicInteger();

  /**
   * @param until when the last one who served it was gone, microseconds since the epoch; 0 while
   *     somebody serves it, or when that is not known yet
   * @param tried whether it is not known that the one who takes it can do it
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
   * @param records what the store has of {@link #NAMESPACE}
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

  /** Whether work of this name waits although nobody serves it now. */
  boolean has(WorkItem.Kind kind, String name) {
    return of(kind).containsKey(name);
  }

  /**
   * Until when somebody served the name, microseconds since the epoch; 0 when that is not known.
   */
  long until(WorkItem.Kind kind, String name) {
    Served served = of(kind).get(name);
    return served == null ? 0 : served.until();
  }

  /** Somebody says that it serves these. */
  synchronized void served(WorkItem.Kind kind, Collection<String> all) {
    all.forEach(name -> put(kind, name, new Served(0, false)));
  }

  /** Work of this name goes to somebody who takes everything. */
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

  /** Whether {@link #answered} may change anything. */
  boolean hasTried() {
    return tried.get() > 0;
  }

  /**
   * Somebody has answered work of this name.
   *
   * @param failed whether it failed, as work does whose name nobody knows
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

  /** Somebody has gone: what is served no more was served until now. */
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

  /** A map that ignores case keeps the first spelling as its key; so does the record. */
  private String spelling(WorkItem.Kind kind, String name) {
    @Nullable String first = of(kind).ceilingKey(name);
    return first == null ? name : first;
  }

  private static String key(WorkItem.Kind kind, String name) {
    return kind.word() + ' ' + name;
  }
}
