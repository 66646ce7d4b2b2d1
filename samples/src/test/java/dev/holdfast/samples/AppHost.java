package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs the app in a host, which is a process of its own, on a free port. It is what {@code holdfast
 * start} runs. The build names the host's class path in the system property {@code
 * holdfast.classpath}, and the app in {@code holdfast.app}.
 */
public final class AppHost implements AutoCloseable {

  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final Process process;
  private final URI url;

  private AppHost(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Returns when requests are taken.
   *
   * @param data the host's data folder
   * @param environment added to that of this process
   */
  public static AppHost start(Path data, Map<String, String> environment) {
    List<String> options = new ArrayList<>(List.of("--grpc-port", "0"));
    property("holdfast.app").ifPresent(options::add);
    return start(data, environment, options);
  }

  /** Starts another app: a project that has been built. */
  public static AppHost startApp(Path app, Path data) {
    return start(data, Map.of(), List.of(app.toString(), "--grpc-port", "0"));
  }

  /** Starts a hub without an app, for hosts that connect to this gRPC port. */
  public static AppHost startHub(Path data, int grpcPort) {
    return start(
        data, Map.of(), List.of("--engine-only", "--grpc-port", Integer.toString(grpcPort)));
  }

  private static AppHost start(Path data, Map<String, String> environment, List<String> options) {
    try {
      // What a host that was killed has left would be taken for the new one's.
      Path announced = data.resolve("host.url");
      Files.deleteIfExists(announced);
      Process process = launch(data, environment, options);
      await().atMost(START_MAX).until(() -> Files.exists(announced) || !process.isAlive());
      assertThat(process.isAlive()).as("host alive; see its log in %s", log()).isTrue();
      URI url = URI.create(Files.readAllLines(announced).get(0));
      await().atMost(START_MAX).ignoreExceptions().until(() -> isReady(url));
      return new AppHost(process, url);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process launch(Path data, Map<String, String> environment, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String name : List.of("holdfast.home", "holdfast.target")) {
      property(name).ifPresent(value -> command.add("-D" + name + "=" + value));
    }
    command.addAll(List.of("-cp", needed("holdfast.classpath"), "dev.holdfast.host.Main"));
    command.addAll(List.of("start", "--port", "0", "--data", data.toString()));
    command.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static boolean isReady(URI url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url.resolve("/readyz")).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode() == 200;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the URL of the host: scheme and authority. */
  public URI url() {
    return url;
  }

  /** Kills the host as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("killed").isTrue();
  }

  /** Stops the host as Ctrl-C does, and returns when its process has ended. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      kill();
    }
  }

  /** Returns the file with what the host prints. */
  private static Path log() {
    return Path.of(needed("holdfast.log"));
  }

  private static String needed(String property) {
    return property(property)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "The system property "
                        + property
                        + " is missing. Run this test by its build: mvn verify"));
  }

  private static Optional<String> property(String name) {
    return Optional.ofNullable(System.getProperty(name)).filter(value -> !value.isBlank());
  }
}
