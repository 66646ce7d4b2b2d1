package dev.holdfast.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the kit's jar beside the released client libraries, on class paths as apps have them. */
class ClassPathsIT {
  private static final List<String> OLD =
      List.of(
          "protobuf-java-3.12.0",
          "guava-31.0.1-android",
          "jackson-core-2.12.3",
          "jackson-databind-2.12.3",
          "jackson-annotations-2.12.3",
          "jackson-datatype-jsr310-2.12.3");
  private static final List<String> NEW =
      List.of(
          "protobuf-java-3.25.5",
          "guava-32.0.1-android",
          "jackson-core-2.15.3",
          "jackson-databind-2.15.3",
          "jackson-annotations-2.15.3",
          "jackson-datatype-jsr310-2.15.3");
  private static final List<String> ALWAYS =
      List.of(
          "azure-functions-java-library-3.2.3",
          "azure-functions-java-core-library-1.3.0",
          "azure-functions-java-spi-1.1.0",
          "gson-2.10.1",
          "slf4j-api-1.7.36");

  static Stream<List<String>> apps() {
    return Stream.of(
        app(OLD, "durabletask-client-1.0.0", "durabletask-azure-functions-1.0.1"),
        app(OLD, "durabletask-client-1.4.0", "durabletask-azure-functions-1.4.0"),
        app(NEW, "durabletask-client-1.5.0", "durabletask-azure-functions-1.4.0"));
  }

  private static List<String> app(List<String> libraries, String... durable) {
    List<String> app = new ArrayList<>(List.of(durable));
    app.addAll(libraries);
    app.addAll(ALWAYS);
    return app;
  }

  @ParameterizedTest
  @MethodSource("apps")
  void the_jar_works_beside_the_libraries_of_an_app(List<String> app) throws Exception {
    List<String> classPath = new ArrayList<>();
    Path apps = Path.of(System.getProperty("testkit.apps"));
    for (String jar : app) {
      Path file = apps.resolve(jar + ".jar");
      assertThat(file).exists();
      classPath.add(file.toString());
    }
    classPath.add(System.getProperty("testkit.jar"));
    classPath.add(System.getProperty("testkit.tests"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, classPath),
                SmallApp.class.getName())
            .redirectErrorStream(true)
            .start();

    String said = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("paid shipped, and 42");
  }

  @Test
  void the_jar_has_no_class_under_the_name_of_a_library() throws Exception {
    try (java.util.jar.JarFile jar = new java.util.jar.JarFile(System.getProperty("testkit.jar"))) {
      assertThat(jar.stream().map(it -> it.getName()).filter(it -> it.endsWith(".class")))
          .hasSizeGreaterThan(1_000)
          .allMatch(it -> it.startsWith("dev/holdfast/testkit/"));
    }
  }
}
