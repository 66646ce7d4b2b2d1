package dev.holdfast.server.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinLogger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of the HTTP front. Made, started, drained and closed once, in that order.
 *
 * <p>Javalin on Jetty; both are hidden behind {@link Endpoint}.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);
  private static final int BACKLOG = 1024;

  static {
    // The host says what it serves; Javalin need not.
    JavalinLogger.startupInfo = false;
  }

  private final HttpServerConfig config;
  private final Site site;
  private final Front front;
  private final Javalin javalin;
  private @Nullable ServerSocketChannel listening;

  public HttpServer(HttpServerConfig config, Site site) {
    this.config = config;
    this.site = site;
    this.front = new Front(config, site, site.threads());
    this.javalin = Javalin.create(this::configure);
  }

  /**
   * Begins to listen.
   *
   * @return the port, also when the configuration left the choice to the system
   * @throws PortUnavailableException someone else has the port, or this process may not have it
   */
  public int start() {
    listening = listen();
    try {
      javalin.start();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    return javalin.port();
  }

  /** By ourselves, before anything else runs: what goes wrong here has reasons of its own. */
  private ServerSocketChannel listen() {
    try {
      ServerSocketChannel channel = ServerSocketChannel.open();
      try {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        return channel.bind(new InetSocketAddress(config.bind(), config.port()), BACKLOG);
      } catch (IOException | UnresolvedAddressException e) {
        channel.close();
        throw unavailable(e);
      }
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  /**
   * Refuses new requests with 503, but for health and what steers the host, and answers those who
   * wait for an instance. {@link #resume} undoes it. Harmless when repeated, or while stopping.
   */
  public void drain() {
    front.drain();
    site.releaseWaits();
  }

  /** Takes new requests again after {@link #drain}; does nothing after {@link #stop}. */
  public void resume() {
    if (front.resume()) {
      site.holdWaits();
    }
  }

  /**
   * Refuses new requests with 503 (health stays) for good, answers those who wait for an instance,
   * and completes when every request under way is answered.
   */
  public CompletableFuture<Void> stop() {
    CompletableFuture<Void> stopped = front.stop();
    site.releaseWaits();
    return stopped;
  }

  /** Whether new requests are refused. */
  public boolean isDraining() {
    return front.isDraining();
  }

  /** Cuts what is still open. Harmless when repeated. */
  @Override
  public void close() {
    try {
      javalin.jettyServer().server().stop();
    } catch (Exception e) {
      log.warn("The HTTP server did not stop cleanly; the process may end all the same", e);
    }
  }

  private void configure(JavalinConfig javalin) {
    javalin.startup.showJavalinBanner = false;
    javalin.startup.showOldJavalinVersionWarning = false;
    javalin.startup.startupWatcherEnabled = false;
    javalin.http.compressionStrategy = CompressionStrategy.NONE;
    javalin.jetty.threadPool = site.threads().pool();
    javalin.jetty.modifyHttpConfiguration(this::configure);
    javalin.jetty.modifyServer(this::configure);
    javalin.jetty.addConnector(this::connector);
    // One handler for every verb and path: routing is ours, so that odd verbs and paths reach it.
    javalin.routes.before(front::handle);
  }

  private void configure(HttpConfiguration http) {
    http.setRequestHeaderSize(config.limits().headerBytes());
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    // Paths are taken as they come and decoded by Paths, strictly, with errors of our own.
    http.setUriCompliance(UriCompliance.UNSAFE);
  }

  private void configure(Server server) {
    server.setHandler(new BodyReader(config.limits()));
    server.setErrorHandler(new JettyErrors(config.limits()));
    server.addBean(new NetworkConnectionLimit(config.limits().connections(), server));
    server.setStopTimeout(0);
  }

  private ServerConnector connector(Server server, HttpConfiguration http) {
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    try {
      connector.open(Objects.requireNonNull(listening, "start() listens first"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    connector.setIdleTimeout(config.limits().idle().toMillis());
    connector.addBean(new HeaderDeadline(connector, config.limits().headersWithin()));
    return connector;
  }

  private PortUnavailableException unavailable(Exception cause) {
    String reason = String.valueOf(cause.getMessage());
    String message;
    if (cause instanceof UnresolvedAddressException || reason.contains("assign requested")) {
      message = "This machine has no address '%2$s' to listen on. Give --bind one that it has.";
    } else if (reason.contains("denied")) {
      message =
          "Port %1$d on %2$s needs privileges that this process does not have. Choose one above 1023"
              + " with --port.";
    } else {
      message =
          "Port %1$d on %2$s is in use by another process. Stop that process, or choose another port"
              + " with --port.";
    }
    return new PortUnavailableException(
        String.format(Locale.ROOT, message, config.port(), config.bind()), cause);
  }
}
