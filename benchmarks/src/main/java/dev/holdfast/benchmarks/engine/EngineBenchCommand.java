package dev.holdfast.benchmarks.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.benchmarks.StoreFolder;
import dev.holdfast.host.cli.Given;
import dev.holdfast.host.cli.Subcommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Implements {@code holdfast bench-engine}, which measures the engine alone at its limits. */
@Command(
    name = "bench-engine",
    description = {
      "Measure the engine by itself, without functions, on a synced SQLite store:",
      "a great many instances that wait, or one with a long history.",
      "The last line is one JSON object with the figures; exit code 5 when something went wrong."
    },
    sortOptions = false)
public final class EngineBenchCommand implements Subcommand {
  private static final int WRONG = 5;
  private static final int CHAINS = 3;

  /** Names the workload that is measured. */
  enum Workload {
    /** Measures instances that wait for a timer. */
    ASLEEP,
    /** Measures instances whose orchestrator no worker runs. */
    PENDING,
    /** Measures one instance that calls activities one after the other. */
    CHAIN
  }

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Workload workload = Workload.ASLEEP;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Instances (default: 1000000), or activities of the chain (default: 10000).")
  @Nullable Integer count;

  @Mixin StoreFolder storeFolder = new StoreFolder();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (count != null) {
      Given.atLeast(1, "--count", count);
    }
    return storeFolder.use(folder -> measure(folder, System.out));
  }

  private int measure(Path folder, PrintStream out) throws IOException, InterruptedException {
    if (workload == Workload.CHAIN) {
      Chain.Report report = new Chain(count != null ? count : 10_000, CHAINS, folder, out).run();
      return told(out, report, report.errors());
    }
    Crowd.Kind kind = workload == Workload.ASLEEP ? Crowd.Kind.ASLEEP : Crowd.Kind.PENDING;
    Crowd.Report report = new Crowd(kind, count != null ? count : 1_000_000, folder, out).run();
    return told(out, report, report.errors());
  }

  private static int told(PrintStream out, Object report, long errors) throws IOException {
    out.println(new ObjectMapper().writeValueAsString(report));
    return errors == 0 ? 0 : WRONG;
  }
}
