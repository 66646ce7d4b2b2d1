package dev.holdfast.server.grpc.remote;

import dev.holdfast.server.grpc.HubCheck;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a task hub is, and what to show there.
 *
 * @param tls null speaks plain text
 * @param taskHub the hub that is asked for; null asks for whichever is there
 * @param token null sends none
 * @param workerId what this worker calls itself: others at the same hub have another one
 */
public record RemoteTarget(
    String host,
    int port,
    @Nullable Tls tls,
    @Nullable String taskHub,
    @Nullable TokenSource token,
    String workerId) {

  /**
   * How the other side is recognised, and how it recognises this one.
   *
   * @param authorities PEM file of the authorities to trust; null trusts those of the JVM
   * @param certificate PEM file of the certificate to show; null shows none
   * @param key PEM file of its private key; null exactly when there is no certificate
   */
  public record Tls(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
    /** What browsers do. */
    public static final Tls USUAL = new Tls(null, null, null);
  }

  /** The name sent with every call. */
  String askedHub() {
    return taskHub == null ? HubCheck.ANY : taskHub;
  }

  /** The address as people write it. */
  public String address() {
    return (tls == null ? "http://" : "https://")
        + (host.indexOf(':') < 0 ? host : "[" + host + "]")
        + ":"
        + port;
  }
}
