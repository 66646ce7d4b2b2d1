package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The project that people copy from the page about a first app is complete, and it works. */
class FirstAppIT {
  private static final Path MODULE = Path.of(System.getProperty("samples.module"));
  private static final Path ROOT = MODULE.getParent();

  private static final Pattern FILE =
      Pattern.compile("`orders/([^`]+)`:\\s+```\\w+\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>\\s*"
              + "(?:<scope>test</scope>\\s*)?</dependency>");
  private static final Map<String, String> VERSION_HERE =
      Map.of(
          "durabletask-client", "durabletask.client.version",
          "durabletask-azure-functions", "durabletask.functions.version",
          "azure-functions-java-library", "azure.functions.library.version",
          "junit-jupiter", "junit.version",
          "mockito-core", "mockito.version");

  @TempDir Path folder;
  private Path app;
  private final Map<String, String> files = new TreeMap<>();

  @BeforeEach
  void copy_the_project() throws IOException {
    app = folder.resolve("orders");
    String page = Files.readString(ROOT.resolve("docs/first-app.md"));
    for (MatchResult file : FILE.matcher(page).results().toList()) {
      files.put(file.group(1), file.group(2));
      Path target = app.resolve(file.group(1));
      Files.createDirectories(target.getParent());
      Files.writeString(target, file.group(2));
    }
    assertThat(files).hasSize(4).containsKeys("pom.xml", "host.json");
  }

  @Test
  void its_libraries_are_those_that_are_tested_here() throws IOException {
    String ours = Files.readString(ROOT.resolve("pom.xml"));

    Map<String, String> versions = new TreeMap<>();
    DEPENDENCY
        .matcher(files.get("pom.xml"))
        .results()
        .forEach(it -> versions.put(it.group(1), it.group(2)));
    assertThat(versions).containsKeys(VERSION_HERE.keySet().toArray(String[]::new));
    VERSION_HERE.forEach(
        (artifact, property) ->
            assertThat(ours)
                .contains("<" + property + ">" + versions.get(artifact) + "</" + property + ">"));
    assertThat(ours)
        .contains(
            "<protobuf.apps.version>" + versions.get("protobuf-java") + "</protobuf.apps.version>");
  }

  @Test
  void it_compiles_runs_and_waits_for_its_approval() throws Exception {
    compile("src/main/java", "target/classes");
    compile("src/test/java", "target/test-classes");
    copyLibraries();

    try (AppHost host = AppHost.startApp(app, folder.resolve("data"))) {
      RunningApp orders = new RunningApp(host.url());
      assertThat(
              orders
                  .startOrchestrator("PlaceOrder", "{\"item\":\"lamps\",\"count\":2}")
                  .awaitOutput()
                  .textValue())
          .isEqualTo("2 lamps for 500");
      RunningApp.Started large =
          orders.startOrchestrator("PlaceOrder", "{\"item\":\"sofas\",\"count\":9}");
      large.awaitCustomStatus("waiting for approval");
      large.raise("Approved", "true");
      assertThat(large.awaitOutput().textValue()).isEqualTo("9 sofas for 2250");
    }
  }

  private void compile(String sources, String classes) throws IOException {
    Path to = Files.createDirectories(app.resolve(classes));
    try (Stream<Path> all = Files.walk(app.resolve(sources))) {
      String classPath =
          String.join(
              java.io.File.pathSeparator,
              System.getProperty("java.class.path"),
              app.resolve("target/classes").toString());
      List<String> options = List.of("-d", to.toString(), "-cp", classPath, "-proc:none");
      List<String> named = all.filter(Files::isRegularFile).map(Path::toString).toList();
      String[] arguments = Stream.concat(options.stream(), named.stream()).toArray(String[]::new);
      assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments)).isZero();
    }
  }

  private void copyLibraries() throws IOException {
    Path to = Files.createDirectories(app.resolve("target/dependency"));
    Path build = Path.of(System.getProperty("samples.build"));
    try (Stream<Path> jars = Files.list(build.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        Files.copy(jar, to.resolve(jar.getFileName()));
      }
    }
  }
}
