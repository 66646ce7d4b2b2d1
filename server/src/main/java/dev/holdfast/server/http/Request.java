package dev.holdfast.server.http;

import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One HTTP request whose body has arrived. Used by one thread at a time. */
public final class Request {

  /** The header lines of a request. */
  public interface Headers {
    /** The first line of that name (any case), null when there is none. */
    @Nullable String get(String name);

    /** Every line, in order. */
    void each(BiConsumer<String, String> line);
  }

  private final String method;
  private final String path;
  private final Query query;
  private final String origin;
  private final String remoteAddress;
  private final Headers headers;
  private final byte[] body;

  /**
   * @param method upper case
   * @param path as sent, not decoded, beginning with a slash
   * @param origin scheme and authority under which the client knows us, e.g. {@code
   *     http://localhost:7071}
   * @param remoteAddress the peer's address, without port
   */
  public Request(
      String method,
      String path,
      Query query,
      String origin,
      String remoteAddress,
      Headers headers,
      byte[] body) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.origin = origin;
    this.remoteAddress = remoteAddress;
    this.headers = headers;
    this.body = body;
  }

  public String method() {
    return method;
  }

  public String path() {
    return path;
  }

  public Query query() {
    return query;
  }

  public String origin() {
    return origin;
  }

  public String remoteAddress() {
    return remoteAddress;
  }

  public Headers headers() {
    return headers;
  }

  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** Never changed by anyone. */
  public byte[] body() {
    return body;
  }

  /** The URL as the client sent it. */
  public String url() {
    return query.raw().isEmpty() ? origin + path : origin + path + "?" + query.raw();
  }

  /** The media type without parameters, lower case; "" when none was sent. */
  public String mediaType() {
    String type = header("Content-Type");
    if (type == null) {
      return "";
    }
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
  }

  /**
   * The body as text: in the character set that was named, else UTF-8, without a byte order mark.
   *
   * @throws RequestRefused 400, when the bytes are not text of that set
   */
  public String text() {
    return BodyText.of(body, header("Content-Type"));
  }
}
