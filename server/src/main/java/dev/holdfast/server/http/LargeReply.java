package dev.holdfast.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingNestedCallback;

/**
 * Writes a body as fast as its client reads it, without a thread that waits for the client. The
 * body is written in parts, because the JDK makes a copy of each part before it passes the part to
 * the socket.
 */
final class LargeReply extends IteratingNestedCallback {
  /** Bodies of at most this many bytes are written at once. */
  static final int ABOVE = 24 << 10;

  private static final int CHUNK = 128 << 10;

  private final Response response;
  private final byte[] body;
  private int at;

  /**
   * Creates the object that writes one body.
   *
   * @param callback is completed when the last byte has been handed over, and fails when the client
   *     has gone
   */
  LargeReply(Response response, byte[] body, Callback callback) {
    super(callback);
    this.response = response;
    this.body = body;
  }

  @Override
  protected Action process() {
    if (at == body.length) {
      return Action.SUCCEEDED;
    }
    int length = Math.min(CHUNK, body.length - at);
    ByteBuffer part = ByteBuffer.wrap(body, at, length);
    at += length;
    response.write(at == body.length, part, this);
    return Action.SCHEDULED;
  }
}
