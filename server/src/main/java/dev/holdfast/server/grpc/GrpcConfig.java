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
 * @param port the port to try first; 0 is any free one
 * @param portFixed whether the user asked for exactly {@code port}: a busy port is then an error,
 *     not a reason to take another
 * @param inboundBytesMax the largest message that is read; a larger one is answered
 *     RESOURCE_EXHAUSTED
 * @param idleConnectionFor a connection without calls is closed after this time.
 *     durabletask-azure-functions 1.4.0 opens a channel with every client and never closes it
 * @param refuseLostEvents true answers an event for a missing or ended instance with an error
 *     ({@code throwStatusExceptionsOnRaiseEvent} of host.json); false drops it silently, as clients
 *     expect
 * @param workers how remote workers are served
 * @param access who may call
 * @param defaultVersion the version of instances that clients start without one; null leaves them
 *     without a version
 * @param taskHub the name of the task hub: calls that ask for another one are refused; null accepts
 *     every name
 * @param admission bounds the memory that all calls hold together; a call over the bound is
 *     answered RESOURCE_EXHAUSTED
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
   * @param tls the certificates; null speaks plain text
   * @param opens tells whether a text is a key to the service, in the same time for any text; null
   *     asks for no key
   * @param opensLocally if not null, the service listens on a second, free port too, on loopback
   *     and in plain text, for the app of this host alone: the released client library for
   *     functions cannot use certificates. The predicate tells whether a text is the secret that
   *     the app was given, in the same time for any text. Null listens on one port only
   */
  public record Access(
      @Nullable Tls tls,
      @Nullable Predicate<String> opens,
      @Nullable Predicate<String> opensLocally) {
    /** Speaks plain text and asks for no keys; fit for loopback only. */
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
