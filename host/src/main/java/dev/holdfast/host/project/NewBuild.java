package dev.holdfast.host.project;

import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.Home;
import dev.holdfast.host.terminal.Printable;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds a Maven project that was never built, so that a user can start a new project at once. */
public final class NewBuild {
  private NewBuild() {}

  /**
   * Runs {@code mvn package} without tests in a project folder that has a pom and no build yet. The
   * method does nothing for other apps, or when Maven is not on the search path.
   *
   * @param searchPath the folders in which programs are looked for
   * @param tell receives a line that says that Maven runs; Maven's own lines go to the standard
   *     streams
   * @throws CannotException Maven has failed
   */
  public static void ifNeverBuilt(Path app, @Nullable String searchPath, PrintWriter tell)
      throws InterruptedException {
    if (!Files.isRegularFile(app.resolve("pom.xml"))
        || Files.exists(app.resolve("target"))
        || app.toAbsolutePath().normalize().equals(Home.samples())) {
      return;
    }
    Optional<Path> maven = maven(searchPath == null ? "" : searchPath);
    if (maven.isPresent()) {
      tell.println(
          Printable.line(app.toString()) + " has not been built yet; running mvn package in it …");
      tell.flush();
      build(maven.get(), app);
    }
  }

  private static void build(Path maven, Path app) throws InterruptedException {
    int exit;
    try {
      exit =
          new ProcessBuilder(maven.toString(), "-B", "-q", "-DskipTests", "package")
              .directory(app.toFile())
              .inheritIO()
              .start()
              .waitFor();
    } catch (IOException e) {
      throw failed(app, e.toString());
    }
    if (exit != 0) {
      throw failed(app, "Maven ended with exit code " + exit + "; its lines are above.");
    }
  }

  private static CannotException failed(Path app, String why) {
    return new CannotException(
        "Cannot build the app at " + app + ".", why, "Correct what they name, and start again.");
  }

  private static Optional<Path> maven(String searchPath) {
    for (String folder : searchPath.split(File.pathSeparator, -1)) {
      for (String name : new String[] {"mvn", "mvn.cmd"}) {
        Path file = Path.of(folder, name);
        if (!folder.isEmpty() && Files.isExecutable(file) && fits(name)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  /** Windows runs the file with the extension, and other systems run the file without it. */
  private static boolean fits(String name) {
    return name.endsWith(".cmd") == (File.separatorChar == '\\');
  }
}
