package dev.holdfast.server.grpc;

import java.io.IOException;

/** A certificate or key cannot be used. The message names the file and what is wrong with it. */
public final class TlsUnusableException extends IOException {
  private static final long serialVersionUID = 1L;

  TlsUnusableException(String message, Throwable cause) {
    super(message, cause);
  }
}
