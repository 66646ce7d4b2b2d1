package dev.holdfast.server.grpc;

import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.grpc.worker.WorkerSettings;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says where and how the gRPC service listens.
 *
 * @param address the address to bind
 * @param port the port to try first; 0 means any free port
 * @param portFixed whether the user asked for exactly {@code port}: a busy port is then an error;
 *     otherwise another port is taken
 * @param inboundBytesMax the size in bytes of the largest message that is accepted; larger messages
 *     are answered with RESOURCE_EXHAUSTED
 * @param idleConnectionFor the time after which a connection without calls is closed.
 *     durabletask-azure-functions 1.4.0 opens a channel with every client and never closes it
 * @param refuseLostEvents true answers an event for a missing or ended instance with an error
 *     ({@code throwStatusExceptionsOnRaiseEvent} of host.json); false drops it silently, as clients
 *     expect
 * @param workers the settings for serving remote workers
 * @param access the rules for callers
 * @param defaultVersion the version of instances that clients start without one; null leaves them
 *     without a version
 * @param taskHub the name of the task hub: calls that name another hub are refused; null accepts
 *     every name
 * @param admission limits the memory that all calls hold together; calls beyond the limit are
 *     answered with RESOURCE_EXHAUSTED
 */
public record GrpcConfig(
    String address,
    int port,
    boolean portFixed,
    int inboundBytesMax,
    Duration idleConnectionFor,
    boolean refuseLostEvents,
    WorkerSettings workers,
    Access access,
    @Nullable String defaultVersion,
    @Nullable String taskHub,
    Admission admission) {

  /** Every Durable Task SDK tries this port when no port is configured. */
  public static final int USUAL_PORT = 4001;

  /**
   * Says who may call the service, and over which transport.
   *
   * @param tls the certificates; null means plain text
   * @param opens returns, in the same time for every text, whether a text is a key to the service;
   *     null means that no key is required
   * @param opensLocally if not null, the service listens on a second, free port too, on loopback
   *     and in plain text, for the app of this host alone: the released client library for
   *     functions cannot use certificates. The predicate returns, in the same time for every text,
   *     whether a text is the secret of the app. With null, the service listens on one port only
   */
  public record Access(
      @Nullable Tls tls,
      @Nullable Predicate<String> opens,
      @Nullable Predicate<String> opensLocally) {
    /** These rules use plain text and require no keys; they are fit for loopback only. */
    public static final Access OPEN = new Access(null, null, null);
  }

  public GrpcConfig(
      String address,
      int port,
      boolean portFixed,
      int inboundBytesMax,
      Duration idleConnectionFor,
      boolean refuseLostEvents) {
    this(
        address,
        port,
        portFixed,
        inboundBytesMax,
        idleConnectionFor,
        refuseLostEvents,
        WorkerSettings.DEFAULT,
        Access.OPEN,
        null,
        null,
        Admission.ofHeap());
  }

  public static GrpcConfig loopback() {
    return new GrpcConfig(
        "127.0.0.1", USUAL_PORT, false, 64 * 1024 * 1024, Duration.ofSeconds(60), false);
  }

  public GrpcConfig withPort(int newPort, boolean fixed) {
    return new GrpcConfig(
        address,
        newPort,
        fixed,
        inboundBytesMax,
        idleConnectionFor,
        refuseLostEvents,
        workers,
        access,
        defaultVersion,
        taskHub,
        admission);
  }

  public GrpcConfig withWorkers(WorkerSettings newWorkers) {
    return new GrpcConfig(
        address,
        port,
        portFixed,
        inboundBytesMax,
        idleConnectionFor,
        refuseLostEvents,
        newWorkers,
        access,
        defaultVersion,
        taskHub,
        admission);
  }

  public GrpcConfig withAccess(String newAddress, Access newAccess) {
    return new GrpcConfig(
        newAddress,
        port,
        portFixed,
        inboundBytesMax,
        idleConnectionFor,
        refuseLostEvents,
        workers,
        newAccess,
        defaultVersion,
        taskHub,
        admission);
  }

  public GrpcConfig withAdmission(Admission newAdmission) {
    return new GrpcConfig(
        address,
        port,
        portFixed,
        inboundBytesMax,
        idleConnectionFor,
        refuseLostEvents,
        workers,
        access,
        defaultVersion,
        taskHub,
        newAdmission);
  }

  public GrpcConfig withTaskHub(@Nullable String name) {
    return new GrpcConfig(
        address,
        port,
        portFixed,
        inboundBytesMax,
        idleConnectionFor,
        refuseLostEvents,
        workers,
        access,
        defaultVersion,
        name,
        admission);
  }
}
