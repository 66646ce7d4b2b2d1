package dev.holdfast.server.grpc;

import java.io.IOException;

/** Says that a certificate or key cannot be used. The message names the file and its fault. */
public final class TlsUnusableException extends IOException {
  private static final long serialVersionUID = 1L;

  TlsUnusableException(String message, Throwable cause) {
    super(message, cause);
  }
}
