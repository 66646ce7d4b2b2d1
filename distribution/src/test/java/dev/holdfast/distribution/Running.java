package dev.holdfast.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a host as a process of its own, on a free port. */
final class Running implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofMinutes(2);

  private final Process process;
  private final URI url;
  private final HttpClient http = HttpClient.newHttpClient();

  private Running(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Returns when the host takes requests.
   *
   * @param command runs Holdfast; this method adds the arguments
   */
  static Running start(
      List<String> command, List<String> app, Path data, Map<String, String> environment)
      throws IOException {
    List<String> all = new ArrayList<>(command);
    all.add("start");
    all.addAll(app);
    all.addAll(List.of("--port", "0", "--grpc-port", "0", "--data", data.toString()));
    Path announced = data.resolve("host.url");
    Files.deleteIfExists(announced);
    Path log = data.resolveSibling(data.getFileName() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(all)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    await().atMost(START_MAX).until(() -> Files.exists(announced) || !process.isAlive());
    assertThat(process.isAlive()).as("%s", Files.readString(log)).isTrue();
    Running host = new Running(process, URI.create(Files.readAllLines(announced).get(0)));
    await()
        .atMost(START_MAX)
        .ignoreExceptions()
        .until(() -> host.get("/readyz").statusCode() == 200);
    return host;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(url.resolve(path)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return http.send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  URI url() {
    return url;
  }

  /** Kills the host as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("killed").isTrue();
  }

  /** Stops the host as Ctrl-C does. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      kill();
    }
  }
}
