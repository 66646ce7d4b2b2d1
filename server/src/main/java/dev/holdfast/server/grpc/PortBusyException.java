package dev.holdfast.server.grpc;

import java.io.IOException;

/**
 * Says that another process listens on the configured port. The message names the port and the
 * cure.
 */
public final class PortBusyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int port;

  PortBusyException(int port, Throwable cause) {
    super(
        "Port "
            + port
            + " (gRPC) is in use. Stop the process that listens there, or choose another with"
            + " --grpc-port.",
        cause);
    this.port = port;
  }

  public int port() {
    return port;
  }
}
