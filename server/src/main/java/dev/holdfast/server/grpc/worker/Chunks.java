package dev.holdfast.server.grpc.worker;

import dev.holdfast.protocol.OrchestratorResponse;
import org.jspecify.annotations.Nullable;

/** The answer to one turn that comes in several messages. */
@SuppressWarnings("deprecation") // The contract calls chunks old, but SDKs still send them.
final class Chunks {
  private OrchestratorResponse.@Nullable Builder whole;
  private int expected;
  private long bytes;

  /** Whether this is one of several messages. */
  static boolean isChunk(OrchestratorResponse response) {
    return response.getIsPartial() || response.hasChunkIndex();
  }

  /**
   * Takes one message; one that was taken before changes nothing.
   *
   * @return the whole answer when this was its last message
   */
  synchronized @Nullable OrchestratorResponse add(OrchestratorResponse chunk) {
    if (chunk.getChunkIndex().getValue() != expected) {
      return null;
    }
    expected++;
    bytes += chunk.getSerializedSize();
    OrchestratorResponse.Builder sum = whole;
    if (sum == null) {
      // What is said of the whole answer stands in the first one.
      sum = chunk.toBuilder().clearIsPartial().clearChunkIndex();
      whole = sum;
    } else {
      sum.addAllActions(chunk.getActionsList());
    }
    return chunk.getIsPartial() ? null : sum.build();
  }

  /** How much has come so far. */
  synchronized long bytes() {
    return bytes;
  }
}
