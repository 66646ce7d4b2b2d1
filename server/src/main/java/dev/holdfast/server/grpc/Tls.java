package dev.holdfast.server.grpc;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Names the files with which the service speaks TLS. All files are PEM and are read again when they
 * have changed; while a changed file cannot be read, the former certificate stays in use.
 *
 * @param certificate the certificate chain of the service
 * @param privateKey the key of the certificate, PKCS#8, without a password
 * @param clientAuthorities the authorities that sign the certificates of clients; clients then get
 *     no connection without a valid certificate. Null means that clients need no certificate
 * @param reloadEvery the time between two checks for changed files
 */
public record Tls(
    Path certificate, Path privateKey, @Nullable Path clientAuthorities, Duration reloadEvery) {

  public Tls(Path certificate, Path privateKey, @Nullable Path clientAuthorities) {
    this(certificate, privateKey, clientAuthorities, Duration.ofSeconds(10));
  }
}
