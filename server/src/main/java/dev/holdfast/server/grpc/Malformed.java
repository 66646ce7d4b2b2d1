package dev.holdfast.server.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers bytes that are not a valid message with INVALID_ARGUMENT and one line in the log. gRPC
 * itself would answer UNKNOWN and log a stack trace for each call.
 *
 * <p>The marshaller returns null for invalid bytes, and the interceptor stops that null: no later
 * code receives further messages of the call.
 */
final class Malformed implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger("Host.Grpc");

  /** Returns the same service with marshallers that do not throw. */
  static ServerServiceDefinition tolerant(ServerServiceDefinition service) {
    ServerServiceDefinition.Builder tolerant =
        ServerServiceDefinition.builder(service.getServiceDescriptor().getName());
    service.getMethods().forEach(method -> tolerant.addMethod(tolerant(method)));
    return tolerant.build();
  }

  private static <A, B> ServerMethodDefinition<A, B> tolerant(ServerMethodDefinition<A, B> method) {
    MethodDescriptor<A, B> plain = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        plain.toBuilder(new Reading<>(plain.getRequestMarshaller()), plain.getResponseMarshaller())
            .build(),
        method.getServerCallHandler());
  }

  private record Reading<T>(MethodDescriptor.Marshaller<T> marshaller)
      implements MethodDescriptor.Marshaller<T> {
    @Override
    public InputStream stream(T value) {
      return marshaller.stream(value);
    }

    @Override
    @SuppressWarnings("NullAway") // gRPC passes the null on to the interceptor, which stops it.
    public T parse(InputStream stream) {
      try {
        return marshaller.parse(stream);
      } catch (RuntimeException e) {
        log.debug("A message could not be read", e);
        return null;
      }
    }
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean refused;

      @Override
      public void onMessage(@Nullable A message) {
        if (message != null) {
          super.onMessage(message);
        } else if (!refused) {
          refused = true;
          refuse(call);
        }
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }

  private static void refuse(ServerCall<?, ?> call) {
    String method = call.getMethodDescriptor().getBareMethodName();
    log.warn(
        "A gRPC call of {} was refused, as its bytes are no such request, from {}.",
        method,
        call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    call.close(
        Status.INVALID_ARGUMENT.withDescription(
            "The bytes that were sent are no request of "
                + method
                + ": they are not well-formed protobuf. Use the contract's own messages."),
        new Metadata());
  }
}
