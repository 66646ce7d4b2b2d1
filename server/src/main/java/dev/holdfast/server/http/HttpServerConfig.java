package dev.holdfast.server.http;

import dev.holdfast.server.admission.Admission;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Configures the sockets of the HTTP front, and the limits beyond which it refuses requests.
 *
 * @param bind the address to listen on; loopback unless the user chose another
 * @param port the port; 0 means a free port
 * @param useForwardedHost whether URLs in replies are built from {@code X-Forwarded-Proto} and
 *     {@code X-Forwarded-Host}; true is right only behind a proxy that sets both
 * @param homepage whether {@code GET /} shows a page (otherwise 204)
 * @param customHeaders headers that are added to every response
 * @param names further names, beside localhost, under which the host may be reached while no keys
 *     are required; without ports
 * @param tls the certificate for TLS; null means plain text
 * @param admission limits the memory that all requests hold together; a request beyond the limit
 *     gets 503
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
   * Holds the certificate for TLS.
   *
   * @param context the context that contains the certificate
   * @param refresh reads the certificate again if it has changed; the server calls it every few
   *     seconds
   */
  public record Tls(SSLContext context, Runnable refresh) {}

  /** Makes a configuration without TLS. */
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

  /** Returns this configuration with TLS, or with plain text when {@code other} is null. */
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

  /**
   * Makes a configuration without TLS or further names, whose requests together may take the
   * default part of this process's heap.
   */
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

  /**
   * Returns a configuration for loopback with the given port, no CORS and every limit at its
   * default.
   */
  public static HttpServerConfig local(int port) {
    return new HttpServerConfig("127.0.0.1", port, false, true, Map.of(), Cors.OFF, Limits.DEFAULT);
  }

  /**
   * Says which pages of other origins may call this host.
   *
   * @param origins the allowed origins, for example {@code http://localhost:3000}, or {@code *} for
   *     any; an empty set sends no CORS header at all
   * @param credentials whether cookies and authorization may be sent along; not allowed together
   *     with {@code *}
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
   * Holds the limits of the HTTP front.
   *
   * @param bodyBytes the size of the largest request body; a larger one gets 413
   * @param headerBytes the maximum size of the request line and the headers together; a larger
   *     request gets 431
   * @param outstandingRequests how many requests may be handled at once; further ones get 429
   * @param connections how many connections may be open at once; further ones wait to be accepted
   * @param idle how long a connection may be silent
   * @param headersWithin how long a request may take until its headers are complete
   * @param bytesPerSecond the lowest rate at which a body may arrive, measured after {@code
   *     headersWithin}
   * @param heldWaits how many requests may wait at once for an instance to end; further ones get
   *     the check-status answer at once
   * @param waitMax the longest time for which a request waits for an instance to end
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

    /** These are the defaults; a body may have 100 MiB, as in Azure Functions. */
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

    /** Returns these limits with other limits for slow clients. */
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
