package dev.holdfast.functions.bridge.grpc;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows the port of this host's gRPC service for its own app, and the secret that the service asks
 * for. Each app's class loader has its own copy of this class, and code outside that loader cannot
 * see the secret.
 */
public final class LocalDoor {
  private record Open(IntSupplier port, String secret) {}

  private static volatile @Nullable Open open;

  private LocalDoor() {}

  /** Sets the port and the secret. The host calls this once, before any code of the app runs. */
  public static void open(IntSupplier port, String secret) {
    open = new Open(port, secret);
  }

  /**
   * Returns the secret that a channel to this address must present; null when it must present none.
   */
  static @Nullable String secretFor(String host, int port) {
    Open door = open;
    boolean here = host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
    return door != null && here && port == door.port().getAsInt() ? door.secret() : null;
  }
}
