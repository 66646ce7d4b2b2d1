package dev.holdfast.host;

import dev.holdfast.host.demo.DemoFunctions;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The demo functions, or others, as a built Maven project in a folder of its own. */
public record DemoApp(Path folder) {

  static DemoApp in(Path folder) throws IOException {
    return of(DemoFunctions.class, folder);
  }

  /** The classes of this one's package as an app. */
  public static DemoApp of(Class<?> functions, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("pom.xml"), "<project/>");
    Path from = Path.of(functions.getProtectionDomain().getCodeSource().getLocation().getPath());
    String packagePath = functions.getPackageName().replace('.', '/');
    Path to = Files.createDirectories(folder.resolve("target/classes").resolve(packagePath));
    try (Stream<Path> classes = Files.list(from.resolve(packagePath))) {
      classes.forEach(it -> copy(it, to.resolve(it.getFileName())));
    }
    Files.writeString(folder.resolve("target/holdfast.classpath"), libraries());
    return new DemoApp(folder);
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Every jar of these tests but our own and the loggers: more than the app needs, as in real life.
   */
  private static String libraries() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(it -> it.matches(".*\\.jar") && !it.matches(".*(holdfast-|logback|slf4j).*"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  public DemoApp with(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
    return this;
  }
}
