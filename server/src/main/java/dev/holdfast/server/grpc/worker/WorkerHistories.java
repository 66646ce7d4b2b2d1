package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.WorkerCapability;

/**
 * Lists the ways in which a worker gets the history of a turn: it comes with the turn or, when it
 * is long, in a separate stream.
 */
enum WorkerHistories {
  WITH_THE_TURN,
  STREAMED_WHEN_LONG;

  /**
   * A turn with more bytes than this is sent without its history to a worker that can fetch the
   * history itself.
   */
  static final int LONG_BYTES = 1024 * 1024;

  static WorkerHistories of(GetWorkItemsRequest request) {
    return request
            .getCapabilitiesList()
            .contains(WorkerCapability.WORKER_CAPABILITY_HISTORY_STREAMING)
        ? STREAMED_WHEN_LONG
        : WITH_THE_TURN;
  }

  /**
   * Serializes an item for this kind of worker.
   *
   * @param longBytes the number of bytes above which a turn counts as long
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
