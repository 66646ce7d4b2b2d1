package dev.holdfast.server.http;

import dev.holdfast.core.RefusedException;
import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.admission.Admission.Claim;
import dev.holdfast.server.http.areas.Area;
import dev.holdfast.server.http.message.BodyParts;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.EventStream;
import dev.holdfast.server.http.message.Query;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.message.RequestRefused;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects Jetty to the endpoints of this host: it converts Jetty's requests, refuses requests that
 * exceed a limit, and writes replies on the server's own threads, so that an engine thread that
 * completes a future is free again at once.
 */
final class Front implements BodyReader.Next {
  private static final Logger log = LoggerFactory.getLogger("Host.Http");

  private final HttpServerConfig config;
  private final Endpoint site;
  private final Function<Request, Area.Open> openTo;
  private final CrossOrigin crossOrigin;
  private final HttpThreads threads;
  private final Admission admission;
  private final EventStreams eventStreams = new EventStreams();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile Door door = Door.OPEN;

  /** Says which requests are let in. */
  private enum Door {
    /** Every request is let in. */
    OPEN,
    /**
     * Only requests for the health of the host and for its control are let in, until {@link
     * #resume}.
     */
    DRAINED,
    /** Only requests for the health of the host are let in from now on. */
    STOPPING
  }

  /**
   * Creates a front that lets every request in.
   *
   * @param openTo decides in which states of the host a request is answered
   */
  Front(
      HttpServerConfig config,
      Endpoint site,
      Function<Request, Area.Open> openTo,
      HttpThreads threads) {
    this.config = config;
    this.site = site;
    this.openTo = openTo;
    this.crossOrigin = new CrossOrigin(config.cors());
    this.threads = threads;
    this.admission = config.admission();
  }

  /**
   * Refuses new requests from now on, except those that control the host or ask for its health. A
   * front that is stopping keeps stopping.
   */
  synchronized void drain() {
    if (door == Door.OPEN) {
      door = Door.DRAINED;
    }
  }

  /**
   * Refuses all new requests permanently, except those for the health of the host, and ends all
   * event streams. The future completes when the last current request has its whole answer.
   */
  synchronized CompletableFuture<Void> stop() {
    door = Door.STOPPING;
    eventStreams.end();
    if (outstanding.get() == 0) {
      stopped.complete(null);
    }
    return stopped;
  }

  /**
   * Takes requests again after {@link #drain}.
   *
   * @return false when the front is stopping, which cannot be undone
   */
  synchronized boolean resume() {
    if (door == Door.STOPPING) {
      return false;
    }
    door = Door.OPEN;
    return true;
  }

  EventStreams eventStreams() {
    return eventStreams;
  }

  boolean isDraining() {
    return door != Door.OPEN;
  }

  @Override
  public void handle(
      org.eclipse.jetty.server.Request from, Response response, Callback callback, byte[] body) {
    Claim claim = admission.open();
    // The claim ends when the reply is written and not when it is made, because its bytes take
    // memory until then.
    org.eclipse.jetty.server.Request.addCompletionListener(from, failure -> claim.close());
    Request request = request(from, body, claim);
    CompletableFuture<Reply> reply = admit(request, from);
    if (reply.isDone()) {
      Reply done = reply.join();
      if (done.parts() != null) {
        from.addIdleTimeoutListener(timeout -> false);
      }
      send(response, request, done, callback);
      return;
    }
    // A client that waits for an instance, or for the next event, is not idle. A client that does
    // not read is idle, and a write to it that makes no progress still fails.
    from.addIdleTimeoutListener(timeout -> false);
    var unused =
        reply
            .thenAcceptAsync(done -> send(response, request, done, callback), threads)
            .whenComplete((sent, failure) -> failUnlessSent(callback, failure));
  }

  private static void failUnlessSent(Callback callback, @Nullable Throwable failure) {
    if (failure != null) {
      callback.failed(failure);
    }
  }

  /** Lets a request in and answers it; the future never completes exceptionally. */
  private CompletableFuture<Reply> admit(Request request, org.eclipse.jetty.server.Request from) {
    if (outstanding.incrementAndGet() > config.limits().outstandingRequests()) {
      leave();
      return tooMany().now();
    }
    Reply preflight = crossOrigin.preflight(request);
    if (preflight != null) {
      leave();
      return preflight.now();
    }
    Reply closed = closed(request);
    if (closed != null) {
      leave();
      return closed.now();
    }
    // A request counts until its reply is written, because a front that has stopped may be closed
    // at once.
    org.eclipse.jetty.server.Request.addCompletionListener(from, failure -> leave());
    CompletableFuture<Reply> answer;
    try {
      answer = site.handle(request);
    } catch (RuntimeException | StackOverflowError e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer.handle((reply, failure) -> failure == null ? reply : refusal(request, failure));
  }

  private void leave() {
    if (outstanding.decrementAndGet() == 0 && door == Door.STOPPING) {
      stopped.complete(null);
    }
  }

  /** Returns the answer to a request that is not let in now; null when the request is let in. */
  private @Nullable Reply closed(Request request) {
    Door now = door;
    if (now == Door.OPEN) {
      return null;
    }
    Area.Open open = openTo.apply(request);
    return switch (now) {
      case OPEN -> null;
      case DRAINED -> open == Area.Open.UNTIL_DRAINED ? drained() : null;
      case STOPPING -> open == Area.Open.ALWAYS ? null : stopping();
    };
  }

  private void send(Response response, Request request, Reply reply, Callback callback) {
    BodyParts parts = reply.parts();
    if (parts != null) {
      stream(response, request, reply, parts, callback);
      return;
    }
    head(response, request, reply);
    if (!mayHaveBody(reply)) {
      response.write(true, ByteBuffer.allocate(0), callback);
    } else if (reply.body().length <= LargeReply.ABOVE) {
      response.write(true, ByteBuffer.wrap(reply.body()), callback);
    } else {
      request.claim().settle(reply.body().length);
      new LargeReply(response, reply.body(), callback).iterate();
    }
  }

  private void stream(
      Response response, Request request, Reply reply, BodyParts parts, Callback callback) {
    Callback closing = Callback.from(callback, () -> close(parts));
    if (parts instanceof EventStream events && !eventStreams.open(events)) {
      send(response, request, tooManyStreams(), closing);
      return;
    }
    try {
      head(response, request, reply);
    } catch (RuntimeException | Error e) {
      closing.failed(e);
      return;
    }
    if (!mayHaveBody(reply)) {
      response.write(true, ByteBuffer.allocate(0), closing);
    } else if (request.method().equals("HEAD")) {
      // An empty part that is not the last one prevents Jetty from sending the length 0.
      Callback rest =
          Callback.from(
              () -> response.write(true, ByteBuffer.allocate(0), closing), closing::failed);
      response.write(false, ByteBuffer.allocate(0), rest);
    } else {
      new StreamedReply(response, parts, threads, closing).iterate();
    }
  }

  private void close(BodyParts parts) {
    if (parts instanceof EventStream events) {
      eventStreams.closed(events);
    }
    try {
      parts.close();
    } catch (RuntimeException e) {
      log.warn("What a reply was made from could not be released", e);
    }
  }

  private static boolean mayHaveBody(Reply reply) {
    return reply.status() != 204 && reply.status() != 304;
  }

  private void head(Response response, Request request, Reply reply) {
    response.setStatus(reply.status());
    HttpFields.Mutable headers = response.getHeaders();
    config.customHeaders().forEach(headers::put);
    if (reply.contentType() != null) {
      headers.put(HttpHeader.CONTENT_TYPE, reply.contentType());
    }
    crossOrigin.mark(request, headers::put);
    if (request.query().raw().contains("code=")) {
      // The URL is a secret, so it must neither be stored nor be sent to sites to which a link
      // leads.
      headers.put("Cache-Control", "no-store");
      headers.put("Referrer-Policy", "no-referrer");
    }
    own(headers, reply.headers());
    if (mayHaveBody(reply) && reply.parts() == null) {
      headers.put(HttpHeader.CONTENT_LENGTH, reply.body().length);
    }
  }

  /** Adds the headers of the reply itself, which replace the headers that every response gets. */
  private static void own(HttpFields.Mutable headers, List<Reply.Header> own) {
    if (own.isEmpty()) {
      return;
    }
    Set<String> said = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (Reply.Header header : own) {
      String vary = header.name().equalsIgnoreCase("Vary") ? headers.get(HttpHeader.VARY) : null;
      if (vary != null) {
        // Both values list what the response depends on, so the header needs both.
        headers.put(HttpHeader.VARY, vary + ", " + header.value());
      } else if (said.add(header.name())) {
        headers.put(header.name(), header.value());
      } else {
        headers.add(header.name(), header.value());
      }
    }
  }

  private Request request(org.eclipse.jetty.server.Request from, byte[] body, Claim claim) {
    String path = from.getHttpURI().getPath();
    return new Request(
        from.getMethod().toUpperCase(Locale.ROOT),
        path == null ? "" : path,
        new Query(from.getHttpURI().getQuery()),
        origin(from),
        org.eclipse.jetty.server.Request.getRemoteAddr(from),
        new JettyHeaders(from.getHeaders()),
        body,
        claim);
  }

  private String origin(org.eclipse.jetty.server.Request from) {
    HttpFields headers = from.getHeaders();
    if (config.useForwardedHost()) {
      String scheme = first(headers.get("X-Forwarded-Proto"));
      String host = first(headers.get("X-Forwarded-Host"));
      if (scheme != null && host != null) {
        return scheme + "://" + host;
      }
    }
    String host = headers.get(HttpHeader.HOST);
    if (host == null || host.isEmpty()) {
      host =
          org.eclipse.jetty.server.Request.getServerName(from)
              + ":"
              + org.eclipse.jetty.server.Request.getServerPort(from);
    }
    return from.getHttpURI().getScheme() + "://" + host;
  }

  private static @Nullable String first(@Nullable String list) {
    if (list == null) {
      return null;
    }
    int comma = list.indexOf(',');
    String value = (comma < 0 ? list : list.substring(0, comma)).trim();
    return value.isEmpty() ? null : value;
  }

  private static Reply refusal(Request request, Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof RequestRefused refused) {
      return refused.reply();
    }
    if (cause instanceof RefusedException refused) {
      return Refusals.reply(refused);
    }
    log.error("{} {} failed", request.method(), request.path(), cause);
    return Reply.error(500, "Something went wrong while processing your request", cause);
  }

  private static Reply drained() {
    return Reply.error(
            503,
            "This host was drained and takes no new requests; what runs goes on."
                + " POST /admin/host/resume makes it take them again.")
        .with("Retry-After", "5");
  }

  private static Reply stopping() {
    return Reply.error(
            503, "This host is stopping and takes no new requests. Try again once it is back.")
        .with("Retry-After", "5")
        .with("Connection", "close");
  }

  private static Reply tooManyStreams() {
    return Reply.error(
            503,
            String.format(
                Locale.ROOT,
                "The host sends events to %d clients already, which is the most, or it is stopping."
                    + " Close a page that shows events, and try again.",
                EventStreams.OPEN_MAX))
        .with("Retry-After", "5");
  }

  private Reply tooMany() {
    return Reply.error(
            429,
            String.format(
                Locale.ROOT,
                "More than %d requests are being answered at this moment"
                    + " (maxOutstandingRequests). Try again in a second.",
                config.limits().outstandingRequests()))
        .with("Retry-After", "1");
  }

  private record JettyHeaders(HttpFields fields) implements Request.Headers {
    @Override
    public @Nullable String get(String name) {
      HttpField field = fields.getField(name);
      return field == null ? null : text(field);
    }

    @Override
    public void each(BiConsumer<String, String> line) {
      for (HttpField field : fields) {
        line.accept(field.getName(), text(field));
      }
    }

    private static String text(HttpField field) {
      String value = field.getValue();
      return value == null ? "" : HeaderText.of(value);
    }
  }
}
