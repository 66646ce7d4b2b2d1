package dev.holdfast.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.Grpc;
import dev.holdfast.host.config.HostLimits;
import dev.holdfast.server.grpc.GrpcConfig;
import dev.holdfast.server.grpc.Tls;
import dev.holdfast.server.http.keys.Keys;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides how the gRPC service listens: on loopback it accepts every client in plain text; on other
 * addresses it accepts only TLS with a key or a client certificate, unless host.json explicitly
 * allows otherwise.
 */
final class GrpcFront {
  private static final String SECTION = "extensions.holdfast.grpc";

  private final Setup setup;
  private final HostLimits limits;
  private final Grpc grpc;
  private final boolean loopback;

  GrpcFront(Setup setup) {
    this.setup = setup;
    this.limits = setup.config().limits();
    this.grpc = limits.grpc();
    this.loopback = Setup.isLoopback(grpc.bind(), SECTION + ".bind in host.json");
  }

  /** Returns whether calls must carry a key. By default a client certificate replaces the key. */
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
   * Returns the address at which workers reach the service, in a form for people.
   *
   * @param port the port that was bound
   */
  String endpoint(int port) {
    return (loopback ? "localhost" : grpc.bind()) + ":" + port;
  }

  /** Describes for people how clients must connect. */
  String manner() {
    return "gRPC, "
        + (speaksTls() ? "TLS" : "plain text")
        + (grpc.clientAuthorities() == null ? "" : ", with a certificate of the client")
        + (requiresKeys() ? ", with 'authorization: Bearer KEY'" : "");
  }

  /**
   * Returns whether the app gets a port of its own, because its client library supports neither
   * certificates nor keys.
   */
  boolean hasLocalDoor() {
    boolean open = !requiresKeys() && !speaksTls() && loopback;
    return !open && !setup.options().engineOnly();
  }

  /**
   * Makes the configuration of the service.
   *
   * @param appSecret the secret by which the app of this host proves its identity
   * @throws CannotException the configuration would let everyone on the network read payloads and
   *     keys
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
        // Workers are configured with the usual port and would not find the service on another one.
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

  /** Returns the default port: a host that works for a remote hub leaves the usual port to hubs. */
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

  /** Resolves the path of a file relative to host.json. */
  private Path file(String name) {
    return setup.folder().resolve(name);
  }
}
