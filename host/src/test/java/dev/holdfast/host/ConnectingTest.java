package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.ConnectionString;
import dev.holdfast.server.grpc.remote.RemoteTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectingTest {
  @TempDir Path folder;

  private @Nullable ConnectionString destination(
      @Nullable String to, Map<String, String> settings) {
    HostOptions options =
        HostOptions.onFreePorts(folder, new DataFolder(folder), HostOptions.StoreKind.MEMORY)
            .withConnect(new ConnectOptions(to, null, null, null, null));
    return Connecting.destination(options, settings);
  }

  private static RemoteTarget target(
      String to, ConnectOptions options, Map<String, String> settings) {
    return Connecting.target(ConnectionString.parse(to), options, settings, "OfHostJson");
  }

  @Test
  void a_destination_is_named_directly_or_by_a_setting() {
    Map<String, String> settings =
        Map.of("HOLDFAST_CONNECT", "localhost:1", "SCHEDULER", "Endpoint=https://b;TaskHub=h");

    assertThat(destination(null, Map.of())).isNull();
    assertThat(destination(null, settings)).isEqualTo(ConnectionString.parse("localhost:1"));
    assertThat(destination("localhost:2", settings))
        .isEqualTo(ConnectionString.parse("localhost:2"));
    assertThat(destination("SCHEDULER", settings))
        .isEqualTo(ConnectionString.parse("Endpoint=https://b;TaskHub=h"));
  }

  @Test
  void the_hub_is_that_of_the_connection_string_or_of_host_json() {
    assertThat(target("localhost:1", ConnectOptions.NONE, Map.of()).taskHub())
        .isEqualTo("OfHostJson");
    assertThat(
            Connecting.target(
                    ConnectionString.parse("localhost:1"), ConnectOptions.NONE, Map.of(), null)
                .taskHub())
        .isNull();
    assertThat(target("Endpoint=localhost:1;TaskHub=h", ConnectOptions.NONE, Map.of()).taskHub())
        .isEqualTo("h");
  }

  @Test
  void a_token_comes_from_a_file_or_the_environment() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "of the file\n");
    ConnectOptions byFile = new ConnectOptions(null, file, null, null, null);

    assertThat(token(target("https://b", byFile, Map.of()))).isEqualTo("of the file");
    assertThat(
            token(
                target(
                    "Endpoint=https://b;Authentication=DefaultAzure",
                    ConnectOptions.NONE,
                    Map.of("HOLDFAST_CONNECT_TOKEN", "plain"))))
        .isEqualTo("plain");
    assertThat(target("https://b", ConnectOptions.NONE, Map.of()).token()).isNull();
  }

  private static String token(RemoteTarget target) {
    return java.util.Objects.requireNonNull(target.token()).token().join();
  }

  @Test
  void what_would_be_unsafe_or_in_vain_is_refused_with_the_cure() {
    Map<String, String> token = Map.of("HOLDFAST_CONNECT_TOKEN", "t");
    Path file = folder.resolve("ca.pem");

    assertRefused(
        () -> target("http://far.example:1", ConnectOptions.NONE, token), "plain text", "https://");
    assertRefused(
        () -> target("Endpoint=https://b;Authentication=Default", ConnectOptions.NONE, Map.of()),
        "Authentication=Default.",
        "DefaultAzure");
    assertRefused(
        () -> target("Endpoint=http://b;Authentication=AzureCLI", ConnectOptions.NONE, Map.of()),
        "plain text",
        "https://");
    assertRefused(
        () -> target("localhost:1", new ConnectOptions(null, null, file, null, null), Map.of()),
        "plain text",
        "--connect-ca");
    assertRefused(
        () -> target("https://b", new ConnectOptions(null, null, null, file, null), Map.of()),
        "without its key",
        "Give both");
    assertRefused(
        () -> target("https://b", new ConnectOptions(null, file, null, null, null), Map.of()),
        "Cannot read the token",
        "--connect-token-file");
    assertRefused(
        () ->
            Connecting.destination(
                HostOptions.onFreePorts(
                        null, DataFolder.of(Path.of("unused")), HostOptions.StoreKind.MEMORY)
                    .withConnect(new ConnectOptions("SCHEDULR", null, null, null, null)),
                Map.of("SCHEDULER", "localhost:1")),
        "nor the name of a setting",
        "SCHEDULR:4001");
  }

  private static void assertRefused(Runnable what, String why, String cure) {
    assertThatThrownBy(what::run)
        .isInstanceOfSatisfying(
            CannotException.class, it -> assertThat(it.lines()).contains(why, cure));
  }
}
