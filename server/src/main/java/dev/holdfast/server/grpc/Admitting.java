package dev.holdfast.server.grpc;

import com.google.protobuf.MessageLite;
import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.admission.Admission.Claim;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;

/**
 * Refuses calls for which the memory for requests does not suffice, with RESOURCE_EXHAUSTED and the
 * reason. Work items and histories are not counted, because their streams send no faster than the
 * client reads. The answers of workers are counted but never refused: a refused answer would only
 * make the work run again.
 */
final class Admitting implements ServerInterceptor {
  /** Names the methods with which workers answer their work items. */
  private static final Set<String> OF_WORKERS =
      Set.of(
          "CompleteOrchestratorTask",
          "CompleteActivityTask",
          "CompleteEntityTask",
          "AbandonTaskOrchestratorWorkItem",
          "AbandonTaskActivityWorkItem",
          "AbandonTaskEntityWorkItem");

  private final Admission admission;

  Admitting(Admission admission) {
    this.admission = admission;
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    if (!call.getMethodDescriptor().getType().serverSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    boolean mustHear = OF_WORKERS.contains(call.getMethodDescriptor().getBareMethodName());
    Claim claim = admission.open();
    Call<A, B> counted = new Call<>(call, claim);
    return new SimpleForwardingServerCallListener<>(next.startCall(counted, headers)) {
      @Override
      public void onMessage(A message) {
        long bytes = (long) size(message) * Admission.COPIES;
        if (mustHear) {
          claim.note(bytes);
        } else if (!claim.tryTake(bytes)) {
          counted.refuse();
          return;
        }
        super.onMessage(message);
      }

      @Override
      public void onHalfClose() {
        if (!counted.refused) {
          super.onHalfClose();
        }
      }

      // gRPC calls exactly one of onComplete and onCancel for every call.
      @Override
      public void onComplete() {
        claim.close();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        claim.close();
        super.onCancel();
      }
    };
  }

  private static int size(Object message) {
    return message instanceof MessageLite known ? known.getSerializedSize() : 0;
  }

  private final class Call<A, B> extends SimpleForwardingServerCall<A, B> {
    private final Claim claim;
    private volatile boolean refused;

    Call(ServerCall<A, B> call, Claim claim) {
      super(call);
      this.claim = claim;
    }

    void refuse() {
      refused = true;
      super.close(Status.RESOURCE_EXHAUSTED.withDescription(admission.crowded()), new Metadata());
    }

    /**
     * Counts the answer twice, as a message and as its bytes; the answer already exists, so it is
     * never refused.
     */
    @Override
    public void sendMessage(B message) {
      claim.note(2L * size(message));
      super.sendMessage(message);
    }
  }
}
