package dev.holdfast.server.grpc.remote;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Int32Value;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import java.util.ArrayList;
import java.util.List;

/** Splits an answer to a turn that is too large for one message. */
@SuppressWarnings("deprecation") // The contract deprecates chunks, but hubs offer nothing newer.
final class TurnChunks {
  /**
   * A chunk has at most this many bytes: fewer than the 4 MiB that gRPC servers read by default, so
   * that there is room for the frame of a message.
   */
  static final int BYTES = 4 * 1024 * 1024 - 100 * 1024;

  private TurnChunks() {}

  /**
   * Returns the messages to send, in order. A single action larger than the limit gets a message of
   * its own.
   */
  static List<OrchestratorResponse> of(OrchestratorResponse response, int bytesMax) {
    if (response.getSerializedSize() <= bytesMax) {
      return List.of(response);
    }
    List<OrchestratorResponse> chunks = new ArrayList<>();
    OrchestratorResponse.Builder chunk = response.toBuilder().clearActions();
    int bytes = chunk.build().getSerializedSize();
    for (OrchestratorAction action : response.getActionsList()) {
      int size =
          CodedOutputStream.computeMessageSize(OrchestratorResponse.ACTIONS_FIELD_NUMBER, action);
      if (chunk.getActionsCount() > 0 && bytes + size > bytesMax) {
        chunks.add(numbered(chunk, chunks.size(), true));
        chunk = next(response);
        bytes = chunk.build().getSerializedSize();
      }
      chunk.addActions(action);
      bytes += size;
    }
    chunks.add(numbered(chunk, chunks.size(), false));
    return chunks;
  }

  /**
   * Begins another message; only the first message has the fields that concern the whole answer.
   */
  private static OrchestratorResponse.Builder next(OrchestratorResponse response) {
    return OrchestratorResponse.newBuilder()
        .setInstanceId(response.getInstanceId())
        .setCompletionToken(response.getCompletionToken())
        .setCustomStatus(response.getCustomStatus())
        .setNumEventsProcessed(Int32Value.of(0));
  }

  private static OrchestratorResponse numbered(
      OrchestratorResponse.Builder chunk, int index, boolean partial) {
    return chunk.setIsPartial(partial).setChunkIndex(Int32Value.of(index)).build();
  }
}
