package dev.holdfast.server.http;

/** Says that the server cannot listen on the port. The message names the port and the cure. */
public final class PortUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PortUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
