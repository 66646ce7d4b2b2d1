package dev.holdfast.functions.context;

import java.net.URI;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says how the durable clients of an app reach the hub. Suppliers are asked each time a durable
 * client is handed out.
 *
 * @param taskHub the task hub that a durable client uses when its binding names none
 * @param connectionName the label of the hub's storage connection, for URLs
 * @param rpcPort supplies the port of the loopback gRPC service
 * @param rpcSecret the bearer token that the app's own gRPC channels present to the loopback gRPC
 *     service; null when that service asks for none
 * @param httpBaseUrl supplies scheme and authority of this host, e.g. {@code http://localhost:7071}
 * @param systemKey supplies the key that management URLs carry as {@code code}
 */
public record HubDoor(
    String taskHub,
    String connectionName,
    IntSupplier rpcPort,
    @Nullable String rpcSecret,
    Supplier<URI> httpBaseUrl,
    Supplier<String> systemKey) {

  /** This is the door of a host whose host.json is empty and whose ports are the usual ones. */
  public static final HubDoor DEFAULT =
      new HubDoor(
          "TestHubName",
          "Storage",
          () -> 4001,
          null,
          () -> URI.create("http://localhost:7071"),
          () -> "");
}
