package dev.holdfast.server.http.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.json.JsonWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Holds the answer to one request.
 *
 * @param body must not be changed after it was given away
 * @param contentType null when there is no body to describe
 */
@SuppressWarnings("ArrayRecordComponent")
public record Reply(int status, byte[] body, @Nullable String contentType, List<Header> headers) {

  public static final String JSON = "application/json; charset=utf-8";

  private static final byte[] NOTHING = new byte[0];

  public Reply {
    headers = List.copyOf(headers);
  }

  /** Holds one response header line. */
  public record Header(String name, String value) {}

  public static Reply empty(int status) {
    return new Reply(status, NOTHING, null, List.of());
  }

  /** Returns a reply whose body is JSON already. */
  public static Reply json(int status, String json) {
    return new Reply(status, json.getBytes(UTF_8), JSON, List.of());
  }

  /**
   * Returns a reply whose body is a JSON string with its quotes; some refusals of the durable API
   * have this form.
   */
  public static Reply jsonString(int status, String text) {
    return json(status, new JsonWriter().string(text).toString());
  }

  /**
   * Returns the error object of the durable API; the message says what was wrong and what to do.
   */
  public static Reply error(int status, String message) {
    return json(status, new JsonWriter().object().field("Message", message).end().toString());
  }

  /** Returns the error object with the exception that caused it. */
  public static Reply error(int status, String message, Throwable cause) {
    return error(status, message, cause, String.valueOf(cause.getMessage()));
  }

  /**
   * Returns the error object with the exception that caused it, and with {@code words} in place of
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
            .end()
            .toString());
  }

  /** Returns this reply with one more header line. */
  public Reply with(String name, String value) {
    List<Header> more = new ArrayList<>(headers.size() + 1);
    more.addAll(headers);
    more.add(new Header(name, value));
    return new Reply(status, body, contentType, more);
  }

  public CompletableFuture<Reply> now() {
    return CompletableFuture.completedFuture(this);
  }
}
