package dev.holdfast.server.grpc.worker;

import dev.holdfast.protocol.OrchestratorResponse;
import org.jspecify.annotations.Nullable;

/** Joins the messages of an answer to one turn that is split. */
@SuppressWarnings("deprecation") // The contract deprecates chunks, but SDKs still send them.
final class Chunks {
  private OrchestratorResponse.@Nullable Builder whole;
  private int expected;
  private long bytes;

  /** Returns whether the response is one of several messages. */
  static boolean isChunk(OrchestratorResponse response) {
    return response.getIsPartial() || response.hasChunkIndex();
  }

  /**
   * Adds one message; a repeated message has no effect.
   *
   * @return the whole answer when this message completes it, otherwise null
   */
  synchronized @Nullable OrchestratorResponse add(OrchestratorResponse chunk) {
    if (chunk.getChunkIndex().getValue() != expected) {
      return null;
    }
    expected++;
    bytes += chunk.getSerializedSize();
    OrchestratorResponse.Builder sum = whole;
    if (sum == null) {
      // The first message has the fields that concern the whole answer.
      sum = chunk.toBuilder().clearIsPartial().clearChunkIndex();
      whole = sum;
    } else {
      sum.addAllActions(chunk.getActionsList());
    }
    return chunk.getIsPartial() ? null : sum.build();
  }

  /** Returns how many bytes have arrived so far. */
  synchronized long bytes() {
    return bytes;
  }
}
