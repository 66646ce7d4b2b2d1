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
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Represents the folder in which a host stores all its data: the value of {@code --data} or,
 * without this option, of {@code HOLDFAST_DATA}; otherwise {@code data} below the current folder.
 */
public record DataFolder(Path path) {
  private static final Duration CONFIRMED_FOR = Duration.ofHours(1);

  /**
   * Represents the note in which a host says where it can be reached.
   *
   * @param hostId an id that no other host has; null in the notes of older versions
   */
  public record Announcement(URI url, @Nullable String hostId) {}

  public static DataFolder of(@Nullable Path chosen) {
    String fromEnvironment = fromEnvironment();
    Path path =
        chosen != null ? chosen : Path.of(fromEnvironment == null ? "data" : fromEnvironment);
    return new DataFolder(path.toAbsolutePath().normalize());
  }

  /** Returns whether the user named a folder, by an option or in the environment. */
  static boolean isNamed(@Nullable Path chosen) {
    return chosen != null || fromEnvironment() != null;
  }

  private static @Nullable String fromEnvironment() {
    String folder = System.getenv("HOLDFAST_DATA");
    return folder == null || folder.isBlank() ? null : folder;
  }

  /** Returns the keys of this host, which can be used whether the host runs or not. */
  public KeyRecords keyRecords() {
    return new FileKeyRecords(path.resolve("keys.json"));
  }

  /**
   * Creates the folder unless it exists. Only the owner can read it, because it contains payloads.
   */
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

  /** Returns whether a hub is stored in this folder. */
  public boolean hasHub() {
    return Files.exists(path.resolve("holdfast.db"));
  }

  private Path clockFile() {
    return path.resolve("clock.confirmed");
  }

  /**
   * Leaves a note for the next start that this machine's clock is right even if it differs from the
   * hub's time.
   */
  public void confirmClock() throws IOException {
    Files.writeString(clockFile(), Instant.now() + "\n");
  }

  /**
   * Removes the note of {@link #confirmClock} and returns whether the note existed and was at most
   * an hour old by this machine's clock.
   */
  public boolean takeClockConfirmed() {
    try {
      String note = Files.readString(clockFile());
      Files.delete(clockFile());
      Instant written = Instant.parse(note.strip());
      Duration age = Duration.between(written, Instant.now()).abs();
      return age.compareTo(CONFIRMED_FOR) < 0;
    } catch (IOException | DateTimeParseException e) {
      return false;
    }
  }

  private Path urlFile() {
    return path.resolve("host.url");
  }

  /**
   * Writes the note that says where the host of this folder can be reached, with its URL on the
   * first line and its id on the second.
   */
  public void announce(URI url, String hostId) throws IOException {
    Path draft = path.resolve("host.url.new");
    Files.writeString(draft, url + "\n" + hostId + "\n");
    Files.move(
        draft, urlFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes the note, unless another host has replaced it by its own note. */
  public void withdraw(String hostId) throws IOException {
    Announcement there = announced().orElse(null);
    if (there == null || there.hostId() == null || there.hostId().equals(hostId)) {
      Files.deleteIfExists(urlFile());
    }
  }

  /** Returns the note of the host that uses this folder; the host may have died since. */
  public Optional<Announcement> announced() {
    try {
      List<String> lines = Files.readAllLines(urlFile()).stream().map(String::strip).toList();
      if (lines.isEmpty() || lines.get(0).isEmpty()) {
        return Optional.empty();
      }
      String hostId = lines.size() > 1 && !lines.get(1).isEmpty() ? lines.get(1) : null;
      return Optional.of(new Announcement(URI.create(lines.get(0)), hostId));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
