package dev.holdfast.host.config;

import org.jspecify.annotations.Nullable;

/**
 * Holds the settings of {@code extensions.holdfast.http}: the certificate with which HTTP speaks
 * TLS.
 *
 * @param certificate PEM file of the certificate chain
 * @param privateKey PEM file of the certificate's private key
 */
public record HttpTls(String certificate, String privateKey) {

  /** Reads the section; returns null when HTTP uses plain text. */
  static @Nullable HttpTls read(Section section) {
    String certificate = section.text("certificate");
    String privateKey = section.text("privateKey");
    if (certificate == null && privateKey == null) {
      return null;
    }
    if (certificate == null) {
      throw section.wrong("certificate", null, "the file of a certificate when privateKey is set");
    }
    if (privateKey == null) {
      throw section.wrong("privateKey", null, "the file of the certificate's private key");
    }
    return new HttpTls(certificate, privateKey);
  }
}
