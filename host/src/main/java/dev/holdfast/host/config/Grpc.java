package dev.holdfast.host.config;

import org.jspecify.annotations.Nullable;

/**
 * Holds the settings of {@code extensions.holdfast.grpc}: these say who may call the gRPC service,
 * and from which addresses.
 *
 * @param bind the address on which the service listens
 * @param certificate PEM file of the certificate chain; null means plain text
 * @param privateKey PEM file of the certificate's private key
 * @param clientAuthorities PEM file of the authorities that vouch for clients; null means that
 *     clients need no certificate
 * @param requireKey whether every call must carry a key; null means that the address decides
 * @param allowPlainText whether plain text is allowed beyond loopback
 */
public record Grpc(
    String bind,
    @Nullable String certificate,
    @Nullable String privateKey,
    @Nullable String clientAuthorities,
    @Nullable Boolean requireKey,
    boolean allowPlainText) {

  static Grpc read(Section section) {
    Grpc grpc =
        new Grpc(
            section.text("bind", "127.0.0.1"),
            section.text("certificate"),
            section.text("privateKey"),
            section.text("clientAuthorities"),
            section.has("requireKey") ? (Boolean) section.flag("requireKey", false) : null,
            section.flag("allowPlainText", false));
    if (grpc.certificate == null && (grpc.privateKey != null || grpc.clientAuthorities != null)) {
      throw section.wrong(
          "certificate",
          null,
          "the file of a certificate when privateKey or clientAuthorities is set");
    }
    if (grpc.certificate != null && grpc.privateKey == null) {
      throw section.wrong("privateKey", null, "the file of the certificate's private key");
    }
    return grpc;
  }
}
