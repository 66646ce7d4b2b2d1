package dev.holdfast.server.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinLogger;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The sockets of the HTTP front. Made, started, drained and closed once, in that order.
 *
 * <p>Javalin on Jetty; both are hidden behind {@link Endpoint}.
 */
public final class HttpServer implements AutoCloseable {
  private static final int THREADS_MAX = 64;
  private static final int THREADS_MIN = 8;

  static {
    // The host says what it serves; Javalin need not.
    JavalinLogger.startupInfo = false;
  }

  private final HttpServerConfig config;
  private final Site site;
  private final Front front;
  private final Javalin javalin;

  public HttpServer(HttpServerConfig config, Site site) {
    this.config = config;
    this.site = site;
    QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
    threads.setName("http");
    this.front = new Front(config, site, threads);
    this.javalin = Javalin.create(javalin -> configure(javalin, threads));
  }

  /**
   * Begins to listen.
   *
   * @return the port, also when the configuration left the choice to the system
   * @throws PortUnavailableException someone else has the port, or this process may not have it
   */
  public int start() {
    try {
      javalin.start();
    } catch (JavalinBindException e) {
      javalin.stop();
      throw new PortUnavailableException(unavailable(), e);
    }
    return javalin.port();
  }

  /**
   * Refuses new requests with 503 (health stays), answers those who wait for an instance, and
   * completes when every request under way is answered.
   */
  public CompletableFuture<Void> drain() {
    CompletableFuture<Void> drained = front.drain();
    site.releaseWaits();
    return drained;
  }

  /** Takes new requests again after {@link #drain}. */
  public void resume() {
    front.resume();
  }

  /** Whether new requests are refused. */
  public boolean isDraining() {
    return front.isDraining();
  }

  /** Cuts what is still open. Harmless when repeated. */
  @Override
  public void close() {
    javalin.stop();
  }

  private void configure(JavalinConfig javalin, QueuedThreadPool threads) {
    javalin.startup.showJavalinBanner = false;
    javalin.startup.showOldJavalinVersionWarning = false;
    javalin.startup.startupWatcherEnabled = false;
    javalin.http.compressionStrategy = CompressionStrategy.NONE;
    javalin.jetty.threadPool = threads;
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
    connector.setHost(config.bind());
    connector.setPort(config.port());
    connector.setIdleTimeout(config.limits().idle().toMillis());
    connector.addBean(new HeaderDeadline(connector, config.limits().headersWithin()));
    return connector;
  }

  private String unavailable() {
    return String.format(
        Locale.ROOT,
        "Port %d on %s is not available: another process has it, or this one may not have it. Stop"
            + " that process, or choose another port with --port.",
        config.port(),
        config.bind());
  }
}
