package dev.holdfast.host.cli;

import dev.holdfast.host.config.CannotException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which every command finds the running host. */
final class Connection {
  private static final URI USUAL = URI.create("http://localhost:7071");

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The running host; default: the one that uses the data folder.")
  @Nullable String url;

  @Option(names = "--data", paramLabel = "DIR", description = "The data folder of the host.")
  @Nullable Path data;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "A key, when the host wants one; default: HOLDFAST_KEY.")
  @Nullable String key;

  RemoteHost open() {
    String secret = key != null ? key : System.getenv("HOLDFAST_KEY");
    return new RemoteHost(address(), secret);
  }

  private URI address() {
    if (url == null) {
      return DataFolder.of(data).announced().orElse(USUAL);
    }
    try {
      URI uri = URI.create(url.contains("://") ? url : "http://" + url);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new CannotException(
        CannotException.USAGE,
        "'" + url + "' is no URL.",
        "It must be like http://localhost:7071.",
        "Correct --url.");
  }
}
