package dev.holdfast.server.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose request headers arrive too slowly. Each byte counts as activity, so an
 * idle limit alone would let a slow connection live forever.
 */
final class HeaderDeadline extends AbstractLifeCycle implements Connection.Listener {
  private final Connector connector;
  private final Duration within;
  private final Map<Connection, Seen> open = new ConcurrentHashMap<>();
  private volatile Scheduler.@Nullable Task next;

  HeaderDeadline(Connector connector, Duration within) {
    this.connector = connector;
    this.within = within;
  }

  @Override
  public void onOpened(Connection connection) {
    open.put(connection, new Seen());
  }

  @Override
  public void onClosed(Connection connection) {
    open.remove(connection);
  }

  @Override
  protected void doStart() {
    schedule();
  }

  @Override
  protected void doStop() {
    Scheduler.Task last = next;
    if (last != null) {
      last.cancel();
    }
  }

  private void schedule() {
    long pause = Math.min(1000, Math.max(1, within.toMillis() / 4));
    next = connector.getScheduler().schedule(this::sweep, pause, TimeUnit.MILLISECONDS);
  }

  /**
   * Closes the late connections. The next sweep is scheduled even when one of them throws an
   * exception.
   */
  private void sweep() {
    try {
      open.forEach(
          (connection, seen) -> {
            if (seen.isLate(connection)) {
              connection.getEndPoint().close();
            }
          });
    } finally {
      if (isRunning()) {
        schedule();
      }
    }
  }

  /**
   * Holds what the sweeps have observed about one connection. Bytes that arrive while no request is
   * being answered and no new request appears belong to an unfinished header.
   */
  private final class Seen {
    private long requests;
    private long bytes;

    /** Holds the time at which an unfinished header was first seen; 0 while there is none. */
    private long since;

    boolean isLate(Connection connection) {
      long requestsNow = connection.getMessagesIn();
      long bytesNow = connection.getBytesIn();
      boolean answering = requestsNow != connection.getMessagesOut();
      if (answering || requestsNow != requests || bytesNow == bytes) {
        requests = requestsNow;
        bytes = bytesNow;
        since = 0;
        return false;
      }
      if (since == 0) {
        since = NanoTime.now();
      }
      return NanoTime.millisSince(since) > within.toMillis();
    }
  }
}
