package dev.holdfast.server.grpc;

import dev.holdfast.server.grpc.worker.WorkerSettings;
import java.time.Duration;

/**
 * Where and how the gRPC service listens.
 *
 * @param address the address to bind; the service has no authentication, so anything but loopback
 *     is for trusted networks only
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
 */
public record GrpcConfig(
    String address,
    int port,
    boolean portFixed,
    int inboundBytesMax,
    Duration idleConnectionFor,
    boolean refuseLostEvents,
    WorkerSettings workers) {

  /** The port that every Durable Task SDK tries when it is told nothing. */
  public static final int USUAL_PORT = 4001;

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
        WorkerSettings.DEFAULT);
  }

  public static GrpcConfig loopback() {
    return new GrpcConfig(
        "127.0.0.1", USUAL_PORT, false, 64 * 1024 * 1024, Duration.ofSeconds(60), false);
  }

  public GrpcConfig withPort(int newPort, boolean fixed) {
    return new GrpcConfig(
        address, newPort, fixed, inboundBytesMax, idleConnectionFor, refuseLostEvents, workers);
  }

  public GrpcConfig withWorkers(WorkerSettings newWorkers) {
    return new GrpcConfig(
        address, port, portFixed, inboundBytesMax, idleConnectionFor, refuseLostEvents, newWorkers);
  }
}
