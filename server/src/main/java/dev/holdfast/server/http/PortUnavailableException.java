package dev.holdfast.server.http;

/** The server cannot listen on the port; the message names the port and the cure. */
public final class PortUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PortUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
