package dev.holdfast.server.grpc.remote;

import dev.holdfast.server.grpc.HubCheck;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells the address of a remote task hub, and what this host shows there.
 *
 * @param tls null speaks plain text
 * @param taskHub the name of the hub; null asks for the one that is there, whatever its name
 * @param token null sends no token
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
   * Tells the means by which the hub proves its identity to this host, and this host to the hub.
   *
   * @param authorities PEM file of the authorities to trust; null trusts those of the JVM
   * @param certificate PEM file of the certificate to show; null shows none
   * @param key PEM file of the certificate's private key; null exactly when there is no certificate
   */
  public record Tls(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
    /** Trusts the authorities of the JVM and shows no certificate, as browsers do. */
    public static final Tls USUAL = new Tls(null, null, null);
  }

  /** Returns the name of the hub that is sent with every call. */
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
