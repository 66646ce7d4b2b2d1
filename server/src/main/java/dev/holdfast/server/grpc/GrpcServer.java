package dev.holdfast.server.grpc;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.dispatch.Workforce;
import dev.holdfast.server.grpc.worker.Caller;
import dev.holdfast.server.grpc.worker.WorkItemCall;
import dev.holdfast.server.grpc.worker.Workers;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a task hub over gRPC: {@code TaskHubSidecarService}.
 *
 * <p>The server is started once, and later drained and closed; any thread may call {@link #drain}
 * and {@link #close}, also repeatedly.
 */
public final class GrpcServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("Host.Workers");

  /**
   * A connection may have this many open calls, which is far more than a client needs that waits
   * for many instances.
   */
  private static final int CALLS_PER_CONNECTION_MAX = 10_000;

  private static final int HANDSHAKE_SECONDS = 10;

  private final GrpcConfig config;
  private final Workers workers;
  private final TaskHubService service;
  private final CallCount calls = new CallCount();

  /**
   * Holds the server of the front and, when there is one, the server of the local port; empty until
   * the start.
   */
  private List<Server> servers = List.of();

  private @Nullable EventLoopGroup threads;

  /**
   * Creates a server that has not been started.
   *
   * @param hub answers the calls of clients
   * @param workforce the workforce that remote workers join
   * @param dice the random source of completion tokens; it must be cryptographically strong in
   *     production
   */
  public GrpcServer(GrpcConfig config, TaskHub hub, Workforce workforce, RandomGenerator dice) {
    this.config = config;
    this.workers = new Workers(workforce, config.workers(), dice);
    this.service =
        new TaskHubService(hub, workers, config.refuseLostEvents(), config.defaultVersion());
  }

  /** Returns the remote workers that are connected. */
  public Workers workers() {
    return workers;
  }

  /**
   * Binds the port and begins to serve.
   *
   * @return the bound port: the configured port or, if it is busy and not fixed, a free one
   * @throws PortBusyException the fixed port is in use; nothing was started
   * @throws TlsUnusableException a certificate or key cannot be used; nothing was started
   */
  public synchronized int start() throws IOException {
    if (!servers.isEmpty()) {
      throw new IllegalStateException("the gRPC server was started before");
    }
    Tls tls = config.access().tls();
    Certificates certificates = tls == null ? null : Certificates.read(tls);
    // One thread reads all sockets: calls only hand over to the hub, which never blocks, so more
    // threads would idle.
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("holdfast-grpc", true), NioIoHandler.newFactory());
    List<Server> started = new ArrayList<>();
    try {
      started.add(bindFront(group, certificates));
      Predicate<String> opensLocally = config.access().opensLocally();
      if (opensLocally != null) {
        started.add(localDoor(group, opensLocally).start());
      }
      pingFrom(group);
      if (tls != null && certificates != null) {
        repeat(group, certificates::refresh, tls.reloadEvery());
      }
      threads = group;
      servers = List.copyOf(started);
      return started.get(0).getPort();
    } catch (IOException | RuntimeException e) {
      started.forEach(Server::shutdownNow);
      stop(group);
      throw e;
    }
  }

  /**
   * Returns the port at which the app of this host reaches the service in plain text. It is the
   * local port or, when there is none, the common port.
   */
  public synchronized int localPort() {
    return servers.get(servers.size() - 1).getPort();
  }

  private Server bindFront(EventLoopGroup group, @Nullable Certificates certificates)
      throws IOException {
    try {
      return front(group, config.port(), certificates).start();
    } catch (IOException e) {
      if (!isBusy(e)) {
        throw e;
      }
      if (config.portFixed()) {
        throw new PortBusyException(config.port(), e);
      }
      return front(group, 0, certificates).start();
    }
  }

  private Server front(EventLoopGroup group, int port, @Nullable Certificates certificates) {
    NettyServerBuilder builder =
        builder(
            group,
            new InetSocketAddress(config.address(), port),
            certificates == null ? InsecureServerCredentials.create() : certificates.credentials());
    Predicate<String> opens = config.access().opens();
    if (opens != null) {
      // gRPC calls the interceptor that was added last before the others.
      builder.intercept(new Doorkeeper(opens));
    }
    return builder.build();
  }

  private Server localDoor(EventLoopGroup group, Predicate<String> opens) {
    return builder(
            group,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            InsecureServerCredentials.create())
        .intercept(new Doorkeeper(opens))
        .build();
  }

  private NettyServerBuilder builder(
      EventLoopGroup group, InetSocketAddress address, ServerCredentials credentials) {
    NettyServerBuilder builder = NettyServerBuilder.forAddress(address, credentials);
    String taskHub = config.taskHub();
    builder
        .intercept(new Admitting(config.admission()))
        .intercept(new Malformed())
        .intercept(calls)
        .intercept(Caller.interceptor());
    if (taskHub != null) {
      builder.intercept(new HubCheck(taskHub));
    }
    return builder
        .channelType(NioServerSocketChannel.class)
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .directExecutor()
        .maxInboundMessageSize(config.inboundBytesMax())
        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
        .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
        .maxConnectionIdle(config.idleConnectionFor().toMillis(), TimeUnit.MILLISECONDS)
        // Some SDKs ping often; the default limits would answer them GOAWAY too_many_pings.
        .permitKeepAliveTime(1, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        // A frozen or unplugged worker keeps its connection open, but answers no pings.
        .keepAliveTime(config.workers().silentFor().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(config.workers().answerWithin().toMillis(), TimeUnit.MILLISECONDS)
        .addService(
            Malformed.tolerant(WorkItemCall.in(service.bindService(), workers, group.next())));
  }

  /**
   * Runs the ping four times in each interval, so that no worker waits much longer than the
   * interval.
   */
  private void pingFrom(EventLoopGroup group) {
    repeat(group, workers::ping, config.workers().pingEvery().dividedBy(4));
    repeat(group, workers::look, config.workers().lookEvery());
  }

  private static void repeat(EventLoopGroup group, Runnable work, Duration every) {
    long millis = Math.max(1, every.toMillis());
    var unused =
        group.scheduleWithFixedDelay(() -> survive(work), millis, millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Runs one round and logs its exceptions, because the scheduler would stop the rounds after an
   * exception.
   */
  private static void survive(Runnable round) {
    try {
      round.run();
    } catch (Throwable e) {
      log.error("The watch over remote workers failed and goes on with its next round.", e);
    }
  }

  private static boolean isBusy(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  /**
   * Refuses new calls, ends the streams of workers and the calls that wait for an instance with
   * UNAVAILABLE, and lets all other calls end.
   *
   * @return whether all calls ended in time
   */
  public boolean drain(Duration atMost) throws InterruptedException {
    List<Server> running = running();
    if (running.isEmpty()) {
      return true;
    }
    running.forEach(Server::shutdown);
    workers.stop();
    service.releaseWaits();
    return calls.awaitNone(atMost);
  }

  /** Stops the server at once; running calls are cancelled. */
  @Override
  public void close() {
    List<Server> running = running();
    if (running.isEmpty()) {
      return;
    }
    running.forEach(Server::shutdownNow);
    workers.stop();
    service.releaseWaits();
    try {
      for (Server one : running) {
        // Two seconds are enough, because only the sockets are left to close.
        one.awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (threads != null) {
        stop(threads);
        threads = null;
      }
    }
  }

  private synchronized List<Server> running() {
    return servers;
  }

  private static void stop(EventLoopGroup group) {
    var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
