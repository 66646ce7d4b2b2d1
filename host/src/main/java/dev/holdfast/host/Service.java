package dev.holdfast.host;

import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.HostConfig;
import dev.holdfast.host.config.Telling;
import dev.holdfast.host.config.UnknownKey;
import dev.holdfast.host.log.Logging;
import dev.holdfast.host.terminal.Terminal;
import dev.holdfast.server.http.keys.Keys.NewKey;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs a host as the main task of its process, and takes care of the console, the signals and the
 * exit code.
 */
final class Service {
  private static final Logger log = LoggerFactory.getLogger("Host.Lifecycle");
  private static final int EXIT_AT_ONCE = 130;
  private static final Duration BEYOND_DRAINING = Duration.ofSeconds(15);

  private Service() {}

  /**
   * Runs the host until it is asked to end.
   *
   * @param arguments the arguments of this process, in case a second process must be started
   * @return the exit code
   */
  static int run(HostOptions options, List<String> arguments) throws InterruptedException {
    SecondProcess.endWithFirst();
    Phases phases = new Phases();
    Setup setup;
    try (Phases.Running running = phases.begin("configuration")) {
      setup = Setup.read(options, System.getenv());
    }
    if (!SecondProcess.isThis()
        && !ProcessEnvironment.add(setup.environment())
        && !setup.local().values().isEmpty()) {
      return SecondProcess.run(Main.class, arguments, setup.environment());
    }
    try (Logging logging =
        Logging.open(System.out, colors(setup.config()), options.verbose())
            .levels(setup.config().logLevels())
            .json(setup.config().telling().json())) {
      return run(setup, phases, logging);
    }
  }

  private static boolean colors(HostConfig config) {
    return config.consoleColors() && Terminal.isOne() && System.getenv("NO_COLOR") == null;
  }

  private static int run(Setup setup, Phases phases, Logging logging) throws InterruptedException {
    tellSetup(setup, logging);
    if (!setup.config().consoleEnabled()) {
      logging.silence();
    }
    CompletableFuture<Integer> end = new CompletableFuture<>();
    LastWords.prepare();
    Thread.setDefaultUncaughtExceptionHandler(new Uncaught(LastWords::end));
    CompletableFuture<Void> ended = new CompletableFuture<>();
    try (Holdfast host = new Holdfast(setup, phases, Service::died)) {
      Telling telling = setup.config().telling();
      logging.keep(
          setup.options().data().path(),
          telling.fileSize(),
          telling.files(),
          setup.target() != null);
      listen(host, logging, end);
      host.announce();
      tellReady(host, setup, logging);
      int code = end.join();
      endWithin(host.patience().plus(BEYOND_DRAINING), code, ended);
      return code;
    } finally {
      ended.complete(null);
    }
  }

  /**
   * Ends the process when a thread of the host has died because of an error of the JVM. The dying
   * thread calls this method, perhaps when no memory is free.
   */
  private static void died(String thread, Throwable cause) {
    if (LastWords.mustEnd(cause)) {
      LastWords.end(thread, cause);
    }
  }

  /**
   * Ends the process when the host does not end in time for any reason; acknowledged changes are
   * not lost.
   */
  private static void endWithin(Duration time, int code, CompletableFuture<Void> ended) {
    var unused =
        ended
            .orTimeout(time.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (inTime, late) -> {
                  if (late == null) {
                    return;
                  }
                  try {
                    log.error(
                        "The host did not end within {} s and is ended; nothing acknowledged is"
                            + " lost.",
                        time.toSeconds());
                  } finally {
                    InHand.processIsEnded();
                    Runtime.getRuntime().halt(code == 0 ? CannotException.FAILED : code);
                  }
                });
  }

  private static void listen(Holdfast host, Logging logging, CompletableFuture<Integer> end) {
    AtomicInteger asked = new AtomicInteger();
    Signals.onRequestToEnd(
        name -> {
          if (asked.getAndIncrement() == 0) {
            log.info(
                "Stopping: running work may end first. A second request (Ctrl-C) stops at once.");
            end.complete(0);
          } else {
            logging.close();
            InHand.processIsEnded();
            Runtime.getRuntime().halt(EXIT_AT_ONCE);
          }
        });
    var unused =
        host.broken()
            .thenAccept(
                reason -> {
                  try {
                    log.error(
                        "The hub cannot go on and ends; nothing acknowledged is lost. {}", reason);
                  } finally {
                    end.complete(CannotException.FAILED);
                  }
                });
  }

  private static void tellSetup(Setup setup, Logging logging) {
    logging.print(
        Banner.head(
            VersionCommand.version(),
            setup.options().engineOnly()
                ? "none; workers run everything"
                : setup.app().root().toString(),
            setup.hubName(),
            place(setup)));
    setup.app().notes().forEach(log::info);
    setup.config().notes().forEach(log::info);
    setup
        .skipped()
        .forEach(
            it ->
                log.info(
                    "Skipping '{}' from local settings as it's already defined in the environment.",
                    it));
    for (UnknownKey key : setup.config().unknown()) {
      // Other extensions have keys that only Azure knows, but a key that resembles one of this host
      // is probably a mistake.
      log.atLevel(key.nearest() == null ? Level.DEBUG : Level.WARN).log(key.text());
    }
  }

  private static String place(Setup setup) {
    if (setup.target() != null) {
      return "at " + setup.target().address();
    }
    boolean memory = setup.options().storeKind() == HostOptions.StoreKind.MEMORY;
    return "kept in " + (memory ? "memory only" : setup.options().data().path().toString());
  }

  private static void tellReady(Holdfast host, Setup setup, Logging logging) {
    FunctionApp app = host.app();
    GrpcFront front = new GrpcFront(setup);
    if (!setup.options().engineOnly()) {
      app.warnings().forEach(log::warn);
    }
    Banner.failures(app.failedFunctions()).forEach(log::error);
    logging.print(
        setup.options().engineOnly()
            ? Banner.workers(front.endpoint(host.grpcPort()), front.manner(), host.url())
            : Banner.functions(
                app.functions(),
                app.httpRoutes(),
                host.url(),
                setup.config().http().routePrefix()));
    if (setup.requiresKeys() || front.requiresKeys()) {
      logging.print(
          String.format("Keys are required; 'holdfast keys' lists, makes and rotates them.%n"));
    }
    logging.print(newKeys(host.newKeys(), Terminal.isOne()));
    if (setup.options().verbose()) {
      logging.print(phaseLines(host.phases()));
    } else {
      logging.print(String.format("For detailed output, run with --verbose.%n"));
    }
    logging.print(String.format("Dashboard: %s/dashboard%n", host.securedUrl()));
    logging.print(
        String.format(
            Locale.ROOT,
            "Ready after %.1f s: %s, gRPC port %d. Press Ctrl-C to stop.%n%n",
            Phases.sinceBirth().toMillis() / 1000.0,
            host.securedUrl(),
            host.grpcPort()));
  }

  /**
   * Returns the text to print about keys that this start has made. Secrets are printed only to a
   * person at a terminal, because files and log collections are stored and many people read them.
   */
  static String newKeys(List<NewKey> made, boolean toPerson) {
    StringBuilder text = new StringBuilder();
    for (NewKey one : made) {
      text.append("Made key ").append(one.key().name());
      text.append(toPerson ? ", shown only now: " + one.secret() : ".")
          .append(System.lineSeparator());
    }
    if (!made.isEmpty() && !toPerson) {
      text.append(
          "Their secrets are not printed, as this output is no terminal and may be kept. 'holdfast"
              + " keys rotate master' makes a new one and prints it; so for 'host' and 'system'.");
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String phaseLines(Phases phases) {
    return String.format("Start, in milliseconds:%n%s%n", phases.lines());
  }
}
