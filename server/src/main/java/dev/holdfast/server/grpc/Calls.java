package dev.holdfast.server.grpc;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.StoreException;
import dev.holdfast.functions.HubTrouble;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects a gRPC call to the future of a task hub: it passes the answer or the error to the call,
 * and the cancellation of the call to the future.
 */
final class Calls {
  private static final Logger log = LoggerFactory.getLogger("Host.Grpc");

  /** Holds a canceller for each call that waits for an instance. */
  private final Set<Runnable> waits = ConcurrentHashMap.newKeySet();

  private volatile boolean stopping;

  /** Answers a unary call with the result or the error of {@code question}. */
  <A, B> void answer(
      StreamObserver<B> client, Supplier<CompletableFuture<A>> question, Function<A, B> response) {
    ask(
        client,
        question,
        (call, answer) -> {
          call.onNext(response.apply(answer));
          call.onCompleted();
        });
  }

  /**
   * Sends the request to the hub, passes its answer to {@code respond}, and passes every error to
   * the client. When the client goes away, the future is cancelled, which frees the memory of a
   * waiting call.
   */
  <A, B> void ask(
      StreamObserver<B> client,
      Supplier<CompletableFuture<A>> question,
      BiConsumer<ServerCallStreamObserver<B>, A> respond) {
    ServerCallStreamObserver<B> call = (ServerCallStreamObserver<B>) client;
    CompletableFuture<A> future;
    try {
      future = question.get();
    } catch (Throwable e) {
      fail(call, e);
      return;
    }
    call.setOnCancelHandler(() -> future.cancel(false));
    var unused =
        future.whenComplete(
            (answer, thrown) -> {
              if (thrown != null) {
                fail(call, thrown);
                return;
              }
              try {
                respond.accept(call, answer);
              } catch (Throwable e) {
                fail(call, e);
              }
            });
  }

  /** Ends the call with an error for any exception, because no other code would end the call. */
  private void fail(StreamObserver<?> call, Throwable thrown) {
    StatusException told = NO_WORDS;
    try {
      told = error(thrown);
    } finally {
      call.onError(told);
    }
  }

  /** Answers as {@link #answer} does, for requests that may wait as long as an instance lives. */
  <A, B> void await(
      StreamObserver<B> client, Supplier<CompletableFuture<A>> question, Function<A, B> response) {
    answer(client, () -> remembered(question.get()), response);
  }

  private <A> CompletableFuture<A> remembered(CompletableFuture<A> wait) {
    if (wait.isDone()) {
      return wait;
    }
    Runnable free = () -> wait.cancel(false);
    waits.add(free);
    var unused = wait.whenComplete((answer, thrown) -> waits.remove(free));
    if (stopping) {
      free.run();
    }
    return wait;
  }

  /**
   * Answers every call that waits for an instance with UNAVAILABLE, including calls that begin to
   * wait later.
   */
  void releaseWaits() {
    stopping = true;
    waits.forEach(Runnable::run);
  }

  @SuppressWarnings(
      "StaticAssignmentOfThrowable") // The exception is made in advance, because memory may be
  // lacking when it is needed.
  private static final StatusException NO_WORDS =
      Status.INTERNAL
          .withDescription("The host has no memory left to say why the call failed.")
          .asException();

  private static final Metadata.Key<String> UNAVAILABLE =
      Metadata.Key.of(HubTrouble.MARK, Metadata.ASCII_STRING_MARSHALLER);

  private StatusException error(Throwable thrown) {
    Status status = status(thrown);
    if (status.getCode() != Status.Code.UNAVAILABLE) {
      return status.asException();
    }
    Metadata trailers = new Metadata();
    trailers.put(UNAVAILABLE, "true");
    return status.asException(trailers);
  }

  private Status status(Throwable wrapped) {
    Throwable thrown = unwrapped(wrapped);
    if (thrown instanceof RefusedException refused) {
      return code(refused.reason()).withDescription(refused.getMessage());
    }
    if (thrown instanceof CancellationException) {
      return stopping
          ? Status.UNAVAILABLE.withDescription("The host is stopping; ask again when it is back.")
          : Status.CANCELLED;
    }
    if (thrown instanceof StoreException) {
      log.warn("A call could not be answered because the store failed: {}", thrown.getMessage());
      return Status.UNAVAILABLE.withDescription(
          "The store cannot do it now (" + thrown.getMessage() + "); try again.");
    }
    log.error("A gRPC call failed", thrown);
    return Status.INTERNAL.withDescription(thrown.toString()).withCause(thrown);
  }

  private static Throwable unwrapped(Throwable thrown) {
    @Nullable Throwable cause = thrown.getCause();
    return thrown instanceof CompletionException && cause != null ? cause : thrown;
  }

  private static Status code(RefusedException.Reason reason) {
    return switch (reason) {
      case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
      case NOT_FOUND -> Status.NOT_FOUND;
      case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
      case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
      case OVERLOADED, STORE_FULL -> Status.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case UNANSWERED -> Status.UNKNOWN;
    };
  }
}
