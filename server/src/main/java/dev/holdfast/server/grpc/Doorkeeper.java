package dev.holdfast.server.grpc;

import dev.holdfast.server.grpc.worker.Caller;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses every call of every method that does not carry a key as {@code authorization: Bearer
 * KEY}.
 */
final class Doorkeeper implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger("Host.Grpc");
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "bearer ";
  private static final String CURE =
      "Send 'authorization: Bearer KEY' with every call; './holdfast keys create system NAME' makes"
          + " one.";
  private static final long TOLD_EVERY = TimeUnit.MINUTES.toNanos(1);

  private final Predicate<String> opens;
  private final AtomicLong tellAgain = new AtomicLong(System.nanoTime());

  /**
   * Creates an interceptor for one kind of key.
   *
   * @param opens returns whether a text is a key; it must take the same time for every text
   */
  Doorkeeper(Predicate<String> opens) {
    this.opens = opens;
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    String key = presented(headers);
    if (key != null && opens.test(key)) {
      return Contexts.interceptCall(
          Caller.allowed(Context.current(), () -> opens.test(key)), call, headers, next);
    }
    String why =
        key == null ? "This host requires a key. " : "The key that was sent opens nothing here. ";
    tell(call, key == null ? "without a key" : "with a key that opens nothing");
    call.close(Status.UNAUTHENTICATED.withDescription(why + CURE), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static @Nullable String presented(Metadata headers) {
    String header = headers.get(AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? header.substring(SCHEME.length()).trim()
        : null;
  }

  /**
   * Logs a refused call at most once a minute, because a refused worker calls again every few
   * seconds.
   */
  private void tell(ServerCall<?, ?> call, String how) {
    long now = System.nanoTime();
    long due = tellAgain.get();
    if (now - due >= 0 && tellAgain.compareAndSet(due, now + TOLD_EVERY)) {
      log.warn(
          "A gRPC call {} was refused, from {}.",
          how,
          call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    }
  }
}
