package dev.holdfast.benchmarks;

import dev.holdfast.host.Holdfast;
import dev.holdfast.host.HostOptions;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.cli.Given;
import dev.holdfast.host.cli.Subcommand;
import dev.holdfast.host.terminal.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Implements {@code holdfast bench}: it runs a workload against a host in this process that has the
 * benchmark functions.
 */
@Command(
    name = "bench",
    description = {
      "Measure: run a workload against a host in this process, every output checked.",
      "The last line is one JSON object with the figures; exit code 5 when an output was wrong."
    },
    sortOptions = false)
public final class BenchCommand implements Subcommand {
  private static final int WRONG_OUTPUT = 5;
  private static final int WARMUP_SECONDS_MAX = 60;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Plan.Workload workload = Plan.Workload.SEQUENCE;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Measured operations (default: by workload).")
  @Nullable Integer count;

  @Option(
      names = "--in-flight",
      paramLabel = "M",
      description = "How many at a time (default: by workload).")
  @Nullable Integer inFlight;

  @Option(
      names = "--store",
      paramLabel = "KIND",
      description = "sqlite or memory (default: sqlite).")
  StoreKind store = StoreKind.SQLITE;

  @Mixin StoreFolder storeFolder = new StoreFolder();

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      description =
          "Warm up for exactly this long (default: until the rate has settled, for 10 or 30 to"
              + " 60 seconds by workload; 0: none).")
  @Nullable Integer warmup;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Workers of remote-sequence (default: ${DEFAULT-VALUE}).")
  int connections = 8;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    // The SDK's generated classes are older than the protobuf library, which would log a warning
    // about them on every run.
    System.setProperty("com.google.protobuf.use_unsafe_pre22_gencode", "true");
    // With two processors, the HTTP client would start a thread for every answer.
    System.setProperty("java.util.concurrent.ForkJoinPool.common.parallelism", "2");
    PrintStream out = System.out;
    BenchReport report = storeFolder.use(folder -> measure(folder, out));
    out.println(report.toJson());
    return report.errors() == 0 ? 0 : WRONG_OUTPUT;
  }

  private void check() {
    if (count != null) {
      Given.atLeast(1, "--count", count);
    }
    if (inFlight != null) {
      Given.atLeast(1, "--in-flight", inFlight);
    }
    if (warmup != null) {
      Given.atLeast(0, "--warmup", warmup);
    }
    Given.atLeast(1, "--connections", connections);
  }

  private BenchReport measure(Path folder, PrintStream out) throws InterruptedException {
    HostOptions usual = HostOptions.onFreePorts(app(), DataFolder.of(folder), store);
    HostOptions options = workload == Plan.Workload.REMOTE_SEQUENCE ? usual.withoutApp() : usual;
    try (Holdfast host = Holdfast.start(options, environment())) {
      Plan plan =
          new Plan(
              workload,
              count != null ? count : usualCount(),
              inFlight != null ? inFlight : usualInFlight(),
              store.name().toLowerCase(java.util.Locale.ROOT),
              host.url(),
              host.grpcPort(),
              connections,
              Terminal.isOne(),
              warmup != null ? warmup : usualWarmup(),
              warmup != null ? warmup : WARMUP_SECONDS_MAX);
      return new Benchmark(plan, host.hub(), host.engine()::figures, out).run();
    }
  }

  private int usualCount() {
    return switch (workload) {
      case SEQUENCE -> 100_000;
      case FANOUT -> 50;
      case HTTP -> 50_000;
      case REMOTE_SEQUENCE -> 20_000;
      case ENTITY -> 500_000;
      case ENTITY_CLIENT -> 100_000;
    };
  }

  private int usualInFlight() {
    return switch (workload) {
      case SEQUENCE -> 1_000;
      case FANOUT -> 1;
      case HTTP, REMOTE_SEQUENCE, ENTITY_CLIENT -> 256;
      case ENTITY -> 64;
    };
  }

  /**
   * Returns the shortest duration of the warm-up in seconds. The code paths of HTTP and gRPC are
   * long, so the JVM takes longer to compile them.
   */
  private int usualWarmup() {
    return workload == Plan.Workload.HTTP || workload == Plan.Workload.REMOTE_SEQUENCE ? 30 : 10;
  }

  /**
   * Returns the app with the benchmark functions: the jar that contains this class, with its
   * libraries beside it.
   */
  private static Path app() {
    try {
      return Path.of(
          BenchCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("expected a class with a place on disk", e);
    }
  }

  /**
   * Returns the environment with the log level raised, because functions log every call by default.
   */
  private static Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>(System.getenv());
    environment.put("AzureFunctionsJobHost__logging__logLevel__default", "Warning");
    return environment;
  }
}
