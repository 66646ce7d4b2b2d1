package dev.holdfast.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token in a file that somebody else renews: read again every few seconds. While it cannot be
 * read, or is empty because it is just being written, the last one is used.
 */
final class TokenFile implements Supplier<String> {
  private static final Logger log = LoggerFactory.getLogger("Host.Remote");
  private static final long FRESH_NANOS = 5_000_000_000L;

  private final Path file;
  private String token = "";
  private long readAt;

  TokenFile(Path file) {
    this.file = file;
  }

  @Override
  public synchronized String get() {
    long now = System.nanoTime();
    if (token.isEmpty() || now - readAt > FRESH_NANOS) {
      readAt = now;
      read();
    }
    return token;
  }

  private void read() {
    try {
      String read = Files.readString(file).strip();
      if (!read.isEmpty()) {
        token = read;
      }
    } catch (IOException e) {
      log.warn("The token in {} cannot be read ({}); the last one is used.", file, e.toString());
    }
  }
}
