package dev.holdfast.server.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Writes a body as fast as its reader takes it, without a thread that waits for him. */
final class LargeReply implements WriteListener {
  /** What Jetty gathers without blocking; bodies above this are written here. */
  static final int ABOVE = 24 << 10;

  private static final int CHUNK = 128 << 10;

  private final ServletOutputStream out;
  private final byte[] body;
  private final CompletableFuture<Void> written = new CompletableFuture<>();
  private int at;

  private LargeReply(ServletOutputStream out, byte[] body) {
    this.out = out;
    this.body = body;
  }

  /** Completes when the last byte was handed over, or exceptionally when the reader is gone. */
  static CompletableFuture<Void> write(ServletOutputStream out, byte[] body) {
    LargeReply reply = new LargeReply(out, body);
    out.setWriteListener(reply);
    return reply.written;
  }

  @Override
  public void onWritePossible() throws IOException {
    while (out.isReady()) {
      if (at == body.length) {
        written.complete(null);
        return;
      }
      int length = Math.min(CHUNK, body.length - at);
      int from = at;
      at += length;
      out.write(body, from, length);
    }
  }

  @Override
  public void onError(Throwable failure) {
    written.completeExceptionally(failure);
  }
}
