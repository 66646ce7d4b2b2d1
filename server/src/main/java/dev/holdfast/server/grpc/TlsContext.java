package dev.holdfast.server.grpc;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/**
 * Holds certificates from PEM files for servers that do not speak gRPC. The files are read again
 * when they change, like those of the gRPC server.
 */
public final class TlsContext {
  private final Certificates certificates;

  private TlsContext(Certificates certificates) {
    this.certificates = certificates;
  }

  /**
   * Reads all files.
   *
   * @throws TlsUnusableException a file is missing or has the wrong content
   */
  public static TlsContext read(Tls tls) throws TlsUnusableException {
    return new TlsContext(Certificates.read(tls));
  }

  /** Returns the context for new connections; they use the newest certificate that was read. */
  public SSLContext context() {
    try {
      return certificates.context();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java speaks TLS, but this one does not", e);
    }
  }

  /** Reads the files again when they have changed; a file that cannot be used is logged. */
  public void refresh() {
    certificates.refresh();
  }
}
