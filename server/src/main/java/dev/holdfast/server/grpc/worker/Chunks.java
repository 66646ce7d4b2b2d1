package dev.holdfast.server.grpc.worker;

import dev.holdfast.protocol.OrchestratorResponse;
import org.jspecify.annotations.Nullable;

/** Joins the answer to one turn that comes in several messages. */
@SuppressWarnings("deprecation") // The contract deprecates chunks, but SDKs still send them.
final class Chunks {
  private OrchestratorResponse.@Nullable Builder whole;
  private int expected;
  private long bytes;

  /** Tells whether the response is one of several messages. */
  static boolean isChunk(OrchestratorResponse response) {
    return response.getIsPartial() || response.hasChunkIndex();
  }

  /**
   * Adds one message; a message that was added before changes nothing.
   *
   * @return the whole answer when this was its last message, otherwise null
   */
  synchronized @Nullable OrchestratorResponse add(OrchestratorResponse chunk) {
    if (chunk.getChunkIndex().getValue() != expected) {
      return null;
    }
    expected++;
    bytes += chunk.getSerializedSize();
    OrchestratorResponse.Builder sum = whole;
    if (sum == null) {
      // The fields that concern the whole answer stand in the first message.
      sum = chunk.toBuilder().clearIsPartial().clearChunkIndex();
      whole = sum;
    } else {
      sum.addAllActions(chunk.getActionsList());
    }
    return chunk.getIsPartial() ? null : sum.build();
  }

  /** Returns how many bytes have come so far. */
  synchronized long bytes() {
    return bytes;
  }
}
