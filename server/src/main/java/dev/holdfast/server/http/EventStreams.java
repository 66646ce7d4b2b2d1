package dev.holdfast.server.http;

import dev.holdfast.server.http.message.EventStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the event streams that are open, so that their number has a bound and all can be ended. */
final class EventStreams {
  /** So many streams may be open at once. */
  static final int OPEN_MAX = 200;

  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  /** Takes up a stream; returns false when there are too many, or when the server is stopping. */
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

  /** Lets each quiet stream find out whether its client is still there. */
  void beat() {
    open.forEach(EventStream::beat);
  }

  /** Ends all streams, also those that are opened later. */
  void end() {
    ended = true;
    open.forEach(EventStream::end);
  }

  int size() {
    return open.size();
  }
}
