package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.WorkerCapability;

/**
 * How one worker gets the history of a turn: with the turn or, when long, in a stream beside it.
 */
enum WorkerHistories {
  WITH_THE_TURN,
  STREAMED_WHEN_LONG;

  /** Beyond this a worker that can fetches the history itself. */
  static final int LONG_BYTES = 1024 * 1024;

  static WorkerHistories of(GetWorkItemsRequest request) {
    return request
            .getCapabilitiesList()
            .contains(WorkerCapability.WORKER_CAPABILITY_HISTORY_STREAMING)
        ? STREAMED_WHEN_LONG
        : WITH_THE_TURN;
  }

  /**
   * @param longBytes beyond this a history counts as long
   */
  ByteString bytes(WorkItem item, String token, int longBytes) {
    if (this == STREAMED_WHEN_LONG
        && item instanceof WorkItem.Turn turn
        && turn.request().size() > longBytes) {
      OrchestratorRequest request = parsed(turn);
      if (request.getPastEventsCount() > 0) {
        ByteString bare =
            request.toBuilder()
                .clearPastEvents()
                .setRequiresHistoryStreaming(true)
                .build()
                .toByteString();
        return WorkItemBytes.of(bare, token);
      }
    }
    return WorkItemBytes.of(item, token);
  }

  static OrchestratorRequest parsed(WorkItem.Turn turn) {
    try {
      return OrchestratorRequest.parseFrom(turn.request());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the core made a turn that cannot be read", e);
    }
  }
}
