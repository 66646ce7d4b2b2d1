package dev.holdfast.server.grpc;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.Workforce;
import dev.holdfast.server.grpc.worker.Caller;
import dev.holdfast.server.grpc.worker.WorkItemCall;
import dev.holdfast.server.grpc.worker.Workers;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC front of a task hub: {@code TaskHubSidecarService} in plain text.
 *
 * <p>Start it once, then {@link #drain} and {@link #close} it; both may be called from any thread
 * and more than once.
 */
public final class GrpcServer implements AutoCloseable {
  private final GrpcConfig config;
  private final Workers workers;
  private final TaskHubService service;
  private final CallCount calls = new CallCount();
  private @Nullable Server server;
  private @Nullable EventLoopGroup threads;

  /**
   * @param hub answers clients
   * @param workforce is joined by remote workers
   * @param dice for completion tokens; cryptographically strong in production
   */
  public GrpcServer(GrpcConfig config, TaskHub hub, Workforce workforce, RandomGenerator dice) {
    this.config = config;
    this.workers = new Workers(workforce, config.workers(), dice);
    this.service = new TaskHubService(hub, workers, config.refuseLostEvents());
  }

  /** The remote workers that are connected. */
  public Workers workers() {
    return workers;
  }

  /**
   * Binds and serves.
   *
   * @return the port that was bound: the wanted one or, if that is busy and not fixed, a free one
   * @throws PortBusyException the fixed port is in use; nothing was started
   */
  public synchronized int start() throws IOException {
    if (server != null) {
      throw new IllegalStateException("the gRPC server was started before");
    }
    // One thread reads all sockets. Calls only hand over to the hub, which never blocks, so more
    // would idle.
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("holdfast-grpc", true), NioIoHandler.newFactory());
    try {
      Server started = bind(group);
      pingFrom(group);
      threads = group;
      server = started;
      return started.getPort();
    } catch (IOException | RuntimeException e) {
      stop(group);
      throw e;
    }
  }

  private Server bind(EventLoopGroup group) throws IOException {
    try {
      return build(group, config.port()).start();
    } catch (IOException e) {
      if (!isBusy(e)) {
        throw e;
      }
      if (config.portFixed()) {
        throw new PortBusyException(config.port(), e);
      }
      return build(group, 0).start();
    }
  }

  private Server build(EventLoopGroup group, int port) {
    return NettyServerBuilder.forAddress(new InetSocketAddress(config.address(), port))
        .channelType(NioServerSocketChannel.class)
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .directExecutor()
        .maxInboundMessageSize(config.inboundBytesMax())
        .maxConnectionIdle(config.idleConnectionFor().toMillis(), TimeUnit.MILLISECONDS)
        // Some SDKs ping often; a strict server would answer GOAWAY too_many_pings.
        .permitKeepAliveTime(1, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        // A worker that is frozen or unplugged keeps its connection, but answers no pings.
        .keepAliveTime(config.workers().silentFor().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(config.workers().answerWithin().toMillis(), TimeUnit.MILLISECONDS)
        .intercept(calls)
        .intercept(Caller.interceptor())
        .addService(WorkItemCall.in(service.bindService(), workers, group.next()))
        .build();
  }

  /** Looks four times as often as a worker must hear something, so that none waits much longer. */
  private void pingFrom(EventLoopGroup group) {
    long every = Math.max(1, config.workers().pingEvery().toMillis() / 4);
    var unused = group.scheduleWithFixedDelay(workers::ping, every, every, TimeUnit.MILLISECONDS);
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
   * Takes no new calls, ends the streams of workers and the calls that wait for an instance with
   * UNAVAILABLE, and lets the others end.
   *
   * @return whether all calls had ended in time
   */
  public boolean drain(Duration atMost) throws InterruptedException {
    Server running = running();
    if (running == null) {
      return true;
    }
    running.shutdown();
    workers.stop();
    service.releaseWaits();
    return calls.awaitNone(atMost);
  }

  /** Ends at once; calls that still run are cancelled. */
  @Override
  public void close() {
    Server running = running();
    if (running == null) {
      return;
    }
    running.shutdownNow();
    workers.stop();
    service.releaseWaits();
    try {
      // So short because there is nothing left to wait for but the sockets.
      running.awaitTermination(2, TimeUnit.SECONDS);
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

  private synchronized @Nullable Server running() {
    return server;
  }

  private static void stop(EventLoopGroup group) {
    var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
