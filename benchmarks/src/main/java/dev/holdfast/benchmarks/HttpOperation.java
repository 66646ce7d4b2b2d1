package dev.holdfast.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Starts an orchestration over HTTP and polls its status until it has ended, as a user's script
 * would: soon at first, then at ever longer intervals.
 */
final class HttpOperation implements Measured, AutoCloseable {
  private static final long FIRST_POLL_AFTER_MILLIS = 20;
  private static final long POLL_AFTER_MILLIS_MAX = 320;

  private final ObjectMapper json = new ObjectMapper();
  private final java.util.concurrent.ExecutorService threads = Executors.newFixedThreadPool(2);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(threads).build();
  private final HttpRequest start;
  private final String output;

  HttpOperation(URI base, Plan.Workload workload) {
    this.output = workload.output();
    this.start =
        HttpRequest.newBuilder(
                base.resolve(
                    "/runtime/webhooks/durabletask/orchestrators/" + workload.orchestrator()))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
  }

  @Override
  public CompletableFuture<Void> run() {
    return client
        .sendAsync(start, HttpResponse.BodyHandlers.ofString())
        .thenCompose(
            response -> {
              if (response.statusCode() != 202) {
                throw new IllegalStateException(
                    "expected 202, but got " + response.statusCode() + " " + response.body());
              }
              URI status = URI.create(read(response.body()).path("statusQueryGetUri").asText());
              return later(HttpRequest.newBuilder(status).build(), FIRST_POLL_AFTER_MILLIS);
            });
  }

  private CompletableFuture<Void> later(HttpRequest status, long millis) {
    Executor then = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, threads);
    return CompletableFuture.supplyAsync(() -> status, then)
        .thenCompose(it -> poll(it, Math.min(2 * millis, POLL_AFTER_MILLIS_MAX)));
  }

  private CompletableFuture<Void> poll(HttpRequest status, long nextAfterMillis) {
    return client
        .sendAsync(status, HttpResponse.BodyHandlers.ofString())
        .thenCompose(
            response -> {
              if (response.statusCode() == 202) {
                return later(status, nextAfterMillis);
              }
              JsonNode body = read(response.body());
              if (!body.path("output").toString().equals(output)) {
                throw new IllegalStateException("expected " + output + ", but got " + body);
              }
              return CompletableFuture.<Void>completedFuture(null);
            });
  }

  private JsonNode read(String body) {
    try {
      return json.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
