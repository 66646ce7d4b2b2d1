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

/**
 * Writes a body that is made part by part, as fast as its client reads it. No thread waits for the
 * client or for the next part.
 */
final class StreamedReply extends IteratingNestedCallback {
  private final Response response;
  private final BodyParts parts;
  private final Executor threads;
  private boolean last;

  /**
   * @param callback is completed when the last byte was handed over, and fails when the client is
   *     gone or the body cannot be made
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
    CompletableFuture<Optional<ByteBuffer>> next = parts.next();
    if (next.isDone() && !next.isCompletedExceptionally()) {
      write(next.join());
    } else {
      var unused =
          next.thenAcceptAsync(this::write, threads)
              .whenComplete((sent, failure) -> failUnlessSent(failure));
    }
    return Action.SCHEDULED;
  }

  private void failUnlessSent(@Nullable Throwable failure) {
    if (failure != null) {
      failed(failure);
    }
  }

  private void write(Optional<ByteBuffer> part) {
    last = part.isEmpty();
    response.write(last, part.orElseGet(() -> ByteBuffer.allocate(0)), this);
  }
}
