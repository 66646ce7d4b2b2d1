package dev.holdfast.dashboard;

import dev.holdfast.core.Times;
import dev.holdfast.engine.HubInstances;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.server.http.admin.HostControl;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.EventStream;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import dev.holdfast.server.metrics.Figure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells open pages that something has changed, and never what: a page then reads again what it
 * shows. Once a second the number of durable writes is compared with the last one. While nothing is
 * written, or no page is open, nothing else is done.
 *
 * <p>The hot path has no part in this; it counts its writes anyway.
 */
final class Live {
  private static final Logger log = LoggerFactory.getLogger("Host.Dashboard");
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final String CHANGED = "changed";

  /** A session may have so many streams; a browser opens one for each page. */
  static final int STREAMS_MAX = 4;

  /** All visitors of a host without keys share this many. */
  static final int SHARED_STREAMS_MAX = 16;

  private final Pages pages;
  private final HubInstances hub;
  private final HostControl host;
  private final Executor later;
  private final Set<Watch> watches = new LinkedHashSet<>();
  private boolean ticking;
  private long written = Long.MIN_VALUE;

  /**
   * @param later runs a task after a second
   */
  Live(Pages pages, HubInstances hub, HostControl host, Executor later) {
    this.pages = pages;
    this.hub = hub;
    this.host = host;
    this.later = later;
  }

  /** Returns an executor that waits before it runs a task. */
  static Executor aSecondLater() {
    return CompletableFuture.delayedExecutor(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One open page. */
  private static final class Watch {
    private final String visitor;
    private final @Nullable String id;
    private final EventStream stream;
    private volatile String version = "";

    Watch(String visitor, @Nullable String id, Live live) {
      this.visitor = visitor;
      this.id = id;
      this.stream = new EventStream(() -> live.closed(this));
    }
  }

  /** Opens a stream for one instance, or for the hub when the request names none. */
  CompletableFuture<Reply> open(Request request, PathValues values) {
    if (request.method().equals("HEAD")) {
      return Reply.empty(200).now();
    }
    String visitor = pages.visitor(request).token();
    int max = pages.asksForKeys() ? STREAMS_MAX : SHARED_STREAMS_MAX;
    Watch watch = new Watch(visitor, request.query().parameters().get("id"), this);
    synchronized (this) {
      if (watches.stream().filter(each -> each.visitor.equals(visitor)).count() >= max) {
        return Reply.error(
                429,
                "This session has "
                    + max
                    + " pages open that are kept up to date, which is the most; this one reads again"
                    + " every few seconds instead.")
            .now();
      }
      watches.add(watch);
      if (!ticking) {
        ticking = true;
        later.execute(this::tick);
      }
    }
    return Reply.events(watch.stream).now();
  }

  private synchronized void closed(Watch watch) {
    watches.remove(watch);
  }

  synchronized int size() {
    return watches.size();
  }

  private void tick() {
    try {
      long now = writes();
      boolean changed = now < 0 || now != written;
      written = now;
      if (changed) {
        open().forEach(watch -> look(watch, now));
      }
    } catch (RuntimeException | Error e) {
      log.warn("Open pages of the dashboard could not be told of changes; they are told later", e);
    } finally {
      again();
    }
  }

  private synchronized void again() {
    ticking = !watches.isEmpty();
    if (ticking) {
      later.execute(this::tick);
    }
  }

  private synchronized List<Watch> open() {
    return new ArrayList<>(watches);
  }

  /** Returns the number of durable writes; -1 when the hub is elsewhere and tells no number. */
  private long writes() {
    for (Figure figure : host.figures()) {
      if (figure.name().equals("holdfast_flushes_total")) {
        return figure.value();
      }
    }
    return -1;
  }

  private void look(Watch watch, long now) {
    if (watch.id == null) {
      tell(watch, String.valueOf(now));
      return;
    }
    var unused =
        hub.get(watch.id, false)
            .whenComplete(
                (found, failure) -> {
                  if (failure == null) {
                    tell(watch, version(found));
                  }
                });
  }

  private static String version(Optional<OrchestrationState> found) {
    return found
        .map(
            state ->
                state.getOrchestrationStatusValue()
                    + "-"
                    + Times.micros(state.getLastUpdatedTimestamp())
                    + (state.hasBlocked() ? "-blocked" : ""))
        .orElse("gone");
  }

  private static void tell(Watch watch, String version) {
    if (!version.equals(watch.version)) {
      watch.version = version;
      JsonWriter json = new JsonWriter().object().field("version", version);
      watch.stream.sendLatest(CHANGED, json.end().toString());
    }
  }
}
