package dev.holdfast.host.cli;

import dev.holdfast.host.config.CannotException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Holds the options with which every command finds the running host. */
final class Connection {
  private static final URI USUAL = URI.create("http://localhost:7071");

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The running host; default: the one that uses the data folder, or, without any such"
              + " folder, http://localhost:7071.")
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
    RemoteHost.Target target =
        url != null
            ? RemoteHost.Target.of(named(url))
            : target(DataFolder.of(data), DataFolder.isNamed(data));
    return new RemoteHost(target, secret);
  }

  /**
   * Finds the host that uses a data folder. When the folder exists but no host uses it, a host that
   * listens on the usual port must be a different one, so it is not used.
   *
   * @param isNamed whether the user named this folder
   */
  static RemoteHost.Target target(DataFolder folder, boolean isNamed) {
    DataFolder.Announcement announced = folder.announced().orElse(null);
    if (announced != null) {
      return new RemoteHost.Target(announced.url(), announced.hostId(), folder.path());
    }
    boolean exists = Files.isDirectory(folder.path());
    if (!isNamed && !exists) {
      return RemoteHost.Target.of(USUAL);
    }
    throw new CannotException(
        "No host uses " + folder.path() + ".",
        exists ? "There is no usable host.url in it." : "There is no such folder.",
        startOrSay(folder.path()));
  }

  static String startOrSay(Path data) {
    return "Start one with 'holdfast start --data "
        + data
        + "', or say which one is meant with --url.";
  }

  private static URI named(String url) {
    try {
      URI uri = URI.create(url.contains("://") ? url : "http://" + url);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // The exception below reports this.
    }
    throw new CannotException(
        CannotException.USAGE,
        "'" + url + "' is no URL.",
        "It must be like http://localhost:7071.",
        "Correct --url.");
  }
}
