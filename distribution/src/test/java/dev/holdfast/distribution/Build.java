package dev.holdfast.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Names the places of the build that runs these tests. */
final class Build {
  static final Path ROOT = Path.of(System.getProperty("distribution.root"));
  static final String TARGET = System.getProperty("distribution.target");

  private static final String FORK = System.getProperty("holdfast.fork");

  private Build() {}

  /** Returns the command of Java and of Holdfast, as the launcher of a clone begins it. */
  static List<String> holdfast() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Dholdfast.home=" + ROOT,
        "-Dholdfast.target=" + TARGET,
        "-jar",
        ROOT.resolve("host").resolve(TARGET).resolve("holdfast-host.jar").toString());
  }

  /**
   * Unpacks the archive of the release.
   *
   * @return the folder that was in it
   */
  static Path unpack(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Command.run(folder, Map.of(), "tar", "-xzf", System.getProperty("distribution.archive"));
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findFirst().orElseThrow();
    }
  }

  /** Returns the program of the Maven that runs this build. */
  static Path maven() {
    return Path.of(System.getProperty("distribution.maven"), "bin", "mvn");
  }

  /**
   * Makes a local repository that shows all libraries of the one that this build uses, except those
   * of Holdfast itself. What Maven fetches from outside is kept for other builds.
   */
  static Path thirdPartyOnly() throws IOException {
    Path real = Path.of(System.getProperty("distribution.libraries"));
    Path shown = own("libraries");
    Path dev = Files.createDirectories(shown.resolve("dev"));
    delete(dev.resolve("holdfast"));
    link(real, shown, "dev");
    if (Files.isDirectory(real.resolve("dev"))) {
      link(real.resolve("dev"), dev, "holdfast");
    }
    return shown;
  }

  /** Returns a folder of this test process below the build's folder. */
  static Path own(String name) {
    return Path.of(System.getProperty("distribution.build"), name + "-" + FORK);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void link(Path from, Path to, String except) throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        Path link = to.resolve(entry.getFileName());
        if (!link.endsWith(except) && !Files.isSymbolicLink(link)) {
          Files.createSymbolicLink(link, entry);
        }
      }
    }
  }
}
