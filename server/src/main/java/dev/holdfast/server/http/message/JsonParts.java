package dev.holdfast.server.http.message;

import dev.holdfast.server.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Makes a long JSON text piece by piece while it is sent. */
final class JsonParts implements BodyParts {
  /** A text of at most this many bytes is sent at once, with its length. */
  private static final int PART_BYTES = 64 << 10;

  private final JsonWriter json;
  private final BooleanSupplier pieces;
  private boolean ended;

  private JsonParts(JsonWriter json, BooleanSupplier pieces) {
    this.json = json;
    this.pieces = pieces;
  }

  /**
   * Returns a reply whose text is made in pieces.
   *
   * @param pieces writes the next piece to {@code json} and returns whether there is another one
   */
  static Reply reply(int status, JsonWriter json, BooleanSupplier pieces) {
    JsonParts parts = new JsonParts(json, pieces);
    parts.write();
    return parts.ended ? Reply.json(status, json) : Reply.streamed(status, Reply.JSON, parts);
  }

  private void write() {
    while (!ended && json.size() < PART_BYTES) {
      ended = !pieces.getAsBoolean();
    }
  }

  @Override
  public CompletableFuture<Optional<ByteBuffer>> next() {
    write();
    byte[] part = json.take();
    return CompletableFuture.completedFuture(
        part.length == 0 ? Optional.empty() : Optional.of(ByteBuffer.wrap(part)));
  }

  @Override
  public void close() {
    // The text is in memory, so there is nothing to release.
  }
}
