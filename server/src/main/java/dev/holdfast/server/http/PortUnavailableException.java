package dev.holdfast.server.http;

/** The port cannot be listened on; the message names the port and the way out. */
public final class PortUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PortUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
