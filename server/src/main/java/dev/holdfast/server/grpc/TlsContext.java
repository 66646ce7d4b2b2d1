package dev.holdfast.server.grpc;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/**
 * Certificates in PEM files for other servers than that of gRPC: read, and read anew when they have
 * changed, as it does.
 */
public final class TlsContext {
  private final Certificates certificates;

  private TlsContext(Certificates certificates) {
    this.certificates = certificates;
  }

  /**
   * @throws TlsUnusableException a file is missing or is not what it should be
   */
  public static TlsContext read(Tls tls) throws TlsUnusableException {
    return new TlsContext(Certificates.read(tls));
  }

  /** What connections are made with; they use the newest certificate that was read. */
  public SSLContext context() {
    try {
      return certificates.context();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java speaks TLS, but this one does not", e);
    }
  }

  /** Takes up files that have changed since the last time; what cannot be used is logged. */
  public void refresh() {
    certificates.refresh();
  }
}
