package dev.holdfast.server.http.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.json.JsonWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the answer to one request.
 *
 * @param body the bytes of the body, which must not be changed any more; empty when {@code parts}
 *     make the body
 * @param contentType the content type; null when there is no body
 * @param parts make the body while it is sent; null when {@code body} is the whole body. They serve
 *     one reply, and the server closes them.
 */
@SuppressWarnings("ArrayRecordComponent")
public record Reply(
    int status,
    byte[] body,
    @Nullable String contentType,
    List<Header> headers,
    @Nullable BodyParts parts) {

  public static final String JSON = "application/json; charset=utf-8";

  private static final byte[] NOTHING = new byte[0];

  public Reply {
    headers = List.copyOf(headers);
  }

  /** Makes a reply whose body is in memory. */
  public Reply(int status, byte[] body, @Nullable String contentType, List<Header> headers) {
    this(status, body, contentType, headers, null);
  }

  /** Holds one response header line. */
  public record Header(String name, String value) {}

  public static Reply empty(int status) {
    return new Reply(status, NOTHING, null, List.of());
  }

  /** Returns a reply whose body is made while it is sent. */
  public static Reply streamed(int status, String contentType, BodyParts parts) {
    return new Reply(status, NOTHING, contentType, List.of(), parts);
  }

  /** Returns a reply that sends events until the stream ends or the client disconnects. */
  public static Reply events(EventStream stream) {
    return streamed(200, "text/event-stream; charset=utf-8", stream)
        .with("Cache-Control", "no-store")
        // A proxy that collects a reply before it passes it on would hold the events back.
        .with("X-Accel-Buffering", "no");
  }

  /** Returns a reply whose body is the JSON that the writer contains. */
  public static Reply json(int status, JsonWriter json) {
    return new Reply(status, json.bytes(), JSON, List.of());
  }

  /**
   * Returns a reply whose JSON is written in pieces; a long text is written while it is sent.
   *
   * @param json the writer that contains the beginning of the text
   * @param pieces writes the next piece to {@code json} and returns whether there is another one.
   *     One thread at a time calls it, and no thread calls it after the client has gone.
   */
  public static Reply json(int status, JsonWriter json, BooleanSupplier pieces) {
    return JsonParts.reply(status, json, pieces);
  }

  /** Returns a reply whose body is this JSON text. */
  public static Reply json(int status, String json) {
    return new Reply(status, json.getBytes(UTF_8), JSON, List.of());
  }

  /**
   * Returns a reply whose body is a JSON string with its quotes; some refusals of the durable API
   * have this form.
   */
  public static Reply jsonString(int status, String text) {
    return json(status, new JsonWriter().string(text));
  }

  /** Returns the error object of the durable API; the message names the cause and the cure. */
  public static Reply error(int status, String message) {
    return json(status, new JsonWriter().object().field("Message", message).end());
  }

  /** Returns the error object with the exception that caused it. */
  public static Reply error(int status, String message, Throwable cause) {
    return error(status, message, cause, String.valueOf(cause.getMessage()));
  }

  /**
   * Returns the error object with the exception that caused it, and with {@code words} instead of
   * the exception's message.
   */
  public static Reply error(int status, String message, Throwable cause, String words) {
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace, true));
    return json(
        status,
        new JsonWriter()
            .object()
            .field("Message", message)
            .field("ExceptionMessage", words)
            .field("ExceptionType", cause.getClass().getName())
            .field("StackTrace", trace.toString())
            .end());
  }

  /** Returns this reply with one more header line. */
  public Reply with(String name, String value) {
    List<Header> more = new ArrayList<>(headers.size() + 1);
    more.addAll(headers);
    more.add(new Header(name, value));
    return new Reply(status, body, contentType, more, parts);
  }

  public CompletableFuture<Reply> now() {
    return CompletableFuture.completedFuture(this);
  }
}
