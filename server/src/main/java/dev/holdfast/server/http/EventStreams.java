package dev.holdfast.server.http;

import dev.holdfast.server.http.message.EventStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the open event streams, so that their number is limited and all of them can be ended. */
final class EventStreams {
  /** At most this many streams may be open at once. */
  static final int OPEN_MAX = 200;

  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  /** Adds a stream; returns false when too many are open, or when the server is stopping. */
  boolean open(EventStream stream) {
    if (ended || open.size() >= OPEN_MAX) {
      return false;
    }
    open.add(stream);
    if (ended) {
      stream.end();
    }
    return true;
  }

  void closed(EventStream stream) {
    open.remove(stream);
  }

  /** Makes each quiet stream check whether its client is still connected. */
  void beat() {
    open.forEach(EventStream::beat);
  }

  /** Ends all streams, including those that are opened later. */
  void end() {
    ended = true;
    open.forEach(EventStream::end);
  }

  int size() {
    return open.size();
  }
}
