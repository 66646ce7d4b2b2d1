package dev.holdfast.server.http;

import dev.holdfast.server.http.message.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the sockets of the HTTP front. A server is made, started, drained and closed once, in that
 * order.
 *
 * <p>Jetty serves the sockets; {@link Endpoint} hides it from the rest of the code.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("Host.Http");
  private static final int BACKLOG = 1024;
  private static final String LOOPBACK6 = "::1";
  private static final int REFRESH_SECONDS = 10;
  private static final int BEAT_SECONDS = 10;

  private final HttpServerConfig config;
  private final Site site;
  private final Front front;
  private final Server server;
  private volatile int localPort;

  public HttpServer(HttpServerConfig config, Site site) {
    this(config, site, site);
  }

  /**
   * Creates a server that has not been started.
   *
   * @param endpoint answers the requests; it is the site itself, except in tests
   */
  HttpServer(HttpServerConfig config, Site site, Endpoint endpoint) {
    this.config = config;
    this.site = site;
    this.front = new Front(config, endpoint, site::open, site.threads());
    this.server = new Server(site.threads().pool());
    configure(server);
  }

  /**
   * Begins to listen.
   *
   * @return the port, including one that the system has chosen
   * @throws PortUnavailableException another process has the port, or this process has no right to
   *     it
   */
  public int start() {
    ServerSocketChannel listening = listen(config.bind(), config.port());
    try {
      ServerConnector connector = connector(listening, config.tls());
      server.addConnector(connector);
      server.start();
      int port = connector.getLocalPort();
      localPort = port;
      listenOnOtherLoopback(port);
      each(BEAT_SECONDS, front.eventStreams()::beat);
      if (config.tls() != null) {
        localPort = listenInPlainText();
        each(REFRESH_SECONDS, config.tls().refresh());
      }
      return port;
    } catch (RuntimeException e) {
      close();
      throw e;
    } catch (Exception e) {
      close();
      throw new IllegalStateException("The HTTP server could not be started", e);
    }
  }

  /**
   * Returns the port at which programs on this machine reach the server in plain text, on loopback.
   * It differs from the common port when the common port speaks TLS, because its certificate does
   * not name localhost.
   */
  public int localPort() {
    return localPort;
  }

  EventStreams eventStreams() {
    return front.eventStreams();
  }

  private int listenInPlainText() {
    ServerConnector connector = connector(listen("127.0.0.1", 0), null);
    begin(connector);
    return connector.getLocalPort();
  }

  /** Runs a short task repeatedly while the server runs, even after an exception of the task. */
  private void each(int seconds, Runnable task) {
    Scheduler scheduler = server.getConnectors()[0].getScheduler();
    var unused =
        scheduler.schedule(
            () -> {
              if (server.isRunning()) {
                try {
                  task.run();
                } finally {
                  each(seconds, task);
                }
              }
            },
            seconds,
            TimeUnit.SECONDS);
  }

  private void begin(ServerConnector connector) {
    server.addConnector(connector);
    try {
      connector.start();
    } catch (Exception e) {
      throw new IllegalStateException("A connector could not be started", e);
    }
  }

  /**
   * Listens on ::1 as well. The name localhost stands for both loopback addresses, and some clients
   * try only the IPv6 one. A machine without that address needs no second socket.
   */
  private void listenOnOtherLoopback(int port) {
    if (!config.bind().equals("127.0.0.1") && !config.bind().equalsIgnoreCase("localhost")) {
      return;
    }
    ServerSocketChannel other;
    try {
      other = listen(LOOPBACK6, port);
    } catch (PortUnavailableException e) {
      // A port that the system chose may be busy on ::1; a port that the user chose may not.
      if (config.port() != 0
          && e.getCause() instanceof BindException taken
          && String.valueOf(taken.getMessage()).contains("in use")) {
        throw e;
      }
      log.debug("This machine has no {}", LOOPBACK6, e);
      return;
    }
    begin(connector(other, config.tls()));
  }

  /** Binds a socket without Jetty, so that a failure has a reason and a message of its own. */
  private static ServerSocketChannel listen(String address, int port) {
    try {
      ServerSocketChannel channel = ServerSocketChannel.open();
      try {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        return channel.bind(new InetSocketAddress(address, port), BACKLOG);
      } catch (IOException | UnresolvedAddressException e) {
        channel.close();
        throw unavailable(address, port, e);
      }
    } catch (IOException e) {
      throw unavailable(address, port, e);
    }
  }

  /**
   * Refuses new requests with 503, except those for the health and the control of the host, and
   * answers the requests that wait for an instance. {@link #resume} undoes this. A repeated call,
   * or a call during the stop, does no harm.
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
   * Refuses new requests with 503 permanently, except those for the health of the host, and answers
   * the requests that wait for an instance. The future completes when every current request is
   * answered.
   */
  public CompletableFuture<Void> stop() {
    CompletableFuture<Void> stopped = front.stop();
    site.releaseWaits();
    return stopped;
  }

  /** Returns whether new requests are refused. */
  public boolean isDraining() {
    return front.isDraining();
  }

  /** Cuts all connections that are still open. A repeated close does no harm. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      log.warn("The HTTP server did not stop cleanly; the process may end all the same", e);
    }
  }

  private HttpConfiguration spoken() {
    HttpConfiguration http = new HttpConfiguration();
    http.setRequestHeaderSize(config.limits().headerBytes());
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    // With this setting Jetty passes paths on undecoded; the class Paths decodes them strictly, and
    // reports errors in the host's own form.
    http.setUriCompliance(UriCompliance.UNSAFE);
    return http;
  }

  private void configure(Server server) {
    // One handler serves every verb and path, so that unusual verbs and paths also reach the
    // routing of this host.
    server.setHandler(new BodyReader(config.limits(), config.admission(), site.metrics(), front));
    server.setErrorHandler(new JettyErrors(config.limits()));
    server.addBean(new NetworkConnectionLimit(config.limits().connections(), server));
    server.setStopTimeout(0);
  }

  private ServerConnector connector(
      ServerSocketChannel channel, HttpServerConfig.@Nullable Tls tls) {
    ServerConnector connector = new ServerConnector(server, 1, 1, protocols(spoken(), tls));
    try {
      connector.open(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    connector.setIdleTimeout(config.limits().idle().toMillis());
    connector.addBean(new HeaderDeadline(connector, config.limits().headersWithin()));
    return connector;
  }

  private static ConnectionFactory[] protocols(
      HttpConfiguration http, HttpServerConfig.@Nullable Tls tls) {
    HttpConnectionFactory spoken = new HttpConnectionFactory(http);
    if (tls == null) {
      return new ConnectionFactory[] {spoken};
    }
    SslContextFactory.Server secured = new SslContextFactory.Server();
    secured.setSslContext(tls.context());
    // A client whose server name differs from the names in the certificate has already accepted the
    // certificate, so the check is off.
    http.addCustomizer(new SecureRequestCustomizer(false));
    return new ConnectionFactory[] {
      new SslConnectionFactory(secured, spoken.getProtocol()), spoken
    };
  }

  private static PortUnavailableException unavailable(String address, int port, Exception cause) {
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
    return new PortUnavailableException(String.format(Locale.ROOT, message, port, address), cause);
  }
}
