package dev.holdfast.server.http.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to one client as they happen, in the format of server-sent events, which browsers
 * read with {@code EventSource}.
 *
 * <p>Any thread may send; sending never blocks. Events that the client has not read yet are kept up
 * to {@link #UNREAD_BYTES_MAX} bytes. A client that falls further behind is disconnected, and a
 * browser then opens a new stream by itself; a stream must therefore begin with the whole state and
 * not with a change.
 */
public final class EventStream implements BodyParts {

  /** A client may leave this many bytes of events unread. */
  public static final int UNREAD_BYTES_MAX = 256 << 10;

  /**
   * Clients ignore a comment. It shows them that the stream has begun, and it shows the server
   * whether they are still connected.
   */
  private static final byte[] COMMENT = ":\n\n".getBytes(UTF_8);

  private final Deque<Event> unread = new ArrayDeque<>();
  private final Runnable onClose;
  private int unreadBytes;
  private @Nullable CompletableFuture<Optional<ByteBuffer>> asked;
  private boolean sentSinceBeat;
  private boolean begun;
  private boolean ended;

  /**
   * Creates a stream.
   *
   * @param onClose runs once, on any thread, when the stream has no reader any more
   */
  public EventStream(Runnable onClose) {
    this.onClose = onClose;
  }

  private record Event(String name, ByteBuffer text) {}

  /**
   * Sends an event after all earlier ones.
   *
   * @param name the type for which the client listens; it must be one line
   * @param data the text that the client gets, usually JSON
   * @return false when the stream has ended, so that further events are useless
   */
  public boolean send(String name, String data) {
    return add(new Event(name, format(name, data)), false);
  }

  /**
   * Sends an event that replaces those events of the same name that the client has not read yet.
   * This suits events that contain a whole state: a slow client gets fewer of them, and is never
   * disconnected because of them.
   *
   * @return false when the stream has ended, so that further events are useless
   */
  public boolean sendLatest(String name, String data) {
    return add(new Event(name, format(name, data)), true);
  }

  /** Ends the stream; the client still gets the events that were sent before. */
  public void end() {
    CompletableFuture<Optional<ByteBuffer>> waiting;
    synchronized (this) {
      ended = true;
      waiting = asked;
      asked = null;
    }
    if (waiting != null) {
      waiting.complete(Optional.empty());
    }
  }

  /**
   * Sends a comment when nothing was sent since the last call, because only a write shows that a
   * client has gone. The server calls this every few seconds.
   */
  public void beat() {
    CompletableFuture<Optional<ByteBuffer>> waiting;
    synchronized (this) {
      waiting = sentSinceBeat ? null : asked;
      sentSinceBeat = false;
      if (waiting != null) {
        asked = null;
      }
    }
    if (waiting != null) {
      waiting.complete(Optional.of(ByteBuffer.wrap(COMMENT)));
    }
  }

  @Override
  public synchronized CompletableFuture<Optional<ByteBuffer>> next() {
    boolean first = !begun;
    begun = true;
    if (!unread.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.of(takeUnread()));
    }
    if (ended) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    if (first) {
      // The server sends the head of the reply with the first part, and the client waits for the
      // head.
      return CompletableFuture.completedFuture(Optional.of(ByteBuffer.wrap(COMMENT)));
    }
    CompletableFuture<Optional<ByteBuffer>> later = new CompletableFuture<>();
    asked = later;
    return later;
  }

  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      asked = null;
      unread.clear();
      unreadBytes = 0;
    }
    onClose.run();
  }

  private boolean add(Event event, boolean replacing) {
    CompletableFuture<Optional<ByteBuffer>> waiting;
    ByteBuffer part;
    synchronized (this) {
      if (ended) {
        return false;
      }
      if (replacing) {
        removeUnread(event.name());
      }
      if (!unread.isEmpty() && unreadBytes + event.text().remaining() > UNREAD_BYTES_MAX) {
        // The client cannot find out which events it has missed, so it must connect again.
        ended = true;
        return false;
      }
      unread.add(event);
      unreadBytes += event.text().remaining();
      waiting = asked;
      if (waiting == null) {
        return true;
      }
      asked = null;
      part = takeUnread();
    }
    waiting.complete(Optional.of(part));
    return true;
  }

  private void removeUnread(String name) {
    for (Iterator<Event> events = unread.iterator(); events.hasNext(); ) {
      Event event = events.next();
      if (event.name().equals(name)) {
        unreadBytes -= event.text().remaining();
        events.remove();
      }
    }
  }

  private ByteBuffer takeUnread() {
    ByteBuffer part = ByteBuffer.allocate(unreadBytes);
    unread.forEach(event -> part.put(event.text()));
    unread.clear();
    unreadBytes = 0;
    sentSinceBeat = true;
    return part.flip();
  }

  private static ByteBuffer format(String name, String data) {
    if (name.isEmpty() || name.chars().anyMatch(c -> c == '\n' || c == '\r')) {
      throw new IllegalArgumentException("expected the name of an event in one line, not: " + name);
    }
    StringBuilder text = new StringBuilder(data.length() + name.length() + 32);
    text.append("event: ").append(name).append('\n');
    data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
    return UTF_8.encode(text.append('\n').toString());
  }
}
