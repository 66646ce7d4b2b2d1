package dev.holdfast.server.http;

import dev.holdfast.core.RefusedException;
import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.admission.Admission.Claim;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between Javalin and our endpoints: turns its contexts into requests, refuses what is over a
 * limit, and writes replies on the server's own threads, so that an engine thread that completes a
 * future is free again at once.
 */
final class Front {
  private static final Logger log = LoggerFactory.getLogger("Host.Http");
  private static final byte[] NOTHING = new byte[0];

  private final HttpServerConfig config;
  private final Site site;
  private final CrossOrigin crossOrigin;
  private final HttpThreads threads;
  private final Admission admission;
  private final AtomicInteger outstanding = new AtomicInteger();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile Door door = Door.OPEN;

  /** What is let in. */
  private enum Door {
    /** Everything. */
    OPEN,
    /** Health, and what steers the host: {@link #resume} opens it again. */
    DRAINED,
    /** Health only, for good. */
    STOPPING
  }

  Front(HttpServerConfig config, Site site, HttpThreads threads) {
    this.config = config;
    this.site = site;
    this.crossOrigin = new CrossOrigin(config.cors());
    this.threads = threads;
    this.admission = config.admission();
  }

  /**
   * Refuses new requests from now on, but for those that steer the host. One that is stopping stays
   * as it is.
   */
  synchronized void drain() {
    if (door == Door.OPEN) {
      door = Door.DRAINED;
    }
  }

  /**
   * Refuses all new requests but health from now on, for good; completes when the last one under
   * way has its whole answer.
   */
  synchronized CompletableFuture<Void> stop() {
    door = Door.STOPPING;
    if (outstanding.get() == 0) {
      stopped.complete(null);
    }
    return stopped;
  }

  /**
   * Takes requests again after {@link #drain}.
   *
   * @return false when it is stopping, which nothing undoes
   */
  synchronized boolean resume() {
    if (door == Door.STOPPING) {
      return false;
    }
    door = Door.OPEN;
    return true;
  }

  boolean isDraining() {
    return door != Door.OPEN;
  }

  void handle(Context ctx) {
    ctx.skipRemainingHandlers();
    Claim claim = admission.open();
    Request request = request(ctx.req(), claim);
    // Not when the reply is there: its bytes are held until they are written.
    org.eclipse.jetty.server.Request.addCompletionListener(
        ServletContextRequest.getServletContextRequest(ctx.req()), failure -> claim.close());
    CompletableFuture<Reply> reply = admit(request, ctx.req());
    if (reply.isDone() && isSmall(reply.join())) {
      write(ctx.res(), request, reply.join());
      return;
    }
    ctx.future(() -> reply.thenComposeAsync(done -> send(ctx.res(), request, done), threads));
  }

  /** Never completes exceptionally. */
  private CompletableFuture<Reply> admit(Request request, HttpServletRequest raw) {
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
    // Not when the reply is there: a front that is cut once it has stopped must have written it,
    // too.
    org.eclipse.jetty.server.Request.addCompletionListener(
        ServletContextRequest.getServletContextRequest(raw), failure -> leave());
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

  /** What a request is told that is not let in now; null when it is. */
  private @Nullable Reply closed(Request request) {
    return switch (door) {
      case OPEN -> null;
      case DRAINED -> Site.servesDrained(request) ? null : drained();
      case STOPPING -> HealthEndpoints.serves(request) ? null : stopping();
    };
  }

  private CompletableFuture<?> send(HttpServletResponse response, Request request, Reply reply) {
    if (isSmall(reply)) {
      write(response, request, reply);
      return CompletableFuture.completedFuture(null);
    }
    request.claim().settle(reply.body().length);
    head(response, request, reply);
    try {
      return LargeReply.write(response.getOutputStream(), reply.body());
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void write(HttpServletResponse response, Request request, Reply reply) {
    head(response, request, reply);
    if (reply.body().length > 0 && mayHaveBody(reply)) {
      try {
        response.getOutputStream().write(reply.body());
      } catch (IOException e) {
        log.debug("The client of {} {} is gone", request.method(), request.path(), e);
      }
    }
  }

  private static boolean isSmall(Reply reply) {
    return reply.body().length <= LargeReply.ABOVE || !mayHaveBody(reply);
  }

  private static boolean mayHaveBody(Reply reply) {
    return reply.status() != 204 && reply.status() != 304;
  }

  private void head(HttpServletResponse response, Request request, Reply reply) {
    response.setStatus(reply.status());
    response.setContentType(null); // Javalin has put one there.
    config.customHeaders().forEach(response::setHeader);
    contentType(response, reply.contentType());
    crossOrigin.mark(request, response::setHeader);
    if (request.query().raw().contains("code=")) {
      // The URL is a secret: it must not be kept, nor told to where a link leads.
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("Referrer-Policy", "no-referrer");
    }
    own(response, reply.headers());
    if (mayHaveBody(reply)) {
      response.setContentLength(reply.body().length);
    }
  }

  /** What is said of the reply itself wins over what is said of every response. */
  private static void own(HttpServletResponse response, List<Reply.Header> headers) {
    Set<String> said = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (Reply.Header header : headers) {
      if (header.name().equalsIgnoreCase("Vary") && response.getHeader("Vary") != null) {
        // Lists what the response depends on, so that neither says all.
        response.setHeader("Vary", response.getHeader("Vary") + ", " + header.value());
      } else if (said.add(header.name())) {
        response.setHeader(header.name(), header.value());
      } else {
        response.addHeader(header.name(), header.value());
      }
    }
  }

  /** Past the servlet layer, which would rewrite the text. */
  private static void contentType(HttpServletResponse response, @Nullable String type) {
    if (type != null) {
      ServletContextResponse.getServletContextResponse(response)
          .getWrapped()
          .getHeaders()
          .put(HttpHeader.CONTENT_TYPE, type);
    }
  }

  private Request request(HttpServletRequest from, Claim claim) {
    byte[] body = (byte[]) from.getAttribute(BodyReader.BODY);
    return new Request(
        from.getMethod().toUpperCase(Locale.ROOT),
        from.getRequestURI(),
        new Query(from.getQueryString()),
        origin(from),
        from.getRemoteAddr(),
        new ServletHeaders(from),
        body == null ? NOTHING : body,
        claim);
  }

  private String origin(HttpServletRequest from) {
    if (config.useForwardedHost()) {
      String scheme = first(from.getHeader("X-Forwarded-Proto"));
      String host = first(from.getHeader("X-Forwarded-Host"));
      if (scheme != null && host != null) {
        return scheme + "://" + host;
      }
    }
    String host = from.getHeader("Host");
    if (host == null || host.isEmpty()) {
      host = from.getServerName() + ":" + from.getServerPort();
    }
    return from.getScheme() + "://" + host;
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

  private record ServletHeaders(HttpServletRequest from) implements Request.Headers {
    @Override
    public @Nullable String get(String name) {
      String value = from.getHeader(name);
      return value == null ? null : HeaderText.of(value);
    }

    @Override
    public void each(BiConsumer<String, String> line) {
      for (String name : Collections.list(from.getHeaderNames())) {
        for (String value : Collections.list(from.getHeaders(name))) {
          line.accept(name, HeaderText.of(value));
        }
      }
    }
  }

  /** What an operator may want to know at a glance. */
  Map<String, Integer> counts() {
    return Map.of("outstanding", outstanding.get());
  }
}
