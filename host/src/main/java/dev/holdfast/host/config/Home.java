package dev.holdfast.host.config;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds the files that belong to Holdfast: the launcher names its own folder, which is a clone or
 * an unpacked release, in the system property {@code holdfast.home}, and the build's folder within
 * each module of a clone in {@code holdfast.target}.
 */
public final class Home {
  private Home() {}

  /**
   * Returns the folder of the launcher, or the current folder when the host was started without it.
   */
  public static Path path() {
    return Path.of(System.getProperty("holdfast.home", "")).toAbsolutePath().normalize();
  }

  /** Returns the folder with the sources and the settings of the samples. */
  public static Path samples() {
    return path().resolve("samples");
  }

  /**
   * Returns the samples as an app that can be run; the file is missing when the samples were not
   * built.
   */
  public static Path samplesApp() {
    Path released = samples().resolve("holdfast-samples.jar");
    return Files.isRegularFile(released)
        ? released
        : built("samples").resolve("holdfast-samples.jar");
  }

  /** Returns the Maven repository with the libraries that users' projects need. */
  public static Path repository() {
    Path released = path().resolve("repository");
    return Files.isDirectory(released) ? released : built("distribution").resolve("repository");
  }

  private static Path built(String module) {
    return path().resolve(module).resolve(System.getProperty("holdfast.target", "target"));
  }
}
