package dev.holdfast.server.http.message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Sends the content of a channel, for example of a file, and closes the channel afterwards. */
public final class ChannelParts implements BodyParts {
  private static final int PART_BYTES = 64 << 10;

  private final ReadableByteChannel channel;

  /**
   * Creates the parts of a body from a channel.
   *
   * @param channel the channel, which must not be a socket, because its bytes may arrive late
   */
  public ChannelParts(ReadableByteChannel channel) {
    this.channel = channel;
  }

  @Override
  public CompletableFuture<Optional<ByteBuffer>> next() {
    ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
    try {
      while (part.hasRemaining() && channel.read(part) >= 0) {
        // A channel may return fewer bytes than the buffer has room for.
      }
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    part.flip();
    return CompletableFuture.completedFuture(
        part.hasRemaining() ? Optional.of(part) : Optional.empty());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("A channel whose content was sent could not be closed", e);
    }
  }
}
