package dev.holdfast.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.server.FakeTaskHub;
import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.http.HttpServerConfig.Cors;
import dev.holdfast.server.http.durable.DurableSettings;
import dev.holdfast.server.http.durable.Orchestrators;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.metrics.Metrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A whole HTTP front on a free port of the loopback, and a client for it. */
public final class TestServer implements AutoCloseable {
  public static final String DURABLE = "/runtime/webhooks/durabletask";

  public final FakeTaskHub hub = new FakeTaskHub();
  public final FakeHost host = new FakeHost();
  public final Keys keys = new Keys(new MemoryKeyRecords(), InstantSource.system());
  public final Site site;
  public final HttpServer server;
  public final int port;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  /** What may differ from the usual. */
  public record Options(
      HttpServerConfig config,
      DurableSettings durable,
      boolean keysRequired,
      String routePrefix,
      List<Annex> annexes) {
    Options withConfig(UnaryOperator<HttpServerConfig> change) {
      return new Options(change.apply(config), durable, keysRequired, routePrefix, annexes);
    }

    Options withRoutePrefix(String other) {
      return new Options(config, durable, keysRequired, other, annexes);
    }

    Options withAdmission(Admission admission) {
      return withConfig(
          before ->
              new HttpServerConfig(
                  before.bind(),
                  before.port(),
                  before.useForwardedHost(),
                  before.homepage(),
                  before.customHeaders(),
                  before.cors(),
                  before.limits(),
                  before.names(),
                  before.tls(),
                  admission));
    }

    public Options withLimits(UnaryOperator<HttpServerConfig.Limits> change) {
      return withConfig(
          before ->
              new HttpServerConfig(
                  before.bind(),
                  before.port(),
                  before.useForwardedHost(),
                  before.homepage(),
                  before.customHeaders(),
                  before.cors(),
                  change.apply(before.limits())));
    }

    public Options withDurable(DurableSettings other) {
      return new Options(config, other, keysRequired, routePrefix, annexes);
    }

    public Options withKeys() {
      return new Options(config, durable, true, routePrefix, annexes);
    }

    public Options withAnnex(Annex annex) {
      return new Options(config, durable, keysRequired, routePrefix, List.of(annex));
    }
  }

  public TestServer() {
    this(UnaryOperator.identity());
  }

  public TestServer(UnaryOperator<Options> change) {
    this(change, null);
  }

  /** In front of a task hub of the test's own; {@link #hub} has no part in it. */
  static TestServer of(TaskHub taskHub) {
    return of(taskHub, UnaryOperator.identity());
  }

  /** In front of a task hub of the test's own, with options. */
  public static TestServer of(TaskHub taskHub, UnaryOperator<Options> change) {
    return new TestServer(change, taskHub);
  }

  private TestServer(UnaryOperator<Options> change, @Nullable TaskHub taskHub) {
    Options options =
        change.apply(
            new Options(
                HttpServerConfig.local(0), DurableSettings.of("TestHub"), false, "api", List.of()));
    site = new Site(options.config(), parts(options, taskHub == null ? hub : taskHub));
    server = new HttpServer(options.config(), site);
    port = server.start();
  }

  private Site.Parts parts(Options options, TaskHub taskHub) {
    return new Site.Parts(
        taskHub,
        options.durable(),
        new Orchestrators() {
          @Override
          public boolean knows(String name) {
            return names().contains(name);
          }

          @Override
          public List<String> names() {
            return List.of("Flow", "HelloSequence");
          }
        },
        host,
        options.routePrefix(),
        keys,
        options.keysRequired(),
        InstantSource.system(),
        new Metrics(),
        options.annexes());
  }

  /** One more front on the same parts, not started. */
  HttpServer another(String bind, int anotherPort) {
    HttpServerConfig config =
        new HttpServerConfig(
            bind, anotherPort, false, true, Map.of(), Cors.OFF, HttpServerConfig.Limits.DEFAULT);
    return new HttpServer(config, site);
  }

  public String origin() {
    return "http://localhost:" + port;
  }

  public HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, null, headers);
  }

  public HttpResponse<String> post(String path, String body, String... headers) {
    return send("POST", path, body, headers);
  }

  /** A null body sends none. Paths must be URIs. */
  public HttpResponse<String> send(
      String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : origin() + path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(body.getBytes(UTF_8)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString(UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
