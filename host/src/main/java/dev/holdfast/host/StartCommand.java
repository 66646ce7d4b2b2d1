package dev.holdfast.host;

import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.project.NewBuild;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast start [APP]} runs an app. */
@Command(
    name = "start",
    description = {
      "Run an app: its functions over HTTP, its orchestrations durably.",
      "Everything is kept in the data folder: --data, else HOLDFAST_DATA, else ./data."
    },
    sortOptions = false)
final class StartCommand implements Callable<Integer> {
  /**
   * Marks options of 'func start' whose effect a user may expect, so that the command reports that
   * they have none.
   */
  private static final String MISSED = "missed";

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "APP",
      description =
          "A built project, its staging folder, a folder of classes or a jar. Default: the"
              + " samples.")
  @Nullable Path app;

  @Option(
      names = {"--script-root", "--prefix"},
      hidden = true)
  @Nullable Path scriptRoot;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "N",
      description = "HTTP port (default: 7071; 0: any free one).")
  @Nullable Integer port;

  @Option(
      names = "--grpc-port",
      paramLabel = "N",
      description =
          "gRPC port (default: 4001, or a free one if that is busy or with --connect); host.json says who may call.")
  @Nullable Integer grpcPort;

  @Option(names = "--data", paramLabel = "DIR", description = "Where everything is kept.")
  @Nullable Path data;

  @Option(
      names = {"--bind", "--address"},
      paramLabel = "ADDRESS",
      description = "Listen there (default: ${DEFAULT-VALUE}); beyond loopback keys are required.")
  String bind = "127.0.0.1";

  @Option(names = "--enableAuth", description = "Require keys on loopback too.")
  boolean enableAuth;

  @Option(
      names = "--cors",
      split = ",",
      paramLabel = "ORIGIN",
      description = "Origins whose pages may call, or '*'.")
  List<String> cors = new ArrayList<>();

  @Option(names = "--cors-credentials", description = "Those pages may send cookies.")
  boolean corsCredentials;

  @Option(
      names = "--functions",
      arity = "1..*",
      split = ",",
      paramLabel = "NAME",
      description = "Load only these functions.")
  List<String> functions = new ArrayList<>();

  @Option(
      names = "--store",
      paramLabel = "KIND",
      description =
          "${COMPLETION-CANDIDATES} (default: sqlite; memory keeps nothing when the host stops).")
  StoreKind store = StoreKind.SQLITE;

  @Option(
      names = "--force",
      description =
          "Start with what can be read of a damaged log of the hub. Use it once, after a start"
              + " without it has said what is missing. The damaged files are kept.")
  boolean force;

  @Option(
      names = "--engine-only",
      description = "Run no app: workers connect over gRPC and run everything.")
  boolean engineOnly;

  @Option(
      names = "--connect",
      paramLabel = "WHERE",
      description =
          "Store nothing here: run the app's functions for the task hub at WHERE, and use it. An"
              + " endpoint (localhost:4001, https://HOST), a connection string"
              + " (Endpoint=https://HOST;TaskHub=NAME;Authentication=None), or the name of a setting"
              + " with one of them. Default: HOLDFAST_CONNECT.")
  @Nullable String connect;

  @Option(
      names = "--connect-token-file",
      paramLabel = "FILE",
      description =
          "Show the hub the token in this file, read again as it changes. Default:"
              + " HOLDFAST_CONNECT_TOKEN_FILE, or the token itself in HOLDFAST_CONNECT_TOKEN.")
  @Nullable Path connectTokenFile;

  @Option(
      names = "--connect-ca",
      paramLabel = "FILE",
      description = "Trust a hub with a certificate of these authorities (PEM).")
  @Nullable Path connectCa;

  @Option(
      names = "--connect-cert",
      paramLabel = "FILE",
      description = "Show the hub this certificate (PEM); --connect-key has its key.")
  @Nullable Path connectCert;

  @Option(names = "--connect-key", paramLabel = "FILE", description = "The key of --connect-cert.")
  @Nullable Path connectKey;

  @Option(
      names = "--verbose",
      description = "Print more, such as the time of each step of the start.")
  boolean verbose;

  // These options of 'func start' occur in scripts. The list is closed: any other unknown option is
  // a mistake that the command reports.
  @Option(
      names = {
        "--no-build",
        "--java",
        "--dotnet",
        "--dotnet-isolated",
        "--csharp",
        "--node",
        "--javascript",
        "--typescript",
        "--python",
        "--powershell",
        "--custom",
        "--pause-on-error",
        "--skip-azure-storage-check"
      },
      hidden = true)
  boolean[] needless = {};

  @Option(
      names = {"-t", "--timeout", "--runtime", "--user-log-level"},
      paramLabel = "VALUE",
      hidden = true)
  List<String> needlessToo = List.of();

  @Option(names = "--useHttps", hidden = true, descriptionKey = MISSED)
  boolean useHttps;

  @Option(names = "--cert", paramLabel = "FILE", hidden = true, descriptionKey = MISSED)
  @Nullable String cert;

  @Option(names = "--password", paramLabel = "VALUE", hidden = true, descriptionKey = MISSED)
  @Nullable String password;

  @Option(names = "--language-worker", paramLabel = "VALUE", hidden = true, descriptionKey = MISSED)
  @Nullable String languageWorker;

  @Option(names = "--enable-json-output", hidden = true, descriptionKey = MISSED)
  boolean enableJsonOutput;

  @Option(names = "--json-output-file", paramLabel = "FILE", hidden = true, descriptionKey = MISSED)
  @Nullable String jsonOutputFile;

  @Override
  public Integer call() throws InterruptedException {
    spec.commandLine().getParseResult().matchedOptions().stream()
        .filter(it -> MISSED.equals(it.descriptionKey()))
        .map(it -> "'" + it.longestName() + "' of 'func start' has no effect here.")
        .forEach(spec.commandLine().getErr()::println);
    HostOptions options = options();
    if (options.app() != null) {
      NewBuild.ifNeverBuilt(options.app(), System.getenv("PATH"), spec.commandLine().getErr());
    }
    return Service.run(options, spec.root().commandLine().getParseResult().originalArgs());
  }

  HostOptions options() {
    check("--port", port);
    check("--grpc-port", grpcPort);
    if (engineOnly && (app != null || scriptRoot != null)) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot run an app with --engine-only.",
          "That runs no app: workers connect over gRPC and run everything.",
          "Leave out either the app or --engine-only. Workers can connect beside an app, too.");
    }
    if (engineOnly && connect != null) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot connect elsewhere with --engine-only.",
          "That keeps the task hub here, and --connect uses one somewhere else.",
          "Leave out one of them.");
    }
    return new HostOptions(
        engineOnly ? null : app != null ? app : scriptRoot,
        DataFolder.of(data),
        store,
        port,
        grpcPort,
        bind,
        enableAuth,
        new LinkedHashSet<>(functions),
        cors,
        corsCredentials,
        verbose,
        engineOnly,
        new ConnectOptions(connect, connectTokenFile, connectCa, connectCert, connectKey),
        force);
  }

  private static void check(String option, @Nullable Integer given) {
    if (given != null && (given < 0 || given > 65_535)) {
      throw new CannotException(
          CannotException.USAGE,
          given + " is no port.",
          "Ports go from 0 (any free one) to 65535.",
          "Correct " + option + ".");
    }
  }
}
