package dev.holdfast.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.loading.AppFinder;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an app sees of the host, and what its own jars and services do. */
class AppIsolationTest {

  private static final String MIDDLEWARE =
      "META-INF/services/com.microsoft.azure.functions.internal.spi.middleware.Middleware";
  private static final String INJECTOR =
      "META-INF/services/com.microsoft.azure.functions.spi.inject.FunctionInstanceInjector";

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private FunctionApp app;

  @AfterEach
  void closeApp() {
    if (app != null) {
      app.close();
    }
  }

  private FunctionApp open(AppSource source) throws AppLoadException {
    app = FunctionApp.open(source, AppContext.usual());
    return app;
  }

  private String call(String function, String body) throws Exception {
    HttpCall call =
        new HttpCall(
            "POST",
            URI.create("http://localhost/api"),
            Map.of(),
            Map.of(),
            Map.of(),
            body.getBytes(UTF_8));
    HttpReply reply = app.call(function, call).get(20, TimeUnit.SECONDS);
    return reply.status() + " " + new String(reply.body(), UTF_8);
  }

  private AppSource strangers(List<Path> jars) throws IOException {
    List<Path> all = new ArrayList<>(jars);
    Path classes =
        TestApps.compiledOnce(
            "isolation", TestApps.jars("slf4j-api-1.7.36", "gson-2.8.5"), "IsolationApp");
    return TestApps.source(classes, all);
  }

  @ParameterizedTest
  @CsvSource({
    "dev.holdfast.functions.FunctionApp, absent",
    "dev.holdfast.core.WorkItem, absent",
    "io.github.classgraph.ClassGraph, absent",
    "org.assertj.core.api.Assertions, absent",
    "com.fasterxml.jackson.databind.ObjectMapper, absent",
    "com.google.protobuf.Message, absent",
    "org.slf4j.Logger, absent",
    "com.google.gson.Gson, own null",
    "com.microsoft.azure.functions.annotation.HttpTrigger, host or JDK",
    "com.microsoft.azure.functions.internal.spi.middleware.Middleware, host or JDK",
    "java.sql.Connection, host or JDK",
    "javax.tools.JavaCompiler, host or JDK",
    "com.sun.source.tree.Tree, host or JDK",
    "com.sun.net.httpserver.HttpServer, host or JDK",
  })
  void app_without_libraries_sees_the_api_the_jdk_and_gson(String type, String place)
      throws Exception {
    open(strangers(List.of()));

    assertThat(call("WhereIs", type)).isEqualTo("200 " + place);
  }

  @ParameterizedTest
  @CsvSource({
    "com.google.protobuf.Message, protobuf-java-4.28.3",
    "com.fasterxml.jackson.databind.ObjectMapper, jackson-databind-2.17.2",
    "com.google.gson.Gson, gson-2.8.5",
    "org.slf4j.Logger, slf4j-api-1.7.36",
    "io.grpc.Channel, grpc-api-1.46.0",
  })
  void app_keeps_its_own_versions(String type, String jar) throws Exception {
    open(
        strangers(
            TestApps.jars(
                "protobuf-java-4.28.3",
                "jackson-databind-2.17.2",
                "jackson-core-2.17.2",
                "jackson-annotations-2.17.2",
                "gson-2.8.5",
                "slf4j-api-1.7.36",
                "logback-classic-1.2.13",
                "logback-core-1.2.13",
                "grpc-api-1.46.0")));

    assertThat(call("WhereIs", type)).startsWith("200 own ").endsWith(jar + ".jar");
    assertThat(call("Logging", "")).isEqualTo("200 ch.qos.logback.classic.Logger");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gson-2.8.5", "gson-2.8.9", "gson-2.10.1", ""})
  void annotations_of_the_gson_at_hand_count(String gson) throws Exception {
    open(strangers(gson.isEmpty() ? List.of() : TestApps.jars(gson)));

    assertThat(call("GsonNames", "{\"other_name\":\"x\"}"))
        .isEqualTo("200 {\n  \"other_name\": \"x!\"\n}");
    assertThat(call("Records", "{\"left\":1,\"r\":\"z\",\"more\":[]}"))
        .isEqualTo("200 {\n  \"left\": 2,\n  \"r\": \"z\"\n}");
  }

  @Test
  void resources_are_the_apps_own() throws Exception {
    open(strangers(TestApps.jars("jackson-core-2.17.2")));
    String service = "META-INF/services/com.fasterxml.jackson.core.JsonFactory";

    assertThat(call("Resources", service)).contains("jackson-core-2.17.2").doesNotContain(",");
    assertThat(call("Resources", "org/assertj/core/api/Assertions.class")).isEqualTo("200 ");
  }

  @Test
  void middleware_runs_in_service_order_and_sees_failures_wrapped_once() throws Exception {
    open(spiApp("app.SpiApp$Outer\napp.SpiApp$Inner\n", "app.SpiApp$Injector\n"));

    assertThat(call("Made", "")).isEqualTo("200 outer(inner(by injector,null,null))");
    assertThat(call("Fails", "")).isEqualTo("200 outer caught true IllegalStateException null");
    assertThat(call("Replaced", "mine")).isEqualTo("200 outer(inner(other text,null,other text))");
  }

  @Test
  void two_injectors_are_refused() throws Exception {
    AppSource source = spiApp("", "app.SpiApp$Injector\napp.SpiApp$Second\n");

    assertThatThrownBy(() -> open(source))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("app.SpiApp$Injector, app.SpiApp$Second")
        .hasMessageContaining("Keep one");
  }

  @Test
  void service_that_does_not_exist_is_refused() throws Exception {
    AppSource source = spiApp("app.Nowhere\n", "");

    assertThatThrownBy(() -> open(source))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("app.Nowhere")
        .hasMessageContaining("META-INF/services");
  }

  @Test
  void class_without_constructor_or_injector_cannot_be_indexed() throws Exception {
    open(spiApp("", ""));

    assertThat(app.functions()).isEmpty();
    assertThat(app.failedFunctions().get("Made")).contains("no constructor without parameters");
  }

  private AppSource spiApp(String middlewares, String injectors) throws IOException {
    Path classes = TestApps.compiledOnce("spi", List.of(), "SpiApp");
    Path services = folder.resolve("services");
    Files.createDirectories(services.resolve("META-INF/services"));
    Files.writeString(services.resolve(MIDDLEWARE), middlewares);
    Files.writeString(services.resolve(INJECTOR), injectors);
    return TestApps.source(classes, List.of(services));
  }

  @Test
  void fat_jar_runs_even_without_its_service_files() throws Exception {
    AppSource source = AppFinder.find(fatJar("com/microsoft/durabletask"));

    open(source);

    assertThat(source.kind()).isEqualTo(AppSource.Kind.JAR);
    assertThat(app.warnings()).anyMatch(w -> w.contains("META-INF/services"));
    assertThat(new HandDriven(app.executor(), "HelloSequence").run(null).getResult().getValue())
        .contains("Tokyo");
  }

  @Test
  void orchestrators_without_the_durable_library_are_refused() throws Exception {
    Path jar = fatJar("com/microsoft/durabletask/azurefunctions/Durable");

    assertThatThrownBy(() -> open(AppFinder.find(jar)))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("durabletask-azure-functions");
  }

  /** The durable app with all libraries shaded in: bundled API copies, no service files. */
  private Path fatJar(String durableClasses) throws IOException {
    List<Path> roots = new ArrayList<>();
    Path merged = folder.resolve("merged");
    roots.add(TestApps.compiledOnce("durable-1.4.0", TestApps.durable("1.4.0"), "DurableApp"));
    for (Path jar : TestApps.durable("1.4.0")) {
      if (!jar.toString().contains("netty")) {
        try (FileSystem zip = FileSystems.newFileSystem(jar)) {
          copy(zip.getPath("/"), merged, durableClasses);
        }
      }
    }
    roots.add(merged);
    return TestApps.jar(folder.resolve("fat").resolve("app.jar"), roots);
  }

  private static void copy(Path from, Path to, String durableClasses) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = from.relativize(file).toString();
        boolean wanted =
            name.endsWith(".class")
                && !name.startsWith("META-INF")
                && !name.equals("module-info.class")
                && (!name.startsWith("com/microsoft/durabletask/azurefunctions")
                    || name.startsWith(durableClasses));
        if (wanted) {
          Path target = to.resolve(name);
          Files.createDirectories(target.getParent());
          Files.write(target, Files.readAllBytes(file));
        }
      }
    }
  }
}
