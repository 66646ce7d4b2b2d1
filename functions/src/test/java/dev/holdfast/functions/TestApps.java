package dev.holdfast.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import com.microsoft.azure.functions.internal.spi.middleware.Middleware;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.orchestrations.entities.EntityRunner;
import dev.holdfast.protocol.EntityBatchRequest;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Builds small apps from the sources in src/test/apps, against libraries that are not ours. */
public final class TestApps {

  private static final Path SOURCES = Path.of("src", "test", "apps");
  private static final Path JARS = Path.of("target", "apps");

  /** Test processes that run at once compile their apps into folders of their own. */
  private static final String FORK = System.getProperty("holdfast.fork", "1");

  private TestApps() {}

  /**
   * The jars of an app that uses this version of durabletask-client, as its build would collect
   * them.
   */
  public static List<Path> durable(String clientVersion) {
    return switch (clientVersion) {
      case "1.0.0" ->
          jars(
              "durabletask-azure-functions-1.0.1",
              "durabletask-client-1.0.0",
              "azure-functions-java-library-2.2.0",
              GRPC_1_46);
      case "1.4.0" ->
          jars(
              "durabletask-azure-functions-1.4.0",
              "durabletask-client-1.4.0",
              "azure-functions-java-library-3.0.0",
              GRPC_1_46);
      case "1.5.0" ->
          jars(
              "durabletask-azure-functions-1.4.0",
              "durabletask-client-1.5.0",
              "azure-functions-java-library-3.0.0",
              GRPC_1_59);
      default -> throw new IllegalArgumentException(clientVersion);
    };
  }

  private static final String GRPC_1_46 =
      "azure-functions-java-core-library-1.2.0 protobuf-java-3.12.0 grpc-protobuf-1.46.0"
          + " grpc-api-1.46.0 grpc-context-1.46.0 proto-google-common-protos-2.0.1"
          + " grpc-protobuf-lite-1.46.0 guava-31.0.1-android failureaccess-1.0.1 grpc-stub-1.46.0"
          + " jackson-core-2.12.3 jackson-databind-2.12.3 jackson-annotations-2.12.3"
          + " jackson-datatype-jsr310-2.12.3 grpc-netty-shaded-1.46.0 perfmark-api-0.25.0"
          + " grpc-core-1.46.0 gson-2.8.9 annotations-4.1.1.4";

  private static final String GRPC_1_59 =
      "azure-functions-java-core-library-1.2.0 protobuf-java-3.12.0 grpc-protobuf-1.59.0"
          + " grpc-api-1.59.0 grpc-context-1.59.0 proto-google-common-protos-2.22.0"
          + " grpc-protobuf-lite-1.59.0 guava-32.0.1-android failureaccess-1.0.1 grpc-stub-1.59.0"
          + " jackson-core-2.15.3 jackson-databind-2.15.3 jackson-annotations-2.15.3"
          + " jackson-datatype-jsr310-2.15.3 grpc-netty-shaded-1.59.0 perfmark-api-0.26.0"
          + " grpc-core-1.59.0 grpc-util-1.59.0 gson-2.10.1 annotations-4.1.1.4";

  public static List<Path> jars(String... names) {
    List<Path> jars = new ArrayList<>();
    for (String name : String.join(" ", names).split(" ", -1)) {
      Path jar = JARS.resolve(name + ".jar").toAbsolutePath();
      if (!Files.exists(jar)) {
        throw new IllegalStateException(jar + " is missing; run the build from Maven once");
      }
      jars.add(jar);
    }
    return jars;
  }

  /**
   * Compiles the sources into {@code classes}, with these jars and the public API on the class
   * path.
   */
  public static Path compile(Path classes, List<Path> jars, String... sources) throws IOException {
    Files.createDirectories(classes);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      List<Path> classPath = new ArrayList<>(jars);
      classPath.addAll(publicApi());
      classPath.add(classes);
      List<String> options =
          List.of(
              "--release",
              "17",
              "-proc:none",
              "-d",
              classes.toString(),
              "-cp",
              String.join(File.pathSeparator, classPath.stream().map(Path::toString).toList()));
      List<Path> places = Arrays.stream(sources).map(s -> SOURCES.resolve(s + ".java")).toList();
      StringBuilder problems = new StringBuilder();
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  problem -> problems.append(problem).append('\n'),
                  options,
                  null,
                  files.getJavaFileObjectsFromPaths(places))
              .call();
      if (!compiled) {
        throw new IllegalStateException(problems.toString());
      }
    }
    return classes;
  }

  /** The Azure Functions API jars that we run with. */
  static List<Path> publicApi() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.contains("azure-functions-java-"))
        .map(Path::of)
        .toList();
  }

  /** An app made of class folders and jars, run where it lies. */
  public static AppSource source(Path classes, List<Path> jars) {
    List<Path> classPath = new ArrayList<>();
    classPath.add(classes);
    classPath.addAll(jars);
    return new AppSource(AppSource.Kind.CLASSES, classes, classPath, null, List.of());
  }

  /** A durable app compiled against its own libraries, once for all tests. */
  public static AppSource durableApp(String clientVersion) throws IOException {
    List<Path> jars = durable(clientVersion);
    return source(compiledOnce("durable-" + clientVersion, jars, "DurableApp"), jars);
  }

  /**
   * An app with entities: the newest released libraries, our entity API, and the protobuf runtime
   * that this wants.
   */
  public static AppSource entityApp() throws IOException {
    return entityApp(placeOf(Message.class));
  }

  /** The same app with another protobuf runtime; it is compiled only once. */
  static AppSource entityApp(Path protobuf) throws IOException {
    List<Path> jars = new ArrayList<>();
    jars.add(placeOf(EntityRunner.class));
    jars.add(placeOf(EntityBatchRequest.class));
    jars.add(protobuf);
    durable("1.5.0").stream()
        .filter(jar -> !jar.toString().contains("protobuf-java-3"))
        .forEach(jars::add);
    Path classes = compiledOnce("entities", jars, "EntityApp");
    Path services = classes.resolve("META-INF/services/" + Middleware.class.getName());
    Files.createDirectories(services.getParent());
    Files.writeString(services, "app.EntityApp$EntityMiddleware");
    return source(classes, jars);
  }

  /** The jar or folder that we have a class from. */
  private static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final Map<String, Path> COMPILED = new HashMap<>();

  static synchronized Path compiledOnce(String name, List<Path> jars, String... sources)
      throws IOException {
    Path classes = COMPILED.get(name);
    if (classes == null) {
      classes = compile(Path.of("target", "test-apps", FORK, name).toAbsolutePath(), jars, sources);
      COMPILED.put(name, classes);
    }
    return classes;
  }

  /** Packs everything below {@code folders} into one jar, the first of equal entries. */
  public static Path jar(Path jar, List<Path> folders) throws IOException {
    Files.createDirectories(jar.toAbsolutePath().getParent());
    List<String> written = new ArrayList<>();
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (Path folder : folders) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
            if (!written.contains(name)) {
              written.add(name);
              entries.putNextEntry(new JarEntry(name));
              Files.copy(file, entries);
            }
          }
        }
      }
    }
    return jar;
  }
}
