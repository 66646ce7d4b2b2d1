package dev.holdfast.server.http.message;

import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.admission.Admission.Claim;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Represents one HTTP request whose body has arrived. Only one thread at a time may use it. */
public final class Request {

  /** Gives access to the header lines of a request. */
  public interface Headers {
    /**
     * Returns the value of the first line with that name, in any case, or null when there is none.
     */
    @Nullable String get(String name);

    /** Passes the name and the value of every line to {@code line}, in order. */
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
   * Creates a request.
   *
   * @param method the method in upper case
   * @param path the raw path, not decoded, beginning with a slash
   * @param origin the scheme and authority under which the client knows this host, for example
   *     {@code http://localhost:7071}
   * @param remoteAddress the peer's address, without a port
   * @param claim counts the memory that the request takes, except for its body, until its reply is
   *     written
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

  /** Returns a request for checks that look only at the method and the path. */
  public static Request of(String method, String path) {
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

  /** Returns the bytes of the body, which must not be changed. */
  public byte[] body() {
    return body;
  }

  /** Returns the claim for the memory that the answer needs. */
  public Claim claim() {
    return claim;
  }

  /** Returns the URL as the client sent it. */
  public String url() {
    return query.raw().isEmpty() ? origin + path : origin + path + "?" + query.raw();
  }

  /**
   * Returns the media type of the body without parameters, in lower case; "" when the request names
   * none.
   */
  public String mediaType() {
    String type = header("Content-Type");
    if (type == null) {
      return "";
    }
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the body as text without a byte order mark, decoded by the character set that the
   * request names, or by UTF-8 when it names none.
   *
   * @throws RequestRefused 400, when the bytes are not valid in that character set
   */
  public String text() {
    return BodyText.of(body, header("Content-Type"));
  }
}
