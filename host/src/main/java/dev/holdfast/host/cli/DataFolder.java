package dev.holdfast.host.cli;

import dev.holdfast.host.config.CannotException;
import dev.holdfast.server.http.keys.FileKeyRecords;
import dev.holdfast.server.http.keys.KeyRecords;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which a host keeps everything: {@code --data}, else {@code HOLDFAST_DATA}, else
 * {@code data} below the current folder.
 */
public record DataFolder(Path path) {

  public static DataFolder of(@Nullable Path chosen) {
    String fromEnvironment = System.getenv("HOLDFAST_DATA");
    Path path =
        chosen != null
            ? chosen
            : Path.of(
                fromEnvironment == null || fromEnvironment.isBlank() ? "data" : fromEnvironment);
    return new DataFolder(path.toAbsolutePath().normalize());
  }

  /** The keys of this host; they work with the host running or not. */
  public KeyRecords keyRecords() {
    return new FileKeyRecords(path.resolve("keys.json"));
  }

  /** Makes the folder if need be, for its owner only: payloads are kept in it. */
  public void create() {
    try {
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(path);
      }
    } catch (IOException e) {
      throw new CannotException(
          "Cannot make the data folder " + path + ".",
          e.toString(),
          "Choose another with --data, or make it writable.");
    }
  }

  /** Whether a hub is kept in this folder, by whomever. */
  public boolean hasHub() {
    return Files.exists(path.resolve("holdfast.db"));
  }

  private Path urlFile() {
    return path.resolve("host.url");
  }

  /** Leaves a note where the host that uses this folder can be reached. */
  public void announce(URI url) throws IOException {
    Path draft = path.resolve("host.url.new");
    Files.writeString(draft, url + "\n");
    Files.move(
        draft, urlFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Takes the note away. */
  public void withdraw() throws IOException {
    Files.deleteIfExists(urlFile());
  }

  /** Where the host that uses this folder said it can be reached; it may have died since. */
  public Optional<URI> announced() {
    try {
      return Optional.of(URI.create(Files.readString(urlFile()).strip()));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
