package dev.holdfast.host;

import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.ConnectionString;
import dev.holdfast.server.grpc.remote.RemoteTarget;
import dev.holdfast.server.grpc.remote.TokenSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out to which hub a host connects, and with which credentials. */
final class Connecting {
  static final String CONNECT = "HOLDFAST_CONNECT";
  static final String TOKEN = "HOLDFAST_CONNECT_TOKEN";
  static final String TOKEN_FILE = "HOLDFAST_CONNECT_TOKEN_FILE";

  /**
   * Matches the name of a setting. A name with a dot or a colon does not match, because it is
   * probably the name of a machine.
   */
  private static final Pattern NAME_OF_A_SETTING = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private Connecting() {}

  /**
   * Returns the address of the hub to connect to; null for a host with a hub of its own.
   *
   * @param settings app settings and environment
   * @throws CannotException the destination cannot be understood, or a setting that it names is
   *     missing
   */
  static @Nullable ConnectionString destination(HostOptions options, Map<String, String> settings) {
    String to = options.connect().to();
    if (to == null && !options.engineOnly()) {
      to = blankToNull(settings.get(CONNECT));
    }
    if (to == null) {
      return null;
    }
    // Users may give the name of a setting instead of its value, which keeps secrets out of process
    // listings.
    String held = to.contains("=") ? null : blankToNull(settings.get(to));
    if (held == null && NAME_OF_A_SETTING.matcher(to).matches() && !to.equals("localhost")) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot connect to '" + to + "'.",
          "It is neither an address nor the name of a setting that is there.",
          "Write --connect "
              + to
              + ":4001 if it is a machine, or put the connection string into the environment or"
              + " local.settings.json under that name.");
    }
    return ConnectionString.parse(held == null ? to : held);
  }

  private static @Nullable String blankToNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  /**
   * Returns the target of the connection.
   *
   * @param hubName the hub of host.json, which is used when the connection string names no hub;
   *     null when host.json names none either
   */
  static RemoteTarget target(
      ConnectionString to,
      ConnectOptions options,
      Map<String, String> settings,
      @Nullable String hubName) {
    TokenSource given = token(options, settings);
    TokenSource token =
        given != null || to.signIn().isNone() ? given : AzureIdentity.of(to.signIn(), settings);
    if (token != null && !to.tls() && !to.staysHere()) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot send a token to " + to.host() + " in plain text.",
          "Anybody on the way could read and use it.",
          "Connect with https://, or leave out the token.");
    }
    return new RemoteTarget(
        to.host(),
        to.port(),
        to.tls() ? tls(options) : noTls(options),
        to.taskHub() == null ? hubName : to.taskHub(),
        token,
        workerId(settings));
  }

  private static RemoteTarget.Tls tls(ConnectOptions options) {
    if ((options.certificate() == null) != (options.key() == null)) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot show a certificate without its key, or a key without its certificate.",
          "Only one of --connect-cert and --connect-key is given.",
          "Give both.");
    }
    return new RemoteTarget.Tls(options.authorities(), options.certificate(), options.key());
  }

  private static RemoteTarget.@Nullable Tls noTls(ConnectOptions options) {
    if (options.authorities() != null || options.certificate() != null || options.key() != null) {
      throw new CannotException(
          CannotException.USAGE,
          "Certificates mean nothing in plain text.",
          "The endpoint is one without TLS.",
          "Write https:// before it, or leave out --connect-ca, --connect-cert and --connect-key.");
    }
    return null;
  }

  /** Returns the token that the user supplies, in a file or a setting; null when there is none. */
  private static @Nullable TokenSource token(ConnectOptions options, Map<String, String> settings) {
    String named = blankToNull(settings.get(TOKEN_FILE));
    Path file =
        options.tokenFile() != null ? options.tokenFile() : named == null ? null : Path.of(named);
    if (file == null) {
      String token = blankToNull(settings.get(TOKEN));
      return token == null ? null : () -> CompletableFuture.completedFuture(token.strip());
    }
    if (!Files.isReadable(file)) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot read the token in " + file + ".",
          "There is no such file, or this process may not read it.",
          "Correct --connect-token-file or " + TOKEN_FILE + ".");
    }
    return new TokenFile(file);
  }

  /** Returns an id that distinguishes this process from all others in the logs of the hub. */
  private static String workerId(Map<String, String> settings) {
    String machine = settings.getOrDefault("HOSTNAME", settings.getOrDefault("COMPUTERNAME", ""));
    String readable = machine.replaceAll("[^A-Za-z0-9._-]", "");
    return String.format(
        Locale.ROOT,
        "%s,%d,%s",
        readable.isEmpty() ? "holdfast" : readable,
        ProcessHandle.current().pid(),
        UUID.randomUUID().toString().replace("-", ""));
  }
}
