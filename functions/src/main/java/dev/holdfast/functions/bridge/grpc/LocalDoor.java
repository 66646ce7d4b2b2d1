package dev.holdfast.functions.bridge.grpc;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which port of this machine is the host's door for its own app, and what opens it. There is one in
 * each app's class loader; nothing outside of it sees the secret.
 */
public final class LocalDoor {
  private record Open(IntSupplier port, String secret) {}

  private static volatile @Nullable Open open;

  private LocalDoor() {}

  /** Called once by the host, before anything of the app runs. */
  public static void open(IntSupplier port, String secret) {
    open = new Open(port, secret);
  }

  /** What a channel to this address must bring; null when it must bring nothing. */
  static @Nullable String secretFor(String host, int port) {
    Open door = open;
    boolean here = host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
    return door != null && here && port == door.port().getAsInt() ? door.secret() : null;
  }
}
