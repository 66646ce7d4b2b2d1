package dev.holdfast.host;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Holds the command line options for connecting to a remote hub.
 *
 * @param to an endpoint, a connection string, or the name of a setting that holds one; null leaves
 *     the choice to {@code HOLDFAST_CONNECT}
 * @param tokenFile the file whose content is sent to the hub as a token; null leaves the choice to
 *     the environment
 * @param authorities PEM file of the authorities whose certificates are trusted
 * @param certificate PEM file of the certificate to show
 * @param key PEM file of the certificate's private key
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
