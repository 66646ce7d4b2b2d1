package dev.holdfast.server.grpc.remote;

import dev.holdfast.server.grpc.HubCheck;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Describes the address of a remote task hub, and the credentials of this host.
 *
 * @param tls the certificates; null means plain text
 * @param taskHub the name of the hub; null means the hub at this address with any name
 * @param token the source of tokens; null means that no token is sent
 * @param workerId the name of this worker; other workers of the hub must have other names
 */
public record RemoteTarget(
    String host,
    int port,
    @Nullable Tls tls,
    @Nullable String taskHub,
    @Nullable TokenSource token,
    String workerId) {

  /**
   * Names the files with which the hub and this host prove their identities to each other.
   *
   * @param authorities PEM file of the authorities to trust; null means the authorities of the JVM
   * @param certificate PEM file of this host's certificate; null means that it has none
   * @param key PEM file of the certificate's private key; null exactly when there is no certificate
   */
  public record Tls(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
    /**
     * With these settings the host trusts the authorities of the JVM and sends no certificate, as
     * browsers do.
     */
    public static final Tls USUAL = new Tls(null, null, null);
  }

  /** Returns the hub name that is sent with every call. */
  String askedHub() {
    return taskHub == null ? HubCheck.ANY : taskHub;
  }

  /** Returns the address as people write it. */
  public String address() {
    return (tls == null ? "http://" : "https://")
        + (host.indexOf(':') < 0 ? host : "[" + host + "]")
        + ":"
        + port;
  }
}
