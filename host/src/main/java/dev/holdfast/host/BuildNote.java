package dev.holdfast.host;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Workforce;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, over restarts, since when this hub's orchestrators have been run by one build of the
 * app and by nobody else. Histories whose newest turn is younger need not be compared with the
 * code.
 *
 * <p>One record of the hub, written when another build comes, so that no instance and no turn costs
 * anything. Safe from any thread.
 */
final class BuildNote {
  private static final String NAME = "build";

  /**
   * In microseconds. Turns that follow each other quickly are dated a millisecond apart at least,
   * so the last ones of the build before may be dated later than this one's first.
   */
  private static final long MARGIN = 60_000_000;

  /** Nobody knows: histories are compared. */
  private static final long NEVER = Long.MAX_VALUE;

  private volatile long since = NEVER;
  private List<String> orchestrators = List.of();
  private final Set<Executor> workers = new HashSet<>();
  private @Nullable Engine engine;
  private @Nullable String known;

  /** The hub of this process, before anything runs in it. Without one nothing is remembered. */
  synchronized void open(Engine hub, Store store) {
    engine = hub;
    ByteString record = store.record(Engine.HUB, NAME);
    known = record == null ? "" : record.toStringUtf8();
  }

  /**
   * This build runs the orchestrators from now on. Before its first turn, so that the note is never
   * younger than what it speaks of.
   *
   * @param build as {@link dev.holdfast.functions.FunctionApp#build}; "" for one that is not known
   * @param names of its orchestrators
   */
  synchronized void runs(String build, List<String> names) {
    Engine hub = engine;
    if (hub == null) {
      return;
    }
    orchestrators = List.copyOf(names);
    String before = Objects.requireNonNull(known);
    int space = before.indexOf(' ');
    if (build.isEmpty()) {
      note("", NEVER);
    } else if (space > 0 && before.substring(0, space).equals(build)) {
      since = Long.parseLong(before.substring(space + 1)) + MARGIN;
    } else {
      long now = hub.now();
      note(build + ' ' + now, now + MARGIN);
    }
    workers.forEach(this::look);
  }

  private void note(String text, long from) {
    if (engine != null && !text.equals(known)) {
      engine.remember(NAME, ByteString.copyFromUtf8(text));
      known = text;
    }
    since = from;
  }

  /** Microseconds since the epoch; {@link Long#MAX_VALUE} when nobody knows. */
  long since() {
    return since;
  }

  /** Those who come from elsewhere may have other code under the same names. */
  private void look(Executor worker) {
    if (orchestrators.stream().anyMatch(it -> worker.serves(WorkItem.Kind.ORCHESTRATOR, it))) {
      note("", NEVER);
    }
  }

  private synchronized void joins(Executor worker) {
    workers.add(worker);
    look(worker);
  }

  private synchronized void leaves(Executor worker) {
    workers.remove(worker);
  }

  /** The same workforce; this note hears of who joins it. */
  Workforce watching(Workforce workforce) {
    return new Workforce() {
      @Override
      public void join(Executor worker) {
        joins(worker);
        workforce.join(worker);
      }

      @Override
      public void leave(Executor worker) {
        leaves(worker);
        workforce.leave(worker);
      }

      @Override
      public void placesChanged() {
        workforce.placesChanged();
      }

      @Override
      public Executor.Answers answers() {
        return workforce.answers();
      }
    };
  }
}
