package dev.holdfast.server.grpc;

import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.grpc.worker.WorkerSettings;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where and how the gRPC service listens.
 *
 * @param address the address to bind
 * @param port the port to try first; 0 is any free one
 * @param portFixed true when {@code port} was asked for by name: a busy one is then an error, not a
 *     reason to take another
 * @param inboundBytesMax the largest message that is read; a larger one is answered
 *     RESOURCE_EXHAUSTED
 * @param idleConnectionFor a connection without calls for so long is closed.
 *     durabletask-azure-functions 1.4.0 opens a channel with every client and never closes it
 * @param refuseLostEvents true answers an event for a missing or ended instance with an error
 *     ({@code throwStatusExceptionsOnRaiseEvent} of host.json); false drops it silently, as clients
 *     expect
 * @param workers how remote workers are served
 * @param access who may call
 * @param defaultVersion of instances that clients start without one; null leaves them without
 * @param taskHub its name: calls that ask for another are turned away; null lets all in, whatever
 *     they ask for
 * @param admission bounds what all calls hold in memory together; over it is RESOURCE_EXHAUSTED
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

  /** The port that every Durable Task SDK tries when it is told nothing. */
  public static final int USUAL_PORT = 4001;

  /**
   * Who may call, and how.
   *
   * @param tls null speaks plain text
   * @param opens whether a text is a key to the service, told in the same time for any text; null
   *     asks for none
   * @param opensLocally listens on a second, free port too, on loopback and in plain text, for the
   *     app of this host alone: whether a text is the secret that it was handed, told in the same
   *     time for any text. The released client library of functions knows no certificates. Null
   *     listens on one port only
   */
  public record Access(
      @Nullable Tls tls,
      @Nullable Predicate<String> opens,
      @Nullable Predicate<String> opensLocally) {
    /** Plain text and no keys: for loopback. */
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
