package dev.holdfast.functions.outgoing;

import dev.holdfast.functions.outgoing.OutgoingRequest.Header;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the destinations that {@link Destinations} allows.
 *
 * <p>A host is looked up once; all its addresses are checked, and the connection uses these
 * addresses. This class follows redirects itself, and checks each of them like the first request.
 * Any thread may use the class; {@link #send} blocks.
 */
final class OutgoingHttp implements AutoCloseable {
  private static final int REDIRECTS_MAX = 5;
  private static final int CONNECTIONS_MAX = 256;
  private static final int CONNECTIONS_MAX_EACH = 64;
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /**
   * Only these headers may follow a redirect to another origin; any other header could be a secret.
   */
  private static final Set<String> HARMLESS =
      Set.of("accept", "accept-language", "content-type", "user-agent");

  /**
   * Holds the answer to a request.
   *
   * @param content the body as text; empty when there is none
   */
  record Reply(int status, List<Header> headers, String content) {}

  private final Destinations destinations;
  private final DnsResolver names;
  private final int bodyMax;
  private final CloseableHttpClient client;
  private static final ThreadLocal<@Nullable URI> ASKED = new ThreadLocal<>();

  /**
   * Holds the address on which this host listens, while the thread calls a function of the host's
   * own app.
   */
  private static final ThreadLocal<@Nullable InetAddress> OWN = new ThreadLocal<>();

  private final ScheduledExecutorService alarm =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "outgoing-alarm");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Creates the client.
   *
   * @param bodyMax the maximum size of an answer in bytes, after decompression
   */
  OutgoingHttp(Destinations destinations, DnsResolver names, int bodyMax) {
    this.destinations = destinations;
    this.names = names;
    this.bodyMax = bodyMax;
    this.client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new CheckingResolver())
                    .setMaxConnTotal(CONNECTIONS_MAX)
                    .setMaxConnPerRoute(CONNECTIONS_MAX_EACH)
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(Timeout.of(CONNECT))
                            .setValidateAfterInactivity(Timeout.ofSeconds(2))
                            .build())
                    .build())
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .setUserAgent("Holdfast")
            .build();
  }

  /** Resolves every host name of this client, and refuses addresses that are not allowed. */
  private final class CheckingResolver implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress own = OWN.get();
      if (own != null) {
        return new InetAddress[] {own};
      }
      InetAddress[] addresses = names.resolve(host);
      URI uri = ASKED.get();
      if (uri == null || !destinations.isNamed(uri)) {
        for (InetAddress address : addresses) {
          if (!Destinations.isPublic(address)) {
            throw new OutgoingException(
                "%s is refused: it leads to %s, which is no public address%s"
                    .formatted(
                        uri == null ? host : uri,
                        address.getHostAddress(),
                        uri == null ? "" : Destinations.cure(uri)));
          }
        }
      }
      return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  /**
   * Sends the request and waits for the whole answer, with any status.
   *
   * @throws OutgoingException the request was not sent, or its answer is not accepted
   * @throws IOException the request may have been sent, and there is no answer
   */
  Reply send(OutgoingRequest request) throws IOException {
    AtomicBoolean late = new AtomicBoolean();
    long deadline = System.nanoTime() + request.timeout().toNanos();
    OutgoingRequest next = request;
    for (int hops = 0; hops <= REDIRECTS_MAX; hops++) {
      Reply reply;
      try {
        reply = once(next, deadline, late);
      } catch (IOException e) {
        throw late.get()
            ? new IOException("no answer from " + next.uri() + " within " + request.timeout(), e)
            : e;
      }
      OutgoingRequest redirected = redirected(next, reply);
      if (redirected == null) {
        return reply;
      }
      next = redirected;
    }
    throw new OutgoingException(
        request.uri() + " leads from redirect to redirect, more than " + REDIRECTS_MAX);
  }

  private Reply once(OutgoingRequest request, long deadline, AtomicBoolean late)
      throws IOException {
    InetAddress own = destinations.own(request);
    String objection = own == null ? destinations.objection(request.uri()) : null;
    if (objection != null) {
      throw new OutgoingException(request.uri() + " is refused: " + objection);
    }
    HttpUriRequestBase wire = new HttpUriRequestBase(request.method(), request.uri());
    request.headers().forEach(header -> wire.addHeader(header.name(), header.value()));
    if (request.content() != null) {
      wire.setEntity(
          new ByteArrayEntity(request.content().getBytes(StandardCharsets.UTF_8), type(request)));
    }
    long left = Math.max(1, deadline - System.nanoTime());
    wire.setConfig(
        RequestConfig.custom()
            .setConnectionRequestTimeout(left, TimeUnit.NANOSECONDS)
            .setResponseTimeout(left, TimeUnit.NANOSECONDS)
            .build());
    ScheduledFuture<?> end =
        alarm.schedule(
            () -> {
              late.set(true);
              wire.abort();
            },
            left,
            TimeUnit.NANOSECONDS);
    ASKED.set(request.uri());
    OWN.set(own);
    try {
      return client.execute(wire, this::reply);
    } finally {
      ASKED.remove();
      OWN.remove();
      end.cancel(false);
    }
  }

  private static @Nullable ContentType type(OutgoingRequest request) {
    boolean said =
        request.headers().stream().anyMatch(it -> it.name().equalsIgnoreCase("content-type"));
    return said ? null : ContentType.APPLICATION_JSON;
  }

  private Reply reply(ClassicHttpResponse response) throws IOException {
    List<Header> headers = new ArrayList<>();
    for (org.apache.hc.core5.http.Header header : response.getHeaders()) {
      headers.add(new Header(header.getName(), header.getValue()));
    }
    HttpEntity entity = response.getEntity();
    return new Reply(response.getCode(), headers, entity == null ? "" : text(entity));
  }

  private String text(HttpEntity entity) throws IOException {
    ContentType type = ContentType.parseLenient(entity.getContentType());
    Charset charset = type == null ? null : type.getCharset();
    try (InputStream body = entity.getContent()) {
      byte[] bytes = body.readNBytes(bodyMax + 1);
      if (bytes.length > bodyMax) {
        throw new OutgoingException(
            "the answer has more than %d bytes; let an activity of your own fetch it and keep it elsewhere"
                .formatted(bodyMax));
      }
      return new String(bytes, charset == null ? StandardCharsets.UTF_8 : charset);
    }
  }

  /** Returns the request to which the reply redirects; null when the reply is the answer. */
  private static @Nullable OutgoingRequest redirected(OutgoingRequest request, Reply reply) {
    String location =
        reply.headers().stream()
            .filter(header -> header.name().equalsIgnoreCase("location"))
            .map(Header::value)
            .findFirst()
            .orElse(null);
    boolean same = reply.status() == 307 || reply.status() == 308;
    boolean other = reply.status() >= 301 && reply.status() <= 303;
    if (location == null || !(same || other)) {
      return null;
    }
    URI to;
    try {
      to = request.uri().resolve(location);
    } catch (IllegalArgumentException e) {
      return null;
    }
    boolean keepsMethod = same || request.method().equals("GET") || request.method().equals("HEAD");
    return new OutgoingRequest(
        keepsMethod ? request.method() : "GET",
        to,
        sameOrigin(request.uri(), to)
            ? request.headers()
            : request.headers().stream()
                .filter(header -> HARMLESS.contains(header.name().toLowerCase(Locale.ROOT)))
                .toList(),
        keepsMethod ? request.content() : null,
        request.timeout());
  }

  private static boolean sameOrigin(URI from, URI to) {
    return String.valueOf(from.getScheme()).equalsIgnoreCase(to.getScheme())
        && String.valueOf(from.getHost()).equalsIgnoreCase(to.getHost())
        && Destinations.port(from) == Destinations.port(to);
  }

  @Override
  public void close() {
    alarm.shutdownNow();
    client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
  }
}
