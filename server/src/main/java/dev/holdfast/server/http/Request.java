package dev.holdfast.server.http;

import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.admission.Admission.Claim;
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

  private static final Claim NO_CLAIM = new Admission(0).open();

  private static final Headers NO_HEADERS =
      new Headers() {
        @Override
        public @Nullable String get(String name) {
          return null;
        }

        @Override
        public void each(BiConsumer<String, String> line) {}
      };

  private final String method;
  private final String path;
  private final Query query;
  private final String origin;
  private final String remoteAddress;
  private final Headers headers;
  private final byte[] body;
  private final Claim claim;

  /**
   * @param method upper case
   * @param path as sent, not decoded, beginning with a slash
   * @param origin scheme and authority under which the client knows us, e.g. {@code
   *     http://localhost:7071}
   * @param remoteAddress the peer's address, without port
   * @param claim of the memory that it takes, its body left out, until its reply is written
   */
  public Request(
      String method,
      String path,
      Query query,
      String origin,
      String remoteAddress,
      Headers headers,
      byte[] body,
      Claim claim) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.origin = origin;
    this.remoteAddress = remoteAddress;
    this.headers = headers;
    this.body = body;
    this.claim = claim;
  }

  /** One of which only these two things matter. */
  static Request of(String method, String path) {
    return new Request(method, path, new Query(null), "", "", NO_HEADERS, new byte[0], NO_CLAIM);
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

  /** Of the memory that is needed to answer it. */
  public Claim claim() {
    return claim;
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
