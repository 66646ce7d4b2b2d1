package dev.holdfast.server.grpc;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the service finds what it needs to speak TLS. All files are PEM, and are read again when
 * they have changed; one that cannot be read then leaves the former in force.
 *
 * @param certificate the service's own, followed by those up to its authority
 * @param privateKey of the certificate, PKCS#8, without a password
 * @param clientAuthorities who vouches for clients; null asks them for no certificate, otherwise a
 *     client without a valid one gets no connection
 * @param reloadEvery how often is looked for changes
 */
public record Tls(
    Path certificate, Path privateKey, @Nullable Path clientAuthorities, Duration reloadEvery) {

  public Tls(Path certificate, Path privateKey, @Nullable Path clientAuthorities) {
    this(certificate, privateKey, clientAuthorities, Duration.ofSeconds(10));
  }
}
