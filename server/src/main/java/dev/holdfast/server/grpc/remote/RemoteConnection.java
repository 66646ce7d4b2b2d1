package dev.holdfast.server.grpc.remote;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.server.grpc.HubCheck;
import dev.holdfast.server.grpc.remote.TokenSource.NoTokenException;
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
import java.net.ConnectException;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a task hub somewhere else. It is made with the first call, and made again when
 * it breaks. Safe from any thread; nothing blocks but {@link #close}.
 */
public final class RemoteConnection implements AutoCloseable {
  private static final long ANSWER_WITHIN_SECONDS = 60;
  private static final Metadata.Key<String> WORKER_ID = text("workerid");
  private static final Metadata.Key<String> AUTHORIZATION = text("authorization");

  private final RemoteTarget target;
  private final ManagedChannel channel;
  private final Channel calls;

  /**
   * @param agent name and version of this program, for the other side's log
   * @throws IOException a certificate or key cannot be read
   */
  public RemoteConnection(RemoteTarget target, String agent) throws IOException {
    this.target = target;
    this.channel =
        builder(target)
            .userAgent(agent)
            .maxInboundMessageSize(Integer.MAX_VALUE)
            // A frozen or unplugged other side keeps its connection, but answers no pings.
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
      // Only here are the files looked into.
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

  /** What every call carries. */
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

  /** Shows a token with every call, when it has one. */
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

  Channel calls() {
    return calls;
  }

  /** The next call tries to connect, however short a time ago that has failed. */
  void tryNow() {
    channel.resetConnectBackoff();
  }

  /** Asks once; fails within a minute if there is no answer. */
  <A, B> CompletableFuture<B> ask(MethodDescriptor<A, B> method, A question) {
    return call(
        method,
        CallOptions.DEFAULT.withDeadlineAfter(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS),
        question);
  }

  /** Asks, and waits for the answer for as long as it takes. Cancelling ends the call. */
  <A, B> CompletableFuture<B> await(MethodDescriptor<A, B> method, A question) {
    return call(method, CallOptions.DEFAULT, question);
  }

  /**
   * As {@link #ask}, for what changes something. Without an answer nobody knows whether it was
   * done, unless the question never left here: then the cause of the failure is {@link
   * UnansweredException}.
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

  private static final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1;

    UnansweredException(Throwable cause) {
      super(cause);
    }
  }

  /** How far a question has come. */
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
    } catch (RuntimeException e) {
      future.completeExceptionally(e);
      return future;
    }
    var unused =
        future.whenComplete(
            (answer, thrown) -> {
              if (future.isCancelled()) {
                call.cancel("nobody waits for the answer any more", null);
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

  /** A failed call in the terms of a task hub. */
  RuntimeException refusal(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof RefusedException refused) {
      return refused;
    }
    if (cause instanceof UnansweredException) {
      return new RefusedException(
          Reason.UNANSWERED,
          "It is not known whether this was done: the hub at "
              + target.address()
              + " has not answered ("
              + why(Status.fromThrowable(cause))
              + "). Ask for the state, or ask again if doing it twice does no harm.");
    }
    Status status = Status.fromThrowable(cause);
    Reason reason = isWrongHub(cause) ? Reason.UNAVAILABLE : reason(status.getCode());
    return reason == null
        ? new IllegalStateException("the hub at " + target.address() + " failed: " + status, cause)
        : new RefusedException(
            reason, reason == Reason.UNAVAILABLE ? trouble(cause) : told(status));
  }

  /** A Holdfast says so, when it is the hub that is not there and not an instance. */
  private static boolean isWrongHub(Throwable thrown) {
    Metadata trailers = Status.trailersFromThrowable(thrown);
    return trailers != null && trailers.containsKey(HubCheck.SERVED);
  }

  private static @Nullable Reason reason(Status.Code code) {
    return switch (code) {
      case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
      case NOT_FOUND -> Reason.NOT_FOUND;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Reason.INVALID_ARGUMENT;
      case FAILED_PRECONDITION, UNIMPLEMENTED -> Reason.FAILED_PRECONDITION;
      case RESOURCE_EXHAUSTED -> Reason.OVERLOADED;
      case UNAVAILABLE, DEADLINE_EXCEEDED, UNAUTHENTICATED, PERMISSION_DENIED, CANCELLED, ABORTED ->
          Reason.UNAVAILABLE;
      case OK, UNKNOWN, INTERNAL, DATA_LOSS -> null;
    };
  }

  private static String told(Status status) {
    String words = status.getDescription();
    return words == null ? status.getCode().toString() : words;
  }

  /** Why the other side cannot be asked, in one sentence with the cure. */
  String trouble(Throwable thrown) {
    NoTokenException noToken = find(NoTokenException.class, thrown);
    if (noToken != null) {
      return "This host cannot sign in to the hub at "
          + target.address()
          + ". "
          + noToken.getMessage();
    }
    Status status = Status.fromThrowable(thrown);
    String words = told(status);
    return switch (status.getCode()) {
      case UNAUTHENTICATED ->
          "The hub at "
              + target.address()
              + " does not accept the token ("
              + words
              + "). Give it one that is valid with --connect-token-file.";
      case PERMISSION_DENIED ->
          "The hub at "
              + target.address()
              + " does not let this host in ("
              + words
              + "). Check the task hub '"
              + target.askedHub()
              + "' and what the token may do.";
      case NOT_FOUND ->
          "There is no task hub '"
              + target.askedHub()
              + "' at "
              + target.address()
              + " ("
              + words
              + "). Correct TaskHub in the connection string, or hubName in host.json.";
      default ->
          "The hub at "
              + target.address()
              + " cannot be reached ("
              + why(status)
              + ")."
              + cure(thrown);
    };
  }

  private String cure(Throwable thrown) {
    if (target.tls() == null) {
      return isOf(ConnectException.class, thrown)
          ? " Start it, or correct --connect."
          : " If it speaks TLS, connect with https://.";
    }
    if (isOf(GeneralSecurityException.class, thrown)) {
      return " Name the authorities that vouch for it with --connect-ca.";
    }
    return isOf(SSLException.class, thrown)
        ? " If it lets in only clients that it knows, show a certificate of those with --connect-cert and --connect-key."
        : "";
  }

  private static boolean isOf(Class<? extends Exception> kind, Throwable thrown) {
    return find(kind, thrown) != null;
  }

  private static <E extends Exception> @Nullable E find(Class<E> kind, Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return kind.cast(cause);
      }
    }
    return null;
  }

  private static String why(Status status) {
    Throwable root = status.getCause();
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    return root == null || root.getMessage() == null ? told(status) : root.getMessage();
  }

  /** Ends all calls. Harmless when repeated. */
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
