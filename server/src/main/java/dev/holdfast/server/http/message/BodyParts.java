package dev.holdfast.server.http.message;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Supplies the bytes of a body in parts, so that a long body is never in memory as a whole and an
 * endless body can be sent.
 *
 * <p>The server requests a part only when the client has taken the previous one. A slow reader
 * therefore costs the memory of one part, and no thread.
 */
public interface BodyParts {

  /**
   * Returns the next part, which is not empty, or nothing after the last part. A part must not be
   * changed after it has been returned.
   *
   * <p>The method is called again only when the previous part has been handed to the client's
   * connection, and never after {@link #close}. It may read a file, but must not wait: for a part
   * that does not exist yet it returns a future that is completed later, on any thread. A failed
   * future closes the connection, because the client has already received the beginning of the
   * body.
   */
  CompletableFuture<Optional<ByteBuffer>> next();

  /**
   * Releases the resources of the body. The method is called once, on any thread, after the last
   * part or when the client has gone.
   */
  void close();
}
