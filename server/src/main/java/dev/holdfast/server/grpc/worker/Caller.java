package dev.holdfast.server.grpc.worker;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.SocketAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the program that makes a call. Released SDKs send their answers over the connection on
 * which they get their work; the connection identifies workers that do not send completion tokens.
 *
 * @param connection the remote address of the connection; null on transports that have none
 * @param agent the gRPC library that the caller uses, from its metadata; empty when there is none
 * @param workerId the name that the worker gives itself in its metadata; empty when there is none
 */
public record Caller(@Nullable SocketAddress connection, String agent, String workerId) {
  private static final Context.Key<Caller> KEY = Context.key("caller");
  private static final Metadata.Key<String> AGENT =
      Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> WORKER_ID =
      Metadata.Key.of("workerid", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<BooleanSupplier> ALLOWED = Context.key("allowed");
  private static final Caller NOBODY = new Caller(null, "", "");

  /** Returns the caller of the call that this thread is handling. */
  static Caller current() {
    Caller caller = KEY.get();
    return caller == null ? NOBODY : caller;
  }

  /** Returns a context that has this caller, for calls on its behalf. */
  Context in(Context context) {
    return context.withValue(KEY, this);
  }

  /**
   * Returns a context with a test whether the caller's key is still valid, because a stream of work
   * may stay open after its key has become invalid.
   */
  public static Context allowed(Context context, BooleanSupplier allowed) {
    return context.withValue(ALLOWED, allowed);
  }

  static BooleanSupplier currentAllowed() {
    BooleanSupplier allowed = ALLOWED.get();
    return allowed == null ? () -> true : allowed;
  }

  /**
   * Returns whether the caller uses the SDK for Java, whose workers run one item after the other on
   * the thread that reads the stream.
   */
  boolean isJava() {
    return agent.contains("grpc-java") && !isHoldfast();
  }

  /**
   * Returns whether the worker may support entities without saying so. The SDKs for JavaScript,
   * Python and .NET support entities even when they request none; those for Java and Go support
   * entities only when they request some.
   */
  boolean mayKnowEntities() {
    return !agent.contains("grpc-java") && !agent.contains("grpc-go");
  }

  /**
   * Returns whether the worker may answer without a completion token, as the SDKs for Java and Go
   * do.
   */
  boolean mayOmitTokens() {
    return isJava() || agent.contains("grpc-go");
  }

  /**
   * Returns whether the caller is another Holdfast host that works for this one; such a worker runs
   * items in parallel.
   */
  boolean isHoldfast() {
    return agent.startsWith("holdfast");
  }

  /**
   * Returns whether the caller reads messages of any size, as the gRPC library for JavaScript and
   * Holdfast do; all other callers read up to 4 MiB.
   */
  boolean readsAnySize() {
    return agent.contains("grpc-node-js") || isHoldfast();
  }

  boolean sharesConnection(Caller other) {
    return connection != null
        && connection.equals(other.connection)
        && workerId.equals(other.workerId);
  }

  @Override
  public String toString() {
    return (workerId.isEmpty() ? "" : workerId + " ")
        + (connection == null ? "" : connection)
        + (agent.isEmpty() ? "" : " (" + agent + ")");
  }

  /** Returns an interceptor that puts the caller into the context of every call. */
  public static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <A, B> ServerCall.Listener<A> interceptCall(
          ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        Caller caller =
            new Caller(
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                text(headers.get(AGENT)),
                text(headers.get(WORKER_ID)));
        return Contexts.interceptCall(caller.in(Context.current()), call, headers, next);
      }
    };
  }

  private static String text(@Nullable String header) {
    return header == null ? "" : header;
  }
}
