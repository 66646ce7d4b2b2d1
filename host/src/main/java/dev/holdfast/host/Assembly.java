package dev.holdfast.host;

import com.google.protobuf.ByteString;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.WorkItem;
import dev.holdfast.dashboard.Dashboard;
import dev.holdfast.engine.Breakdown;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.engine.dispatch.Workforce;
import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.AppSettings;
import dev.holdfast.functions.context.Conversions;
import dev.holdfast.functions.context.HubDoor;
import dev.holdfast.functions.context.Past;
import dev.holdfast.functions.context.Places;
import dev.holdfast.functions.context.RunTimes;
import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.outgoing.Destinations;
import dev.holdfast.functions.outgoing.HttpActivity;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.HostConfig;
import dev.holdfast.host.config.HostLimits;
import dev.holdfast.host.config.HttpTls;
import dev.holdfast.host.tracing.TraceExport;
import dev.holdfast.host.tracing.TraceWish;
import dev.holdfast.server.admission.Admission;
import dev.holdfast.server.grpc.GrpcServer;
import dev.holdfast.server.grpc.PortBusyException;
import dev.holdfast.server.grpc.Tls;
import dev.holdfast.server.grpc.TlsContext;
import dev.holdfast.server.grpc.TlsUnusableException;
import dev.holdfast.server.grpc.remote.WorkWanted;
import dev.holdfast.server.http.HttpServer;
import dev.holdfast.server.http.HttpServerConfig;
import dev.holdfast.server.http.PortUnavailableException;
import dev.holdfast.server.http.Site;
import dev.holdfast.server.http.admin.HostControl;
import dev.holdfast.server.http.durable.DurableSettings;
import dev.holdfast.server.http.durable.Orchestrators;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.metrics.Metrics;
import dev.holdfast.stores.sqlite.SqliteOptions;
import dev.holdfast.stores.sqlite.SqliteStore;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the parts of the host from the user's settings. */
final class Assembly {
  /** The record with this name stores the name of the hub. */
  private static final String HUB_NAME = "name";

  private final Setup setup;
  private final HostConfig config;
  private final HostLimits limits;

  /** Limits the memory that all requests over HTTP and gRPC may take together. */
  private final Admission admission = Admission.ofHeap();

  /**
   * Holds a secret that permits calls at the local gRPC port; only the app of this host knows it.
   */
  private final String appSecret;

  private final InHand inHand;
  private final BuildNote buildNote;
  private final Metrics metrics = new Metrics();

  /**
   * Creates the object for one start of a host.
   *
   * @param appSecret the secret that the app presents to gRPC when gRPC requires one
   * @param inHand records which code every app of this host runs
   * @param buildNote remembers which build of the app runs
   */
  Assembly(Setup setup, String appSecret, InHand inHand, BuildNote buildNote) {
    this.setup = setup;
    this.appSecret = appSecret;
    this.inHand = inHand;
    this.buildNote = buildNote;
    this.config = setup.config();
    this.limits = config.limits();
  }

  /** Holds the open store, and warnings for the operator about the state of the store's files. */
  record OpenedStore(Store store, List<String> warnings) implements AutoCloseable {
    @Override
    public void close() {
      store.close();
    }
  }

  OpenedStore store() {
    if (setup.options().storeKind() == HostOptions.StoreKind.MEMORY) {
      return new OpenedStore(new MemoryStore(), List.of());
    }
    try {
      SqliteStore store =
          SqliteStore.open(
              SqliteOptions.in(setup.options().data().path())
                  .withFreeSpaceMin(limits.freeSpaceMin())
                  .withSizeMax(limits.storeSizeMax())
                  .withLossAccepted(setup.options().lossAccepted()));
      return new OpenedStore(store, store.warnings().stream().map(Assembly::capital).toList());
    } catch (StoreException e) {
      throw new CannotException(
          "Cannot open the store in " + setup.options().data().path() + ".",
          sentence(String.valueOf(e.getMessage())),
          "");
    }
  }

  /**
   * Refuses the store of another hub, because the app of one hub must not run the work of another.
   *
   * @throws CannotException the store belongs to a hub with another name
   */
  void refuseOtherHub(Store store) {
    ByteString known = store.record(Engine.HUB, HUB_NAME);
    String name = known == null ? setup.hubName() : known.toStringUtf8();
    if (!HostConfig.isSameHub(name, setup.hubName())) {
      throw new CannotException(
          "The data folder "
              + setup.options().data().path()
              + " belongs to the task hub '"
              + name
              + "', and this app's is '"
              + setup.hubName()
              + "'.",
          "The instances there are of other apps, and would wait for them.",
          "Give --data another folder, or write \"hubName\": \""
              + name
              + "\" under extensions.durableTask in host.json.");
    }
  }

  /** Writes the hub's name into the store, unless a name is there. */
  void nameHub(Engine engine, Store store) {
    if (store.record(Engine.HUB, HUB_NAME) == null) {
      engine.remember(HUB_NAME, ByteString.copyFromUtf8(setup.hubName()));
    }
  }

  private static String sentence(String text) {
    return text.isEmpty() || text.endsWith(".") ? capital(text) : capital(text) + ".";
  }

  /**
   * Returns the text with a capital letter, and without a full stop, because some texts end with a
   * command that people copy.
   */
  private static String capital(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /**
   * Opens the export of traces; returns null, and loads nothing of OpenTelemetry, when the user
   * wants no traces.
   */
  @Nullable TraceExport traces() {
    return TraceWish.isThere(config.durable().tracing(), setup.settings())
        ? TraceExport.open(setup.settings(), config.hubName())
        : null;
  }

  /**
   * Opens the engine.
   *
   * @throws CannotException this machine's clock or the hub's time is wrong, and only a person can
   *     decide which one
   */
  Engine engine(Store store, @Nullable TraceExport traces, Breakdown broken) {
    Clocks clocks = new MachineClocks();
    boolean confirmed = setup.options().data().takeClockConfirmed();
    String problem = Engine.clockProblem(store, clocks.instant());
    if (problem != null && !confirmed) {
      throw new CannotException(
          "Cannot open the task hub: one of two clocks is wrong.",
          problem,
          "Set this machine's clock right and start again; or, if it is right, say so first with"
              + " 'holdfast clock --confirm --data "
              + setup.options().data().path()
              + "'.");
    }
    Engine engine = engine(store, traces, broken, clocks);
    if (problem != null) {
      engine.confirmClock();
    }
    return engine;
  }

  private Engine engine(
      Store store, @Nullable TraceExport traces, Breakdown broken, Clocks clocks) {
    Engine engine =
        new Engine(
            store,
            new Engine.Settings(
                // This limit applies even when the settings are higher, because the heap would be
                // full before.
                limits
                    .perPartition()
                    .withResidentBytesUpTo(
                        Runtime.getRuntime().maxMemory() / 5 / limits.partitions()),
                limits.partitions(),
                setup.options().engineOnly() ? WhenUnserved.WAITS : WhenUnserved.FAILS,
                clocks,
                new SecureRandom(),
                Set.of(),
                traces),
            new LoggedProblems(),
            broken);
    engine.measure(metrics::reached, metrics::flushed);
    return engine;
  }

  /**
   * Opens the notes about running work in the data folder; a hub in memory needs no notes, because
   * its work is lost with the process.
   */
  InHand notes() {
    if (setup.target() != null) {
      // Several hosts that work for remote hubs may share a folder with each other and with one
      // host that has a hub.
      inHand.openBesideOthers(setup.options().data().path());
    } else if (setup.options().storeKind() == HostOptions.StoreKind.SQLITE) {
      inHand.open(setup.options().data().path());
    }
    return inHand;
  }

  /**
   * Creates the executor of the HTTP activity.
   *
   * @param site the site of this host
   * @param port the port on which it listens
   */
  HttpActivity outgoing(Site site, int port) {
    OwnFunctions own = OwnFunctions.of(setup.options().bind(), port, site::leadsToFunction);
    return new HttpActivity(
        new Destinations(limits.durableHttp().allowedHosts(), own),
        limits.perPartition().payloadMax());
  }

  /** Returns a view of the engine's workforce that keeps the note about the app's build current. */
  Workforce noteBuilds(Engine engine, Store store) {
    buildNote.open(engine, store);
    return buildNote.watching(engine);
  }

  GrpcServer grpc(TaskHub hub, Workforce workforce, Keys keys) {
    return new GrpcServer(
        new GrpcFront(setup).config(keys, appSecret).withAdmission(admission),
        hub,
        workforce,
        new SecureRandom());
  }

  /** Returns the description of the work that this host requests from a remote hub. */
  WorkWanted wanted(Control control) {
    List<String> activities = new ArrayList<>(control.durableNames(WorkItem.Kind.ACTIVITY));
    activities.add(HttpActivity.NAME);
    HostConfig.Durable durable = config.durable();
    return new WorkWanted(
        control.durableNames(WorkItem.Kind.ORCHESTRATOR),
        activities,
        control.durableNames(WorkItem.Kind.ENTITY),
        durable.versioning().wanted(),
        durable.maxConcurrentOrchestratorFunctions(),
        durable.maxConcurrentActivityFunctions(),
        durable.maxConcurrentEntityFunctions());
  }

  static int start(GrpcServer grpc) {
    try {
      return grpc.start();
    } catch (PortBusyException e) {
      throw unavailable(e);
    } catch (TlsUnusableException e) {
      throw new CannotException(
          "Cannot listen for gRPC by TLS.",
          String.valueOf(e.getMessage()),
          "Certificates and keys are PEM files, keys PKCS#8 without a password; correct"
              + " extensions.holdfast.grpc in host.json.");
    } catch (IOException e) {
      throw new CannotException(
          "Cannot listen for gRPC.",
          reason(e) + ".",
          "Give --grpc-port another port above 1023, or none to take any that is free.");
    }
  }

  /**
   * Makes the exception for a port that cannot be opened: it finds out whether the port is busy or
   * needs privileges, because the system refuses both in the same way.
   */
  private static CannotException unavailable(PortBusyException e) {
    if (reason(e).contains("denied")) {
      return new CannotException(
          "Port " + e.port() + " needs privileges that this process does not have.",
          "gRPC was to listen there.",
          "Choose one above 1023 with --grpc-port, or name none to take any that is free.");
    }
    return new CannotException(
        "Port " + e.port() + " is in use.",
        "Another process listens there, so gRPC cannot.",
        "Stop that process, or choose another port with --grpc-port.");
  }

  /**
   * Returns gRPC's message together with the message of the system's exception, which gRPC wraps.
   */
  private static String reason(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root == thrown ? root.toString() : thrown.getMessage() + ": " + root.getMessage();
  }

  static int start(HttpServer http) {
    try {
      return http.start();
    } catch (PortUnavailableException e) {
      // The message names the reason, of which there are several, and the cure.
      throw new CannotException(String.valueOf(e.getMessage()), "", "");
    }
  }

  HttpServerConfig http() {
    HttpServerConfig.Limits usual = HttpServerConfig.Limits.DEFAULT;
    int outstanding = config.http().maxOutstandingRequests();
    return new HttpServerConfig(
        setup.options().bind(),
        setup.port(),
        config.durable().useForwardedHost(),
        !"true".equalsIgnoreCase(setup.settings().get("AzureWebJobsDisableHomepage")),
        config.http().customHeaders(),
        cors(),
        (outstanding > 0 ? usual.withOutstandingRequests(outstanding) : usual)
            .withBodyBytes(limits.requestBytesMax()),
        limits.hostNames(),
        httpTls(),
        admission);
  }

  private HttpServerConfig.@Nullable Tls httpTls() {
    HttpTls files = limits.http();
    if (files == null) {
      return null;
    }
    try {
      TlsContext context =
          TlsContext.read(
              new Tls(
                  setup.folder().resolve(files.certificate()),
                  setup.folder().resolve(files.privateKey()),
                  null));
      return new HttpServerConfig.Tls(context.context(), context::refresh);
    } catch (TlsUnusableException e) {
      throw new CannotException(
          "Cannot listen for HTTP by TLS.",
          String.valueOf(e.getMessage()),
          "Certificates and keys are PEM files, keys PKCS#8 without a password; correct"
              + " extensions.holdfast.http in host.json.");
    }
  }

  private HttpServerConfig.Cors cors() {
    boolean fromOptions = !setup.options().corsOrigins().isEmpty();
    try {
      return new HttpServerConfig.Cors(
          Set.copyOf(fromOptions ? setup.options().corsOrigins() : setup.local().corsOrigins()),
          setup.options().corsCredentials() || (!fromOptions && setup.local().corsCredentials()));
    } catch (IllegalArgumentException e) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot use the CORS settings.",
          String.valueOf(e.getMessage()),
          "");
    }
  }

  Site site(HttpServerConfig http, TaskHub hub, Keys keys, Orchestrators known, HostControl host) {
    return new Site(
        http,
        new Site.Parts(
            hub,
            new DurableSettings(
                setup.hubName(),
                config.durable().connectionName(),
                config.durable().versioning().own(),
                config.durable().replaceAny(),
                config.durable().storeInputsInOrchestrationHistory(),
                config.telling().reasonAsOutput()),
            known,
            host,
            config.http().routePrefix(),
            keys,
            setup.requiresKeys(),
            MachineClocks.passing(),
            metrics,
            List.of(new Dashboard())));
  }

  /**
   * Loads the app.
   *
   * @param code the code of the durable management API, see {@link
   *     Site#requiredQueryStringParameters}
   */
  FunctionApp app(IntSupplier grpcPort, Supplier<URI> url, Supplier<String> code) {
    HostConfig.Durable durable = config.durable();
    Set<String> only =
        setup.options().functions().isEmpty()
            ? new TreeSet<>(config.functions())
            : setup.options().functions();
    AppContext context =
        AppContext.usual()
            .withSettings(new AppSettings(setup.settings(), only, durable.versioning()))
            .withDoor(
                new HubDoor(
                    setup.hubName(),
                    durable.connectionName(),
                    grpcPort,
                    new GrpcFront(setup).hasLocalDoor() ? appSecret : null,
                    url,
                    code))
            .withPlaces(
                new Places(
                    durable.maxConcurrentActivityFunctions(),
                    durable.maxConcurrentOrchestratorFunctions(),
                    durable.maxConcurrentEntityFunctions()))
            .withTimes(
                new RunTimes(
                    config.functionTimeout(),
                    limits.workers().activityTimeouts(),
                    limits.drainFor()))
            .withPatience(limits.patience())
            .withConversions(
                new Conversions(
                    durable.unwrapActivityStrings()
                        ? Conversions.ActivityStringInput.UNWRAPPED
                        : Conversions.ActivityStringInput.RAW,
                    durable.shortFailureNames()))
            .withPast(new Past(inHand, buildNote::since));
    InvocationLog log = new InvocationLog();
    try {
      FunctionApp app = FunctionApp.open(setup.app(), context.withLog(log));
      log.learn(app.functions());
      return app;
    } catch (AppLoadException e) {
      throw new CannotException(
          "Cannot run the app at " + setup.app().root() + ".", String.valueOf(e.getMessage()), "");
    }
  }
}
