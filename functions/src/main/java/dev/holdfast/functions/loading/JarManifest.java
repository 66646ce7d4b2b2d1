package dev.holdfast.functions.loading;

import dev.holdfast.functions.model.AppLoadException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;

/**
 * Holds the content of the manifest of an app's jar.
 *
 * @param classPath the existing files that the attribute {@code Class-Path} names
 */
record JarManifest(List<Path> classPath) {

  static JarManifest read(Path jar) throws IOException, AppLoadException {
    try (JarFile file = new JarFile(jar.toFile())) {
      if (file.getEntry("BOOT-INF/") != null) {
        throw new AppLoadException(
            jar
                + " keeps its classes under BOOT-INF, where only Spring Boot's launcher finds them."
                + " Give the plain jar with its libraries in lib/ beside it, or a shaded jar.");
      }
      Manifest manifest = file.getManifest();
      String names =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return new JarManifest(names == null ? List.of() : existing(jar, names));
    } catch (ZipException e) {
      throw new AppLoadException(
          jar + " cannot be read as a jar: " + e.getMessage() + ". Build it again.", e);
    }
  }

  private static List<Path> existing(Path jar, String names) {
    List<Path> found = new ArrayList<>();
    for (String name : names.trim().split("\\s+", -1)) {
      URI place = jar.toUri().resolve(name);
      if ("file".equals(place.getScheme()) && Files.exists(Path.of(place))) {
        found.add(Path.of(place));
      }
    }
    return found;
  }
}
