package dev.holdfast.host.project;

import dev.holdfast.host.config.CannotException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives a project the libraries of Holdfast as a Maven repository of its own.
 *
 * <p>Maven caches the files of a repository, so two different builds must not have the same
 * version. A development build therefore gets a version that is computed from the content of the
 * libraries.
 */
final class Libraries {
  private static final String DEVELOPMENT = "-SNAPSHOT";
  private static final String LIBRARY = "dev/holdfast/holdfast-host";

  private final Path repository;
  private final String built;
  private final String version;

  /**
   * Reads the repository that the build of Holdfast has made.
   *
   * @throws CannotException there is no repository
   */
  Libraries(Path repository) throws IOException {
    if (!Files.isDirectory(repository.resolve(LIBRARY))) {
      throw new CannotException(
          "Cannot find the libraries that a project needs.",
          "There is no Maven repository at " + repository + ".",
          "Run the launcher 'holdfast' of a clone or of a release, which has one.");
    }
    this.repository = repository;
    try (Stream<Path> versions = Files.list(repository.resolve(LIBRARY))) {
      built =
          versions
              .filter(Files::isDirectory)
              .map(it -> it.getFileName().toString())
              .findFirst()
              .orElseThrow(() -> new IOException(repository + " is empty"));
    }
    version = built.endsWith(DEVELOPMENT) ? built.replace(DEVELOPMENT, "-" + digest()) : built;
  }

  /** Returns the version that a project must use for all these libraries. */
  String version() {
    return version;
  }

  /** Returns whether the repository has a library with this name. */
  boolean has(String artifact) {
    return Files.isDirectory(repository.resolve("dev/holdfast").resolve(artifact));
  }

  /** Copies the libraries and their poms. */
  void copy(Path to) throws IOException {
    for (Path file : files()) {
      String name = repository.relativize(file).toString().replace(built, version);
      Path target = to.resolve(name);
      Files.createDirectories(target.getParent());
      if (name.endsWith(".pom")) {
        String pom = Files.readString(file);
        Files.writeString(target, pom.replace(">" + built + "<", ">" + version + "<"));
      } else {
        Files.copy(file, target);
      }
      // Maven warns of each file that comes without its checksum.
      Files.writeString(to.resolve(name + ".sha1"), hex("SHA-1", List.of(target), 20));
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(repository)) {
      return all.filter(it -> it.toString().endsWith(".jar") || it.toString().endsWith(".pom"))
          .sorted()
          .toList();
    }
  }

  private String digest() throws IOException {
    return hex("SHA-256", files(), 5);
  }

  /**
   * Returns the digest of the contents of files.
   *
   * @param bytes so many bytes of it are returned
   */
  private static String hex(String algorithm, List<Path> files, int bytes) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (Path file : files) {
        try (InputStream content = Files.newInputStream(file)) {
          digest.update(content.readAllBytes());
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected " + algorithm + ", but this Java has none", e);
    }
  }
}
