package dev.holdfast.functions.context;

import java.net.URI;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says how the durable clients of an app reach the hub. The suppliers are called each time a
 * function gets a durable client.
 *
 * @param taskHub the task hub that a durable client uses when its binding names none
 * @param connectionName the label of the hub's storage connection, for URLs
 * @param rpcPort supplies the port of the loopback gRPC service
 * @param rpcSecret the bearer token that the app's own gRPC channels present to the loopback gRPC
 *     service; null when that service requires none
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

  /** This is the door of a host with an empty host.json and the usual ports. */
  public static final HubDoor DEFAULT =
      new HubDoor(
          "TestHubName",
          "Storage",
          () -> 4001,
          null,
          () -> URI.create("http://localhost:7071"),
          () -> "");
}
