package dev.holdfast.host;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says about a hub somewhere else.
 *
 * @param to an endpoint, a connection string, or the name of a setting that holds one; null leaves
 *     it to {@code HOLDFAST_CONNECT}
 * @param tokenFile whose content is shown to the hub; null leaves it to the environment
 * @param authorities PEM file of the authorities whose certificates are believed
 * @param certificate PEM file of the certificate to show
 * @param key PEM file of its private key
 */
public record ConnectOptions(
    @Nullable String to,
    @Nullable Path tokenFile,
    @Nullable Path authorities,
    @Nullable Path certificate,
    @Nullable Path key) {

  public static final ConnectOptions NONE = new ConnectOptions(null, null, null, null, null);

  public static ConnectOptions to(String endpoint) {
    return new ConnectOptions(endpoint, null, null, null, null);
  }
}
