package dev.holdfast.server.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;

/**
 * Counts the current calls.
 *
 * <p>The shutdown of gRPC waits until every connection is closed, and a faulty client may keep one
 * open forever. It is enough that every call gets its answer, so this class waits for the calls.
 */
final class CallCount implements ServerInterceptor {
  private int running;

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    add(1);
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      // gRPC calls exactly one of onComplete and onCancel for every call.
      @Override
      public void onComplete() {
        add(-1);
        super.onComplete();
      }

      @Override
      public void onCancel() {
        add(-1);
        super.onCancel();
      }
    };
  }

  private synchronized void add(int change) {
    running += change;
    if (running == 0) {
      notifyAll();
    }
  }

  /** Waits until all calls have ended; returns false when this takes longer than {@code atMost}. */
  synchronized boolean awaitNone(Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (running > 0) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
