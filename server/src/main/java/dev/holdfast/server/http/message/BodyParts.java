package dev.holdfast.server.http.message;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Gives the bytes of a body part by part, so that a long body never stands in memory as a whole and
 * an endless one can be sent at all.
 *
 * <p>The server asks for a part only when the client has taken the part before. A slow reader
 * therefore costs the memory of one part, and no thread.
 */
public interface BodyParts {

  /**
   * Returns the next part, which is not empty, or nothing after the last one. A part must not be
   * changed after it was given away.
   *
   * <p>It is called again only when the part before was handed to the client's connection, and
   * never after {@link #close}. It may read a file, but must not wait: a part that does not exist
   * yet is a future that is completed later, on any thread. A failed future cuts the connection,
   * because the client has seen the beginning of the body already.
   */
  CompletableFuture<Optional<ByteBuffer>> next();

  /**
   * Releases what the body holds. It is called once, after the last part or when the client is
   * gone, on any thread.
   */
  void close();
}
