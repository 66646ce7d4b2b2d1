package dev.holdfast.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Turns away calls that ask for a task hub other than the one that is here. A call that names none,
 * or {@link #ANY}, is for whichever hub is here.
 */
public final class HubCheck implements ServerInterceptor {
  /** What clients of the Durable Task Scheduler name a hub in. */
  public static final Metadata.Key<String> ASKED =
      Metadata.Key.of("taskhub", Metadata.ASCII_STRING_MARSHALLER);

  /**
   * In the answer to a call that was turned away, with the name of the hub that is here: so it is
   * told apart from NOT_FOUND for an instance.
   */
  public static final Metadata.Key<String> SERVED =
      Metadata.Key.of("holdfast-taskhub", Metadata.ASCII_STRING_MARSHALLER);

  /** What SDKs send that were told no name. */
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
