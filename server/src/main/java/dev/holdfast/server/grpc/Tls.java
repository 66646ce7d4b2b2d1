package dev.holdfast.server.grpc;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Names the files with which the service speaks TLS. All files are PEM and are read again when they
 * have changed; while a changed file cannot be read, the former certificate stays in force.
 *
 * @param certificate the certificate of the service, followed by those up to its authority
 * @param privateKey the key of the certificate, PKCS#8, without a password
 * @param clientAuthorities the authorities that vouch for clients, who then get no connection
 *     without a valid certificate; null asks clients for no certificate
 * @param reloadEvery the time between two checks for changed files
 */
public record Tls(
    Path certificate, Path privateKey, @Nullable Path clientAuthorities, Duration reloadEvery) {

  public Tls(Path certificate, Path privateKey, @Nullable Path clientAuthorities) {
    this(certificate, privateKey, clientAuthorities, Duration.ofSeconds(10));
  }
}
