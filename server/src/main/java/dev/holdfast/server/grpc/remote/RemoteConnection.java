package dev.holdfast.server.grpc.remote;

import dev.holdfast.server.grpc.HubCheck;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects this host to a remote task hub. The first call opens the connection, and a broken
 * connection is opened again. All methods are safe from any thread; only {@link #close} blocks.
 */
public final class RemoteConnection implements AutoCloseable {
  private static final long ANSWER_WITHIN_SECONDS = 60;
  private static final Metadata.Key<String> WORKER_ID = text("workerid");
  private static final Metadata.Key<String> AUTHORIZATION = text("authorization");

  private final RemoteTarget target;
  private final Troubles troubles;
  private final ManagedChannel channel;
  private final Channel calls;

  /**
   * Creates a connection without opening it.
   *
   * @param agent name and version of this program, for the log of the remote hub
   * @throws IOException a certificate or key cannot be read
   */
  public RemoteConnection(RemoteTarget target, String agent) throws IOException {
    this.target = target;
    this.troubles = new Troubles(target);
    this.channel =
        builder(target)
            .userAgent(agent)
            .maxInboundMessageSize(Integer.MAX_VALUE)
            // A frozen or unplugged hub keeps its connection open, but answers no pings.
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(15, TimeUnit.SECONDS)
            .build();
    this.calls = io.grpc.ClientInterceptors.intercept(channel, new Headers(target));
  }

  private static ManagedChannelBuilder<?> builder(RemoteTarget target) throws IOException {
    ChannelCredentials credentials = credentials(target.tls());
    try {
      return Grpc.newChannelBuilderForAddress(target.host(), target.port(), credentials);
    } catch (RuntimeException e) {
      // This call reads the files for the first time, and reports a bad file as a RuntimeException.
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Metadata.Key<String> text(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static ChannelCredentials credentials(RemoteTarget.@Nullable Tls tls) throws IOException {
    if (tls == null) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
    if (tls.authorities() != null) {
      builder.trustManager(tls.authorities().toFile());
    }
    if (tls.certificate() != null && tls.key() != null) {
      builder.keyManager(tls.certificate().toFile(), tls.key().toFile());
    }
    return builder.build();
  }

  /** Adds the headers that every call carries. */
  private record Headers(RemoteTarget target) implements ClientInterceptor {
    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      TokenSource token = target.token();
      CallOptions all = token == null ? options : options.withCallCredentials(new Bearer(token));
      return new SimpleForwardingClientCall<>(next.newCall(method, all)) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          headers.put(HubCheck.ASKED, target.askedHub());
          headers.put(WORKER_ID, target.workerId());
          super.start(listener, headers);
        }
      };
    }
  }

  /** Adds a token to every call. */
  private static final class Bearer extends CallCredentials {
    private final TokenSource source;

    Bearer(TokenSource source) {
      this.source = source;
    }

    @Override
    public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
      executor.execute(() -> apply(applier));
    }

    private void apply(MetadataApplier applier) {
      var unused =
          source
              .token()
              .whenComplete(
                  (token, thrown) -> {
                    if (thrown == null) {
                      Metadata headers = new Metadata();
                      headers.put(AUTHORIZATION, "Bearer " + token);
                      applier.apply(headers);
                    } else {
                      applier.fail(Status.UNAUTHENTICATED.withCause(thrown));
                    }
                  });
    }
  }

  public RemoteTarget target() {
    return target;
  }

  /** Returns the object that translates failed calls. */
  Troubles troubles() {
    return troubles;
  }

  Channel calls() {
    return calls;
  }

  /** Makes the next call try to connect at once, even when an attempt failed a moment ago. */
  void tryNow() {
    channel.resetConnectBackoff();
  }

  /** Sends a request once; the future fails when no answer arrives within a minute. */
  <A, B> CompletableFuture<B> ask(MethodDescriptor<A, B> method, A question) {
    return call(
        method,
        CallOptions.DEFAULT.withDeadlineAfter(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS),
        question);
  }

  /**
   * Sends a request, and waits for the answer without a time limit. Cancelling the future ends the
   * call.
   */
  <A, B> CompletableFuture<B> await(MethodDescriptor<A, B> method, A question) {
    return call(method, CallOptions.DEFAULT, question);
  }

  /**
   * Sends a request that changes something, with the time limit of {@link #ask}. The future fails
   * with {@link UnansweredException} when the request left this host and no answer arrived, so that
   * it is unknown whether the change was made. Any other failure means that the hub answered with
   * an error or never got the request.
   */
  <A, B> CompletableFuture<B> tell(MethodDescriptor<A, B> method, A question) {
    Passage passage = new Passage();
    return call(
            method,
            CallOptions.DEFAULT
                .withDeadlineAfter(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)
                .withStreamTracerFactory(passage),
            question)
        .exceptionallyCompose(
            thrown ->
                CompletableFuture.failedFuture(
                    passage.isUnanswered() ? new UnansweredException(thrown) : thrown));
  }

  static final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1;

    UnansweredException(Throwable cause) {
      super(cause);
    }
  }

  /** Records whether a request has left this host. */
  private static final class Passage extends ClientStreamTracer.Factory {
    private volatile boolean sent;
    private volatile boolean answered;

    boolean isUnanswered() {
      return sent && !answered;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void outboundMessage(int number) {
          sent = true;
        }

        @Override
        public void inboundTrailers(Metadata trailers) {
          answered = true;
        }
      };
    }
  }

  <A, B> CompletableFuture<B> call(MethodDescriptor<A, B> method, CallOptions options, A question) {
    CompletableFuture<B> future = new CompletableFuture<>();
    ClientCall<A, B> call;
    try {
      call = calls.newCall(method, options);
      ClientCalls.asyncUnaryCall(call, question, new Into<>(future));
    } catch (Throwable e) {
      future.completeExceptionally(e); // A lack of memory is also reported to the caller.
      return future;
    }
    var unused =
        future.whenComplete(
            (answer, thrown) -> {
              if (future.isCancelled()) {
                call.cancel("the answer is no longer needed", null);
              }
            });
    return future;
  }

  private static final class Into<B> implements StreamObserver<B> {
    private final CompletableFuture<B> future;
    private @Nullable B answer;

    Into(CompletableFuture<B> future) {
      this.future = future;
    }

    @Override
    public void onNext(B value) {
      answer = value;
    }

    @Override
    public void onError(Throwable thrown) {
      future.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {
      B value = answer;
      if (value == null) {
        future.completeExceptionally(Status.INTERNAL.withDescription("no answer").asException());
      } else {
        future.complete(value);
      }
    }
  }

  /** Ends all calls. A repeated close does no harm. */
  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
