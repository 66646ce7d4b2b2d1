package dev.holdfast.server.http;

import dev.holdfast.server.http.message.BodyParts;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingNestedCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a body that is made in parts, as fast as the client reads it. No thread waits for the
 * client or for the next part.
 */
final class StreamedReply extends IteratingNestedCallback {
  private static final Logger log = LoggerFactory.getLogger("Host.Http");

  private static final int SLICE_BYTES = 128 << 10;

  private final Response response;
  private final BodyParts parts;
  private final Executor threads;
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private boolean last;

  /**
   * Creates the object that writes one body.
   *
   * @param callback is completed when the last byte has been handed over, and fails when the client
   *     has gone or the body cannot be made
   */
  StreamedReply(Response response, BodyParts parts, Executor threads, Callback callback) {
    super(callback);
    this.response = response;
    this.parts = parts;
    this.threads = threads;
  }

  @Override
  protected Action process() {
    if (last) {
      return Action.SUCCEEDED;
    }
    if (rest.hasRemaining()) {
      writeSlice();
      return Action.SCHEDULED;
    }
    CompletableFuture<Optional<ByteBuffer>> next = next();
    if (next.isDone() && !next.isCompletedExceptionally()) {
      write(next.join());
    } else {
      var unused =
          next.thenAcceptAsync(this::write, threads)
              .whenComplete((sent, failure) -> failUnlessSent(failure));
    }
    return Action.SCHEDULED;
  }

  /** Requests the next part of the body; a failure is logged, because the client cannot be told. */
  private CompletableFuture<Optional<ByteBuffer>> next() {
    try {
      return parts.next();
    } catch (RuntimeException | Error e) {
      log.error("A reply could not be made to its end, so its connection is cut", e);
      throw e;
    }
  }

  private void failUnlessSent(@Nullable Throwable failure) {
    if (failure != null) {
      failed(failure);
    }
  }

  private void write(Optional<ByteBuffer> part) {
    last = part.isEmpty();
    rest = part.orElseGet(() -> ByteBuffer.allocate(0));
    writeSlice();
  }

  /** Writes a slice of the part, because the JDK makes a copy of the whole buffer that it gets. */
  private void writeSlice() {
    ByteBuffer from = rest;
    int length = Math.min(from.remaining(), SLICE_BYTES);
    ByteBuffer slice = from.slice(from.position(), length);
    from.position(from.position() + length);
    response.write(last, slice, this);
  }
}
