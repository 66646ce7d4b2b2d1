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
   * A chunk has this size: below the 4 MiB that gRPC servers read by default, with room for what
   * frames a message.
   */
  static final int BYTES = 4 * 1024 * 1024 - 100 * 1024;

  private TurnChunks() {}

  /** Returns the messages to send, in order. One action larger than the limit travels alone. */
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
   * Begins a further message; the fields that concern the whole answer stand in the first one only.
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
