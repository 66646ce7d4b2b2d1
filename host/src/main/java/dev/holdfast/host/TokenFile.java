package dev.holdfast.host;

import dev.holdfast.server.grpc.remote.TokenSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a token from a file that another program renews; the file is read again every few seconds.
 * While the file cannot be read, or is empty because another program is writing it, the last token
 * is used.
 */
final class TokenFile implements TokenSource {
  private static final Logger log = LoggerFactory.getLogger("Host.Remote");
  private static final long FRESH_NANOS = 5_000_000_000L;

  private final Path file;
  private String token = "";
  private long readAt;

  TokenFile(Path file) {
    this.file = file;
  }

  @Override
  public synchronized CompletableFuture<String> token() {
    long now = System.nanoTime();
    if (!token.isEmpty() && now - readAt <= FRESH_NANOS) {
      return CompletableFuture.completedFuture(token);
    }
    readAt = now;
    try {
      String read = Files.readString(file).strip();
      if (read.isEmpty()) {
        throw new IOException("it is empty");
      }
      token = read;
    } catch (IOException e) {
      if (token.isEmpty()) {
        return CompletableFuture.failedFuture(
            new NoTokenException(
                "There is no token in %s (%s). Put one there, or give another file."
                    .formatted(file, e),
                e));
      }
      log.warn("The token in {} cannot be read ({}); the last one is used.", file, e.toString());
    }
    return CompletableFuture.completedFuture(token);
  }
}
