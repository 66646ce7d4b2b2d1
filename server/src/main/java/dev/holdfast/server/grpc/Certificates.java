package dev.holdfast.server.grpc;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the certificates of the server, as read from the files of {@link Tls}.
 *
 * <p>A new certificate is used for new connections; existing connections keep the certificate with
 * which they began.
 */
final class Certificates {
  private static final Logger log = LoggerFactory.getLogger("Host.Grpc");

  private final Tls tls;
  private final AdvancedTlsX509KeyManager own = new AdvancedTlsX509KeyManager();
  private final @Nullable AdvancedTlsX509TrustManager clients;
  private List<FileTime> seen;

  private Certificates(Tls tls) throws IOException, GeneralSecurityException {
    this.tls = tls;
    this.clients = tls.clientAuthorities() == null ? null : verifier();
    // The times are read before the files, so that the next check notices a change during the
    // reading.
    this.seen = changed();
    load();
  }

  /**
   * Returns a trust manager that accepts every client with a valid certificate, no matter which
   * name the certificate contains.
   */
  private static AdvancedTlsX509TrustManager verifier() throws GeneralSecurityException {
    return AdvancedTlsX509TrustManager.newBuilder()
        .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
        .build();
  }

  /**
   * Reads all files.
   *
   * @throws TlsUnusableException a file is missing or has the wrong content
   */
  static Certificates read(Tls tls) throws TlsUnusableException {
    try {
      return new Certificates(tls);
    } catch (NoSuchFileException e) {
      throw new TlsUnusableException("There is no file " + e.getMessage() + ".", e);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new TlsUnusableException(
          "The certificate %s, its key %s%s cannot be used: %s"
              .formatted(
                  tls.certificate(),
                  tls.privateKey(),
                  tls.clientAuthorities() == null
                      ? ""
                      : " or the authorities of clients " + tls.clientAuthorities(),
                  e.getMessage()),
          e);
    }
  }

  ServerCredentials credentials() {
    TlsServerCredentials.Builder credentials = TlsServerCredentials.newBuilder().keyManager(own);
    if (clients != null) {
      credentials.trustManager(clients).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
    }
    return credentials.build();
  }

  /** Returns a context with the same certificates for servers that do not speak gRPC. */
  SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {own}, clients == null ? null : new TrustManager[] {clients}, null);
    return context;
  }

  /** Reads the files again when they have changed since they were last read. */
  synchronized void refresh() {
    try {
      List<FileTime> now = changed();
      if (!now.equals(seen)) {
        load();
        seen = now;
        log.info("The certificate {} was read anew.", tls.certificate());
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      log.warn(
          "The changed certificate {} cannot be used, the former stays in force: {}",
          tls.certificate(),
          e.toString());
    }
  }

  private void load() throws IOException, GeneralSecurityException {
    own.updateIdentityCredentials(tls.certificate().toFile(), tls.privateKey().toFile());
    Path authorities = tls.clientAuthorities();
    if (clients != null && authorities != null) {
      clients.updateTrustCredentials(authorities.toFile());
    }
  }

  private List<FileTime> changed() throws IOException {
    List<FileTime> times = new ArrayList<>();
    times.add(Files.getLastModifiedTime(tls.certificate()));
    times.add(Files.getLastModifiedTime(tls.privateKey()));
    Path authorities = tls.clientAuthorities();
    if (authorities != null) {
      times.add(Files.getLastModifiedTime(authorities));
    }
    return times;
  }
}
