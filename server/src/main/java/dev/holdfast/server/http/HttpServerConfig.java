package dev.holdfast.server.http;

import dev.holdfast.server.admission.Admission;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How the HTTP front listens, and the limits by which it refuses rather than falls over.
 *
 * @param bind the address to listen on; loopback unless someone decided otherwise
 * @param port 0 takes a free one
 * @param useForwardedHost whether URLs we make come from {@code X-Forwarded-Proto} and {@code
 *     X-Forwarded-Host}; only behind a proxy that sets both
 * @param homepage whether {@code GET /} shows a page (else 204)
 * @param customHeaders added to every response
 * @param names further ones, beside localhost, under which it may be reached while no keys are
 *     required; without ports
 * @param tls speaks TLS on the port; null speaks plain text
 * @param admission bounds what all requests hold in memory together; over it is 503
 */
public record HttpServerConfig(
    String bind,
    int port,
    boolean useForwardedHost,
    boolean homepage,
    Map<String, String> customHeaders,
    Cors cors,
    Limits limits,
    Set<String> names,
    @Nullable Tls tls,
    Admission admission) {

  public HttpServerConfig {
    customHeaders = Map.copyOf(customHeaders);
    names = Set.copyOf(names);
  }

  /**
   * How TLS is spoken.
   *
   * @param context has the certificate
   * @param refresh takes up another one, when there is one; called now and then
   */
  public record Tls(SSLContext context, Runnable refresh) {}

  /** In plain text. */
  public HttpServerConfig(
      String bind,
      int port,
      boolean useForwardedHost,
      boolean homepage,
      Map<String, String> customHeaders,
      Cors cors,
      Limits limits,
      Set<String> names,
      Admission admission) {
    this(
        bind,
        port,
        useForwardedHost,
        homepage,
        customHeaders,
        cors,
        limits,
        names,
        null,
        admission);
  }

  /** The same by TLS; null by plain text. */
  public HttpServerConfig withTls(@Nullable Tls other) {
    return new HttpServerConfig(
        bind,
        port,
        useForwardedHost,
        homepage,
        customHeaders,
        cors,
        limits,
        names,
        other,
        admission);
  }

  /** With memory for requests as this process has it. */
  public HttpServerConfig(
      String bind,
      int port,
      boolean useForwardedHost,
      boolean homepage,
      Map<String, String> customHeaders,
      Cors cors,
      Limits limits) {
    this(
        bind,
        port,
        useForwardedHost,
        homepage,
        customHeaders,
        cors,
        limits,
        Set.of(),
        Admission.ofHeap());
  }

  /** Loopback, the given port, no CORS, every limit at its default. */
  public static HttpServerConfig local(int port) {
    return new HttpServerConfig("127.0.0.1", port, false, true, Map.of(), Cors.OFF, Limits.DEFAULT);
  }

  /**
   * Which pages of other origins may call.
   *
   * @param origins such as {@code http://localhost:3000}, or {@code *} for any; none sends no CORS
   *     header at all
   * @param credentials whether cookies and authorization may come along; not together with {@code
   *     *}
   */
  public record Cors(Set<String> origins, boolean credentials) {
    public static final Cors OFF = new Cors(Set.of(), false);

    public Cors {
      origins = Set.copyOf(origins);
      if (credentials && origins.contains("*")) {
        throw new IllegalArgumentException(
            "CORS cannot allow credentials to every origin ('*'): name the origins, or switch"
                + " CORSCredentials off.");
      }
    }
  }

  /**
   * Named limits.
   *
   * @param bodyBytes largest request body; over it is 413
   * @param headerBytes request line and headers together; over it is 431
   * @param outstandingRequests requests being answered at once; over it is 429
   * @param connections open at once; further ones wait to be accepted
   * @param idle how long a connection may say nothing
   * @param headersWithin how long a request may take until its headers are complete
   * @param bytesPerSecond slowest body that is waited for, judged after {@code headersWithin}
   * @param heldWaits requests that wait for an instance to end, at once; further ones get the
   *     check-status answer at once
   * @param waitMax the longest such wait
   */
  public record Limits(
      long bodyBytes,
      int headerBytes,
      int outstandingRequests,
      int connections,
      Duration idle,
      Duration headersWithin,
      int bytesPerSecond,
      int heldWaits,
      Duration waitMax) {

    /** 100 MiB a body, as the product. */
    public static final Limits DEFAULT =
        new Limits(
            100L << 20,
            32 << 10,
            10_000,
            10_000,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            1024,
            500,
            Duration.ofSeconds(230));

    public Limits withBodyBytes(long bytes) {
      return new Limits(
          bytes,
          headerBytes,
          outstandingRequests,
          connections,
          idle,
          headersWithin,
          bytesPerSecond,
          heldWaits,
          waitMax);
    }

    public Limits withOutstandingRequests(int requests) {
      return new Limits(
          bodyBytes,
          headerBytes,
          requests,
          connections,
          idle,
          headersWithin,
          bytesPerSecond,
          heldWaits,
          waitMax);
    }

    /** Time limits for clients that are slow on purpose. */
    public Limits withPatience(Duration idle, Duration headersWithin) {
      return new Limits(
          bodyBytes,
          headerBytes,
          outstandingRequests,
          connections,
          idle,
          headersWithin,
          bytesPerSecond,
          heldWaits,
          waitMax);
    }
  }
}
