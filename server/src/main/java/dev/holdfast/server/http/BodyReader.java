package dev.holdfast.server.http;

import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.metrics.Metrics;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * Passes a request on only when its whole body has arrived, so that no thread ever waits for a
 * body.
 */
final class BodyReader extends Handler.Abstract {
  private static final byte[] NOTHING = new byte[0];
  private static final int FIRST_CHUNK = 64 << 10;

  private final HttpServerConfig.Limits limits;

  private final Admission admission;

  private final Metrics metrics;

  private final Next next;

  /** Handles a request whose body has arrived. */
  interface Next {
    /**
     * Answers the request now or later.
     *
     * @param callback is completed when the whole answer has been handed over, or cannot be
     * @param body the bytes of the body, which must not be changed; empty when there is no body
     */
    void handle(Request request, Response response, Callback callback, byte[] body);
  }

  BodyReader(HttpServerConfig.Limits limits, Admission admission, Metrics metrics, Next next) {
    this.limits = limits;
    this.admission = admission;
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    long began = NanoTime.now();
    Request.addCompletionListener(
        request, failure -> metrics.answered(response.getStatus(), NanoTime.since(began)));
    HttpFields headers = request.getHeaders();
    long length = headers.getLongField(HttpHeader.CONTENT_LENGTH);
    if (length <= 0 && !headers.contains(HttpHeader.TRANSFER_ENCODING)) {
      next.handle(request, response, callback, NOTHING);
      return true;
    }
    if (length > limits.bodyBytes() && !worthReadingOn(headers, length)) {
      refuse(response, callback, tooLarge());
      return true;
    }
    new Reading(request, response, callback, length).read(true);
    return true;
  }

  /**
   * Returns whether a body that is too large should be read to its end. A client that is already
   * sending would not read an answer before it has sent all; a client that asks first ({@code
   * Expect}) gets its answer at once.
   */
  private boolean worthReadingOn(HttpFields headers, long length) {
    return length <= 2 * limits.bodyBytes() && !headers.contains(HttpHeader.EXPECT);
  }

  private void proceed(Request request, Response response, Callback callback, byte[] body) {
    try {
      next.handle(request, response, callback, body);
    } catch (Throwable e) {
      Response.writeError(request, response, callback, e);
    }
  }

  private Reply tooLarge() {
    return Reply.error(
        413,
        String.format(
            Locale.ROOT,
            "The request body is larger than the limit of %d bytes. Store the data elsewhere and"
                + " send its address.",
            limits.bodyBytes()));
  }

  private Reply crowded() {
    return Reply.error(503, admission.crowded()).with("Retry-After", "1");
  }

  private Reply tooSlow() {
    return Reply.error(
        408,
        String.format(
            Locale.ROOT,
            "The request body arrived slower than %d bytes a second. Send it faster.",
            limits.bytesPerSecond()));
  }

  private static void refuse(Response response, Callback callback, Reply reply) {
    response.setStatus(reply.status());
    if (reply.contentType() != null) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
    }
    reply.headers().forEach(header -> response.getHeaders().put(header.name(), header.value()));
    response.write(true, ByteBuffer.wrap(reply.body()), callback);
  }

  /**
   * Reads one body. The steps of the reading never overlap, because each demand causes one step.
   */
  private final class Reading implements Invocable.Task {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Admission.Claim claim = admission.open();
    private final long began = NanoTime.now();
    private byte[] bytes;
    private int size;

    /**
     * Holds an answer that was decided before the end of the body; the rest of the body is read and
     * dropped.
     */
    private @Nullable Reply refusal;

    private long dropped;
    private long arrived;

    Reading(Request request, Response response, Callback callback, long length) {
      this.request = request;
      this.response = response;
      this.callback = callback;
      this.bytes = new byte[length > 0 && length < FIRST_CHUNK ? (int) length : FIRST_CHUNK];
      if (length > limits.bodyBytes()) {
        refusal = tooLarge();
      }
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }

    @Override
    public void run() {
      read(false);
    }

    /**
     * Reads all bytes that have arrived, and demands a further step while bytes are missing.
     *
     * @param mayBlock whether this thread may also run the code after the reading, which may block
     */
    void read(boolean mayBlock) {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          if (isTooSlow()) {
            done(refusal == null ? tooSlow() : refusal, mayBlock);
          } else {
            request.demand(this);
          }
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          failed(chunk.getFailure());
          return;
        }
        take(chunk);
        boolean last = chunk.isLast();
        chunk.release();
        if (last || dropped > limits.bodyBytes()) {
          done(refusal, mayBlock);
          return;
        }
      }
    }

    private void take(Content.Chunk chunk) {
      int more = chunk.remaining();
      arrived += more;
      if (refusal == null && size + (long) more > limits.bodyBytes()) {
        drop(tooLarge());
      }
      if (refusal == null && !claim.tryTake(more)) {
        drop(crowded());
      }
      if (refusal != null) {
        dropped += more;
        return;
      }
      if (size + more > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(size + more, grown()));
      }
      chunk.getByteBuffer().get(bytes, size, more);
      size += more;
    }

    private int grown() {
      return (int) Math.min(bytes.length * 2L, limits.bodyBytes());
    }

    private void drop(Reply why) {
      refusal = why;
      release();
    }

    private void release() {
      claim.close();
      size = 0;
      bytes = new byte[0];
    }

    private boolean isTooSlow() {
      long seconds = NanoTime.secondsSince(began);
      return seconds > limits.headersWithin().toSeconds()
          && arrived / seconds < limits.bytesPerSecond();
    }

    private void done(@Nullable Reply refusal, boolean mayBlock) {
      Reply refused = refusal;
      // The memory for copies is claimed only now. With an earlier claim, many bodies that arrive
      // at the same time could block each other forever.
      if (refused == null && !claim.tryTake((Admission.COPIES - 1L) * size)) {
        refused = crowded();
      }
      if (refused != null) {
        release();
        refuse(response, callback, refused);
        return;
      }
      byte[] body = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
      Callback releasing = Callback.from(callback, this::release);
      if (mayBlock) {
        proceed(request, response, releasing, body);
      } else {
        request.getContext().execute(() -> proceed(request, response, releasing, body));
      }
    }

    private void failed(Throwable failure) {
      release();
      if (failure instanceof TimeoutException) {
        refuse(response, callback, tooSlow());
      } else {
        callback.failed(failure);
      }
    }
  }
}
