package dev.holdfast.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.http.message.BodyParts;
import dev.holdfast.server.http.message.ChannelParts;
import dev.holdfast.server.http.message.Endpoint;
import dev.holdfast.server.http.message.EventStream;
import dev.holdfast.server.http.message.Reply;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replies that are made while they are sent, over real sockets. */
class StreamedReplyTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /** Gives this many parts of 64 KiB, and counts. */
  private static final class Counted implements BodyParts {
    private final int parts;
    private final AtomicInteger given = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    Counted(int parts) {
      this.parts = parts;
    }

    @Override
    public CompletableFuture<Optional<ByteBuffer>> next() {
      return CompletableFuture.completedFuture(
          given.incrementAndGet() > parts
              ? Optional.empty()
              : Optional.of(ByteBuffer.allocate(64 << 10)));
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  /** A front that gives the same answer to whoever asks. */
  private static final class Serving implements AutoCloseable {
    final TestServer parts = new TestServer();
    final HttpServer server;
    final int port;

    Serving(Endpoint endpoint) {
      server = new HttpServer(HttpServerConfig.local(0), parts.site, endpoint);
      port = server.start();
    }

    HttpResponse<byte[]> send(String method) throws IOException, InterruptedException {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build();
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
      server.close();
      parts.close();
    }
  }

  @Test
  void a_long_body_arrives_whole() throws Exception {
    Counted parts = new Counted(100);
    try (Serving serving = new Serving(request -> Reply.streamed(200, "x/y", parts).now())) {
      HttpResponse<byte[]> reply = serving.send("GET");

      assertThat(reply.body()).hasSize(100 * (64 << 10));
      assertThat(reply.headers().firstValue("Content-Type")).hasValue("x/y");
      assertThat(parts.closed.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void head_gets_the_head_and_the_body_is_never_made() throws Exception {
    Counted parts = new Counted(100);
    try (Serving serving = new Serving(request -> Reply.streamed(200, "x/y", parts).now())) {
      HttpResponse<byte[]> reply = serving.send("HEAD");

      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.headers().firstValue("Content-Type")).hasValue("x/y");
      assertThat(reply.headers().firstValue("Content-Length")).isEmpty();
      assertThat(reply.body()).isEmpty();
      assertThat(parts.closed.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(parts.given).hasValue(0);
    }
  }

  @Test
  void readers_that_stop_reading_hold_neither_the_body_nor_a_thread() throws Exception {
    Counted parts = new Counted(100_000);
    AtomicInteger asked = new AtomicInteger();
    Endpoint endpoint =
        request ->
            request.path().equals("/long")
                ? Reply.streamed(
                        200, "x/y", asked.incrementAndGet() == 1 ? parts : new Counted(9_999))
                    .now()
                : Reply.empty(204).now();
    RawClient[] slow = new RawClient[100];
    try (Serving serving = new Serving(endpoint)) {
      for (int i = 0; i < slow.length; i++) {
        slow[i] = new RawClient(serving.port).send(GET.replace("/ ", "/long "));
        assertThat(slow[i].in().read()).isEqualTo('H');
      }

      // More clients are stuck than there are threads, and the next one is served all the same.
      assertThat(serving.send("GET").statusCode()).isEqualTo(204);
      assertThat(parts.given.get()).isLessThan(1000);

      for (RawClient client : slow) {
        client.reset();
      }
      assertThat(parts.closed.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_body_that_cannot_be_made_ends_the_connection_early() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    BodyParts failing =
        new BodyParts() {
          private boolean begun;

          @Override
          public CompletableFuture<Optional<ByteBuffer>> next() {
            if (begun) {
              return CompletableFuture.failedFuture(new IOException("the disk is gone"));
            }
            begun = true;
            return CompletableFuture.completedFuture(Optional.of(UTF_8.encode("begun")));
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    try (Serving serving = new Serving(request -> Reply.streamed(200, "x/y", failing).now());
        RawClient client = new RawClient(serving.port)) {
      client.send(GET);

      String all = new String(client.in().readAllBytes(), UTF_8);

      assertThat(all).contains("begun").doesNotEndWith("0\r\n\r\n");
      assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_file_arrives_as_it_is(@TempDir Path folder) throws Exception {
    byte[] content = new byte[300_000];
    IntStream.range(0, content.length).forEach(i -> content[i] = (byte) (i * 31));
    Path file = Files.write(folder.resolve("file"), content);
    FileChannel channel = FileChannel.open(file);
    Endpoint endpoint = request -> Reply.streamed(200, "x/y", new ChannelParts(channel)).now();
    try (Serving serving = new Serving(endpoint)) {
      assertThat(serving.send("GET").body()).isEqualTo(content);
    }
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void events_reach_the_client_as_they_happen_and_end_when_the_server_stops() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    EventStream stream = new EventStream(closed::countDown);
    try (Serving serving = new Serving(request -> Reply.events(stream).now())) {
      HttpResponse<java.io.InputStream> reply =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://localhost:" + serving.port)).build(),
                  BodyHandlers.ofInputStream());
      BufferedReader lines = new BufferedReader(new InputStreamReader(reply.body(), UTF_8));

      assertThat(reply.headers().firstValue("Content-Type"))
          .hasValue("text/event-stream; charset=utf-8");
      assertThat(lines.readLine()).isEqualTo(":");
      assertThat(lines.readLine()).isEmpty();
      for (int i = 0; i < 3; i++) {
        stream.send("count", "" + i);
        assertThat(lines.readLine()).isEqualTo("event: count");
        assertThat(lines.readLine()).isEqualTo("data: " + i);
        assertThat(lines.readLine()).isEmpty();
      }

      CompletableFuture<Void> stopped = serving.server.stop();
      assertThat(lines.readLine()).isNull();
      assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
      stopped.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_stream_without_events_finds_out_that_its_client_is_gone() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    EventStream stream = new EventStream(closed::countDown);
    try (Serving serving = new Serving(request -> Reply.events(stream).now())) {
      RawClient client = new RawClient(serving.port).send(GET);
      assertThat(client.in().read()).isEqualTo('H');
      stream.send("begun", "1");

      client.reset();
      while (!closed.await(10, TimeUnit.MILLISECONDS)) {
        serving.server.eventStreams().beat();
      }

      assertThat(serving.server.eventStreams().size()).isZero();
    }
  }

  @Test
  void one_stream_too_many_is_refused_and_released() throws Exception {
    CountDownLatch refused = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    Endpoint endpoint =
        request ->
            Reply.events(
                    asked.incrementAndGet() <= EventStreams.OPEN_MAX
                        ? new EventStream(() -> {})
                        : new EventStream(refused::countDown))
                .now();
    try (Serving serving = new Serving(endpoint)) {
      RawClient[] clients = new RawClient[EventStreams.OPEN_MAX];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = new RawClient(serving.port).send(GET);
        assertThat(clients[i].in().read()).isEqualTo('H');
      }

      HttpResponse<byte[]> reply = serving.send("GET");

      assertThat(reply.statusCode()).isEqualTo(503);
      assertThat(new String(reply.body(), UTF_8)).contains("sends events to 200 clients");
      assertThat(refused.await(30, TimeUnit.SECONDS)).isTrue();
      for (RawClient client : clients) {
        client.close();
      }
    }
  }
}
