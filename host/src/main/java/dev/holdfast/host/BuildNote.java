package dev.holdfast.host;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.dispatch.Workforce;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers across restarts the time since which only one build of the app, and no other worker,
 * has run this hub's orchestrators. A history whose newest turn is later than that time need not be
 * compared with the code.
 *
 * <p>The note is one record of the hub, which is written when the build changes, so it adds no cost
 * to an instance or a turn. All methods are safe from any thread.
 */
final class BuildNote {
  private static final String NAME = "build";

  /**
   * A margin of this many microseconds is added to the time of a change of builds. Turns in quick
   * succession get times at least a millisecond apart, so the last turns of the former build may
   * have later times than the first turns of the new one.
   */
  private static final long MARGIN = 60_000_000;

  /**
   * {@link #since} has this value when it is unknown which build ran the turns, so that every
   * history is compared.
   */
  private static final long NEVER = Long.MAX_VALUE;

  private volatile long since = NEVER;
  private List<String> orchestrators = List.of();
  private final Set<Executor> workers = new HashSet<>();
  private @Nullable Engine engine;
  private @Nullable String known;

  /**
   * Opens the note of a hub in this process, before any work runs in the hub. Without this call,
   * the note is not kept.
   */
  synchronized void open(Engine hub, Store store) {
    engine = hub;
    ByteString record = store.record(Engine.HUB, NAME);
    known = record == null ? "" : record.toStringUtf8();
  }

  /**
   * Notes that this build runs the orchestrators from now on. The method must be called before the
   * build's first turn, so that the time of the note is never later than a turn of the build.
   *
   * @param build the value of {@link dev.holdfast.functions.FunctionApp#build}; "" for an unknown
   *     build
   * @param names the names of the build's orchestrators
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

  /**
   * Returns the time since which only this build has run the orchestrators, in microseconds since
   * the epoch; {@link Long#MAX_VALUE} when the time is not known.
   */
  long since() {
    return since;
  }

  /**
   * Forgets the build if this worker serves one of its orchestrators, because a remote worker may
   * have other code under the same name.
   */
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

  /** Returns a view of the workforce that tells this note which workers join and leave. */
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
