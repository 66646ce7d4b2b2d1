package dev.holdfast.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.Grpc;
import dev.holdfast.host.config.Limits;
import dev.holdfast.server.grpc.GrpcConfig;
import dev.holdfast.server.grpc.Tls;
import dev.holdfast.server.http.keys.Keys;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How the gRPC service listens: in plain text and for everybody on loopback; beyond it only by TLS
 * and with a key or a certificate, unless somebody has said otherwise in so many words.
 */
final class GrpcFront {
  private static final String SECTION = "extensions.holdfast.grpc";

  private final Setup setup;
  private final Limits limits;
  private final Grpc grpc;
  private final boolean loopback;

  GrpcFront(Setup setup) {
    this.setup = setup;
    this.limits = setup.config().limits();
    this.grpc = limits.grpc();
    this.loopback = Setup.isLoopback(grpc.bind(), SECTION + ".bind in host.json");
  }

  /** Whether calls must bring a key. A certificate of the client is as good as one. */
  boolean requiresKeys() {
    Boolean said = grpc.requireKey();
    return said != null
        ? said
        : setup.options().requireKeys() || (!loopback && grpc.clientAuthorities() == null);
  }

  boolean speaksTls() {
    return grpc.certificate() != null;
  }

  /**
   * Where workers find it, for people to read.
   *
   * @param port that was bound
   */
  String endpoint(int port) {
    return (loopback ? "localhost" : grpc.bind()) + ":" + port;
  }

  /** How it is spoken to, for people to read. */
  String manner() {
    return "gRPC, "
        + (speaksTls() ? "TLS" : "plain text")
        + (grpc.clientAuthorities() == null ? "" : ", with a certificate of the client")
        + (requiresKeys() ? ", with 'authorization: Bearer KEY'" : "");
  }

  /** Whether the app has a port of its own: it knows neither certificates nor keys. */
  boolean hasLocalDoor() {
    boolean open = !requiresKeys() && !speaksTls() && loopback;
    return !open && !setup.options().engineOnly();
  }

  /**
   * @param appSecret with which the app of this host shows that it is that
   * @throws CannotException anybody in the network could read along or do everything
   */
  GrpcConfig config(Keys keys, String appSecret) {
    if (!loopback && !speaksTls() && !grpc.allowPlainText()) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot listen for gRPC on '" + grpc.bind() + "' in plain text.",
          "Everybody on the way could read keys and payloads.",
          "Set certificate and privateKey under "
              + SECTION
              + " in host.json. Where something else encrypts, or in a network that you trust, set"
              + " allowPlainText there to true.");
    }
    Integer port = setup.options().grpcPort();
    GrpcConfig usual = GrpcConfig.loopback();
    return new GrpcConfig(
        grpc.bind(),
        port == null ? usualPort() : port,
        // Workers are told a port once; on another one they would never be found.
        port != null || setup.options().engineOnly() || !loopback,
        Math.max(limits.requestBytesMax(), usual.inboundBytesMax()),
        usual.idleConnectionFor(),
        setup.config().durable().throwStatusExceptionsOnRaiseEvent(),
        limits.workers(),
        access(keys, appSecret),
        setup.config().durable().versioning().own(),
        setup.chosenHub(),
        usual.admission());
  }

  /** A host that works for a hub elsewhere leaves the usual port to hubs. */
  private int usualPort() {
    return setup.target() == null ? GrpcConfig.USUAL_PORT : 0;
  }

  private GrpcConfig.Access access(Keys keys, String appSecret) {
    byte[] expected = appSecret.getBytes(UTF_8);
    Predicate<String> isApp = shown -> MessageDigest.isEqual(shown.getBytes(UTF_8), expected);
    return new GrpcConfig.Access(
        tls(), requiresKeys() ? keys::opensGrpc : null, hasLocalDoor() ? isApp : null);
  }

  private @Nullable Tls tls() {
    String certificate = grpc.certificate();
    String privateKey = grpc.privateKey();
    if (certificate == null || privateKey == null) {
      return null;
    }
    String authorities = grpc.clientAuthorities();
    return new Tls(
        file(certificate), file(privateKey), authorities == null ? null : file(authorities));
  }

  /** Beside host.json, unless its path says where. */
  private Path file(String name) {
    return setup.folder().resolve(name);
  }
}
