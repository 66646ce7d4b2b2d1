package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.Main;
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
import java.util.concurrent.TimeUnit;

/**
 * The samples, served by a host in a process of its own: what {@code ./holdfast start} comes to, on
 * a free port.
 */
public final class SampleHost implements AutoCloseable {

  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final Process process;
  private final URI url;

  private SampleHost(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Returns when requests are taken.
   *
   * @param data the host's data folder
   * @param environment added to that of this process
   */
  public static SampleHost start(Path data, Map<String, String> environment) {
    return start(data, environment, List.of("--grpc-port", "0"));
  }

  /** Another app than the samples: a project that has been built. */
  public static SampleHost startApp(Path app, Path data) {
    return start(data, Map.of(), List.of(app.toString(), "--grpc-port", "0"));
  }

  /** A hub without an app, for hosts that connect to this gRPC port. */
  public static SampleHost startHub(Path data, int grpcPort) {
    return start(
        data, Map.of(), List.of("--engine-only", "--grpc-port", Integer.toString(grpcPort)));
  }

  private static SampleHost start(
      Path data, Map<String, String> environment, List<String> options) {
    try {
      // What a host that was killed has left would be taken for the new one's.
      Path announced = data.resolve("host.url");
      Files.deleteIfExists(announced);
      Process process = launch(data, environment, options);
      await().atMost(START_MAX).until(() -> Files.exists(announced) || !process.isAlive());
      assertThat(process.isAlive()).as("host alive; see its log in %s", log()).isTrue();
      URI url = URI.create(Files.readAllLines(announced).get(0));
      await().atMost(START_MAX).ignoreExceptions().until(() -> isReady(url));
      return new SampleHost(process, url);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process launch(Path data, Map<String, String> environment, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dholdfast.home=" + module().getParent());
    command.add("-Dholdfast.target=" + module().relativize(build()));
    command.addAll(List.of("-cp", jar().toString(), Main.class.getName()));
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

  /** Scheme and authority. */
  public URI url() {
    return url;
  }

  /** As {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("killed").isTrue();
  }

  /** As Ctrl-C does; returns when the process has ended. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      kill();
    }
  }

  private static Path module() {
    return Path.of(System.getProperty("samples.module"));
  }

  private static Path build() {
    return Path.of(System.getProperty("samples.build"));
  }

  private static Path log() {
    return build().resolve("sample-host.log");
  }

  /** The very jar that the launcher runs: its class path is part of what is tested. */
  private static Path jar() {
    Path host = module().resolveSibling("host");
    return host.resolve(module().relativize(build())).resolve("holdfast-host.jar");
  }
}
