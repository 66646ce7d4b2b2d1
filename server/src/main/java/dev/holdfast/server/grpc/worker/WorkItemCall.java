package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import java.util.concurrent.Executor;

/** Serves {@code GetWorkItems} with messages that are already serialized. */
public final class WorkItemCall {
  private WorkItemCall() {}

  /**
   * Returns the service with {@code GetWorkItems} served by these workers.
   *
   * @param transport runs the writes to streams
   */
  public static ServerServiceDefinition in(
      ServerServiceDefinition service, Workers workers, Executor transport) {
    ServerServiceDefinition.Builder complete =
        ServerServiceDefinition.builder(service.getServiceDescriptor().getName());
    String name = TaskHubSidecarServiceGrpc.getGetWorkItemsMethod().getFullMethodName();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      if (!method.getMethodDescriptor().getFullMethodName().equals(name)) {
        complete.addMethod(method);
      }
    }
    MethodDescriptor<GetWorkItemsRequest, dev.holdfast.protocol.WorkItem> plain =
        TaskHubSidecarServiceGrpc.getGetWorkItemsMethod();
    return complete
        .addMethod(
            plain.toBuilder(plain.getRequestMarshaller(), WorkItemBytes.MARSHALLER).build(),
            ServerCalls.<GetWorkItemsRequest, ByteString>asyncServerStreamingCall(
                (request, call) ->
                    workers.open(request, (ServerCallStreamObserver<ByteString>) call, transport)))
        .build();
  }
}
