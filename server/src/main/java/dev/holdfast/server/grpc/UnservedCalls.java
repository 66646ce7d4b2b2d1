package dev.holdfast.server.grpc;

import dev.holdfast.protocol.AbandonEntityTaskRequest;
import dev.holdfast.protocol.AbandonEntityTaskResponse;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CleanEntityStorageResponse;
import dev.holdfast.protocol.CompleteTaskResponse;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.GetEntityRequest;
import dev.holdfast.protocol.GetEntityResponse;
import dev.holdfast.protocol.QueryEntitiesRequest;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.protocol.SignalEntityResponse;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * The calls of the contract that this service does not serve; each says so, and what to do instead.
 */
abstract class UnservedCalls extends TaskHubSidecarServiceGrpc.TaskHubSidecarServiceImplBase {
  private static final String NO_ENTITIES =
      "is not served: this host has no entities. Keep the state in an orchestration that continues"
          + " as new.";

  static StatusRuntimeException unserved(String what, String why) {
    return Status.UNIMPLEMENTED.withDescription(what + " " + why).asRuntimeException();
  }

  @Override
  public final void completeEntityTask(
      EntityBatchResult request, StreamObserver<CompleteTaskResponse> client) {
    client.onError(unserved("CompleteEntityTask", NO_ENTITIES));
  }

  @Override
  public final void abandonTaskEntityWorkItem(
      AbandonEntityTaskRequest request, StreamObserver<AbandonEntityTaskResponse> client) {
    client.onError(unserved("AbandonTaskEntityWorkItem", NO_ENTITIES));
  }

  @Override
  public final void signalEntity(
      SignalEntityRequest request, StreamObserver<SignalEntityResponse> client) {
    client.onError(unserved("SignalEntity", NO_ENTITIES));
  }

  @Override
  public final void getEntity(GetEntityRequest request, StreamObserver<GetEntityResponse> client) {
    client.onError(unserved("GetEntity", NO_ENTITIES));
  }

  @Override
  public final void queryEntities(
      QueryEntitiesRequest request, StreamObserver<QueryEntitiesResponse> client) {
    client.onError(unserved("QueryEntities", NO_ENTITIES));
  }

  @Override
  public final void cleanEntityStorage(
      CleanEntityStorageRequest request, StreamObserver<CleanEntityStorageResponse> client) {
    client.onError(unserved("CleanEntityStorage", NO_ENTITIES));
  }
}
