package dev.holdfast.host;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Breakdown;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.functions.outgoing.HttpActivity;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.server.grpc.remote.RemoteTarget;
import dev.holdfast.server.http.HttpServer;
import dev.holdfast.server.http.HttpServerConfig;
import dev.holdfast.server.http.Site;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.http.keys.Keys.NewKey;
import dev.holdfast.server.http.routes.HttpFunctions;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Represents a running host: store, engine, the app's functions, HTTP and gRPC.
 *
 * <p>{@link #start} returns when the host answers requests. {@link #close} lets running work end
 * and stops the host. Both may be called from any thread; a repeated close does no harm.
 */
public final class Holdfast implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("Host.Lifecycle");

  private final Setup setup;
  private final Phases phases;
  private final BiConsumer<String, Throwable> died;
  private final CompletableFuture<String> broken = new CompletableFuture<>();
  private final Control control;
  private final InHand inHand = new InHand();
  private final BuildNote buildNote = new BuildNote();
  private final Parts parts;
  private final List<NewKey> newKeys;
  private boolean closed;

  /**
   * Holds the secret with which the app proves to gRPC that it belongs to this process; no file
   * contains the secret.
   */
  private final String appSecret = secret();

  /** Holds the parts of the running host, in the order in which they were started. */
  private record Parts(
      Backing backing,
      AppSlot slot,
      HttpActivity outgoing,
      Site site,
      HttpServer http,
      Ports ports) {}

  /**
   * Holds the ports, which are known once HTTP and gRPC listen; functions need the ports, but they
   * run only afterwards.
   */
  private static final class Ports {
    private volatile int http;
    private volatile int httpLocal;
    private volatile int grpc;
    private volatile int grpcForFunctions;
    private volatile String code = "";
  }

  /**
   * Starts a host and returns once it answers requests.
   *
   * @param environment the environment of the app; normally {@code System.getenv()}
   * @throws CannotException the host cannot run; everything that was started has been stopped
   */
  public static Holdfast start(HostOptions options, Map<String, String> environment) {
    return new Holdfast(Setup.read(options, environment), new Phases(), (thread, cause) -> {});
  }

  /**
   * Creates a host that has not been started.
   *
   * @param died receives the same arguments as {@link Breakdown#died}
   */
  Holdfast(Setup setup, Phases phases, BiConsumer<String, Throwable> died) {
    this.setup = setup;
    this.phases = phases;
    this.died = died;
    this.control = new Control(this::reload, setup.options().engineOnly());
    setup.options().data().create();
    Keys keys = new Keys(setup.options().data().keyRecords(), InstantSource.system());
    try (Starting starting = new Starting(phases)) {
      this.parts = start(starting, new Assembly(setup, appSecret, inHand, buildNote), keys);
      // Keys are shown only once, so they are made after everything that can fail.
      this.newKeys =
          setup.requiresKeys() || new GrpcFront(setup).requiresKeys()
              ? keys.createMissing()
              : List.of();
      starting.succeeded();
    }
    control.ready();
  }

  /** Opens the hub and loads the app in parallel; no work runs before both are done. */
  private Parts start(Starting starting, Assembly assembly, Keys keys) {
    Ports ports = new Ports();
    CompletableFuture<FunctionApp> loading =
        starting.aside(
            "app",
            () ->
                assembly.app(
                    () -> ports.grpcForFunctions, () -> url(ports.httpLocal), () -> ports.code),
            app -> app);
    Backing backing = backing(starting, assembly, keys);
    CompletableFuture<Integer> grpcUp =
        starting.aside("grpc", () -> Assembly.start(backing.grpc()), port -> backing.grpc());
    HttpServerConfig httpConfig = assembly.http();
    Site site = assembly.site(httpConfig, backing.hub(), keys, control, control);
    HttpServer http = starting.own("http", () -> new HttpServer(httpConfig, site));
    ports.http = starting.timed("http listens", () -> Assembly.start(http));
    ports.httpLocal = http.localPort();
    ports.code = site.requiredQueryStringParameters().substring("code=".length());
    ports.grpc = Starting.joined(grpcUp);
    ports.grpcForFunctions = backing.grpc().localPort();
    AppSlot slot = new AppSlot(Starting.joined(loading));
    HttpActivity outgoing = starting.owned(assembly.outgoing(site, ports.httpLocal));
    control.serve(slot, http, backing);
    serve(site, slot.app());
    starting.own("notes", assembly::notes);
    Engine engine = backing.engine();
    if (engine != null) {
      engine.beginWithout(inHand.withoutMemory());
    }
    noteBuild(slot.app());
    backing.serve(List.of(slot, outgoing));
    return new Parts(backing, slot, outgoing, site, http, ports);
  }

  private static String secret() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  private Backing backing(Starting starting, Assembly assembly, Keys keys) {
    RemoteTarget target = setup.target();
    return target == null
        ? new OwnBacking(starting, assembly, keys, setup.config().limits(), new Ending())
        : new RemoteBacking(
            starting, assembly, keys, target, () -> assembly.wanted(control), control::spelling);
  }

  private void noteBuild(FunctionApp app) {
    buildNote.runs(app.build(), app.durableNames(WorkItem.Kind.ORCHESTRATOR));
  }

  private static void serve(Site site, FunctionApp app) {
    site.functions()
        .serve(HttpFunctions.of(app))
        .forEach((name, why) -> log.warn("The '{}' function has no URL: {}", name, why));
  }

  private final class Ending implements Breakdown {
    @Override
    public void brokeDown(String reason) {
      broken.complete(reason);
    }

    @Override
    public void died(String thread, Throwable cause, @Nullable String instanceId) {
      if (instanceId != null && LastWords.mustEnd(cause)) {
        inHand.diesIn(instanceId);
      }
      died.accept(thread, cause);
    }
  }

  /**
   * Loads the app again and drains the old one. Returns when the new app gets the work and the old
   * app has ended its work.
   */
  private void reload() {
    FunctionApp next =
        new Assembly(setup, appSecret, inHand, buildNote)
            .app(() -> parts.ports().grpcForFunctions, this::url, () -> parts.ports().code);
    noteBuild(next);
    parts
        .slot()
        .exchange(
            next,
            app -> {
              parts.backing().servedChanged();
              serve(parts.site(), app);
              log.info("The app was loaded anew: {} functions.", app.functions().size());
            });
  }

  /** Returns the hub that answers clients, including those in this process. */
  public TaskHub hub() {
    return parts.backing().hub();
  }

  /**
   * Returns the engine in this process.
   *
   * @throws IllegalStateException the hub is a remote one
   */
  public Engine engine() {
    Engine engine = parts.backing().engine();
    if (engine == null) {
      throw new IllegalStateException("this host works for a hub somewhere else");
    }
    return engine;
  }

  public FunctionApp app() {
    return parts.slot().app();
  }

  public int httpPort() {
    return parts.ports().http;
  }

  public int grpcPort() {
    return parts.ports().grpc;
  }

  /**
   * Returns the URL, without a path, under which people and programs on this machine reach the
   * host.
   */
  public URI url() {
    return url(parts.ports().httpLocal);
  }

  /** Returns the URL for other machines when HTTP speaks TLS, otherwise {@link #url}. */
  URI securedUrl() {
    return setup.config().limits().http() == null
        ? url()
        : URI.create("https://" + setup.options().bind() + ":" + parts.ports().http);
  }

  private static URI url(int port) {
    return URI.create("http://localhost:" + port);
  }

  /**
   * Returns the keys that this start has made, because keys are required and none existed. Only
   * this method gives their secrets.
   */
  List<NewKey> newKeys() {
    return newKeys;
  }

  /**
   * Returns a future that completes with the reason when the hub cannot go on and the host must be
   * started again.
   */
  CompletableFuture<String> broken() {
    return broken.copy();
  }

  Phases phases() {
    return phases;
  }

  /**
   * Writes the note into the data folder through which commands find this host. A host for a remote
   * hub writes no note into a folder with a local hub, because that folder belongs to another host.
   */
  void announce() {
    if (isGuest()) {
      return;
    }
    try {
      setup.options().data().announce(url(), control.id());
    } catch (IOException e) {
      log.warn("Commands will not find this host by its data folder: {}", e.toString());
    }
  }

  private boolean isGuest() {
    return setup.target() != null && setup.options().data().hasHub();
  }

  /**
   * Refuses new requests, lets running work end (within at most {@code drainFor} of host.json),
   * makes the results durable and stops.
   *
   * <p>gRPC stops last, because running functions may use their client. Work that does not end in
   * time runs again after the next start.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    control.stopping();
    Deadline deadline = Deadline.in(patience());
    try {
      if (!isGuest()) {
        setup.options().data().withdraw(control.id());
      }
    } catch (IOException e) {
      log.warn("The note for commands could not be taken away: {}", e.toString());
    }
    parts.backing().stopping();
    try {
      boolean quiet = drain(deadline);
      if (!quiet) {
        log.warn("Not everything ended in time; the rest is run again after the next start.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parts.http().close();
    parts.backing().grpc().close();
    parts.backing().close();
    inHand.close();
  }

  /**
   * Returns how long the close waits for running work to end. It does not wait when the hub is
   * broken or stalled, because results could not be written any more.
   */
  Duration patience() {
    Engine engine = parts.backing().engine();
    boolean inVain =
        engine != null && (engine.brokenBecause() != null || engine.stalledBecause() != null);
    return inVain ? Duration.ZERO : setup.config().limits().drainFor();
  }

  private boolean drain(Deadline deadline) throws InterruptedException {
    boolean answered = deadline.await(parts.http().stop());
    boolean ran = deadline.await(CompletableFuture.runAsync(parts.slot()::close, Starting::daemon));
    ran &= parts.outgoing().drain(deadline.leftAtLeast(Duration.ofSeconds(1)));
    parts.outgoing().close();
    boolean written = parts.backing().drain(deadline);
    boolean told = parts.backing().grpc().drain(deadline.leftAtLeast(Duration.ofSeconds(1)));
    return answered && ran && written && told;
  }
}
