package dev.holdfast.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Refuses calls that name another task hub than the one that this host serves. A call that names no
 * hub, or {@link #ANY}, is accepted by every hub.
 */
public final class HubCheck implements ServerInterceptor {
  /** This header contains the name of the hub; clients of the Durable Task Scheduler send it. */
  public static final Metadata.Key<String> ASKED =
      Metadata.Key.of("taskhub", Metadata.ASCII_STRING_MARSHALLER);

  /**
   * A refused call gets this trailer, which names the hub of this host. The trailer distinguishes
   * this NOT_FOUND from the NOT_FOUND for a missing instance.
   */
  public static final Metadata.Key<String> SERVED =
      Metadata.Key.of("holdfast-taskhub", Metadata.ASCII_STRING_MARSHALLER);

  /** SDKs send this name when the user has given no name. */
  public static final String ANY = "default";

  private final String served;

  HubCheck(String served) {
    this.served = served;
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    String header = headers.get(ASKED);
    String asked = header == null ? "" : header.strip();
    if (asked.isEmpty() || asked.equalsIgnoreCase(ANY) || asked.equalsIgnoreCase(served)) {
      return next.startCall(call, headers);
    }
    Metadata trailers = new Metadata();
    trailers.put(SERVED, served);
    call.close(
        Status.NOT_FOUND.withDescription(
            "This host serves the task hub '%1$s', not '%2$s'. Ask for '%1$s' or for none, or connect to the host of '%2$s'."
                .formatted(served, asked)),
        trailers);
    return new ServerCall.Listener<>() {};
  }
}
