package dev.holdfast.server.grpc;

import dev.holdfast.protocol.HistoryChunk;
import dev.holdfast.protocol.HistoryEvent;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;

/**
 * Sends a history to one client in chunks, no faster than the client reads.
 *
 * <p>The transport calls {@code push} from one thread at a time, but the first call of {@code send}
 * may coincide with it, so the methods are synchronized.
 */
final class HistoryStream {
  /**
   * A chunk has this size, far below the 4 MiB that clients read by default. A larger event travels
   * alone.
   */
  static final int CHUNK_BYTES = 256 * 1024;

  private final ServerCallStreamObserver<HistoryChunk> call;
  private List<HistoryEvent> left = List.of();
  private boolean known;
  private boolean ended;

  /**
   * Creates the stream. The constructor must be called while the call is being opened, because the
   * transport accepts no handler later.
   */
  HistoryStream(ServerCallStreamObserver<HistoryChunk> call) {
    this.call = call;
    call.setOnReadyHandler(this::push);
  }

  synchronized void send(List<HistoryEvent> history) {
    left = history;
    known = true;
    push();
  }

  private synchronized void push() {
    if (!known || ended) {
      return;
    }
    while (!left.isEmpty()) {
      if (!call.isReady()) {
        return;
      }
      call.onNext(nextChunk());
    }
    ended = true;
    call.onCompleted();
  }

  private HistoryChunk nextChunk() {
    HistoryChunk.Builder chunk = HistoryChunk.newBuilder();
    int bytes = 0;
    int count = 0;
    while (count < left.size()) {
      HistoryEvent event = left.get(count);
      bytes += event.getSerializedSize();
      if (count > 0 && bytes > CHUNK_BYTES) {
        break;
      }
      chunk.addEvents(event);
      count++;
    }
    left = left.subList(count, left.size());
    return chunk.build();
  }
}
