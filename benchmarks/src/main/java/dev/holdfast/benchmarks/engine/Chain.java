package dev.holdfast.benchmarks.engine;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.sun.management.OperatingSystemMXBean;
import dev.holdfast.stores.sqlite.SqliteOptions;
import dev.holdfast.stores.sqlite.SqliteStore;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/**
 * Measures what an early and a late step of one instance with a long history cost the engine. The
 * executor does not read the history, because replay is the SDK's share.
 */
public final class Chain {
  private static final int WINDOW = 1_000;
  private static final int EARLY = 1_000;

  /**
   * Holds the measured figures.
   *
   * @param earlyCpuMicros CPU time of the process per step around the 1,000th step
   * @param lateCpuMicros CPU time of the process per step at the end
   * @param earlyBytes the bytes that one step wrote around the 1,000th step
   * @param lateBytes the bytes that one step wrote at the end
   */
  @JsonPropertyOrder({
    "workload",
    "count",
    "errors",
    "earlyCpuMicros",
    "lateCpuMicros",
    "ratio",
    "earlyMicros",
    "lateMicros",
    "earlyBytes",
    "lateBytes"
  })
  public record Report(
      String workload,
      int count,
      long errors,
      double earlyCpuMicros,
      double lateCpuMicros,
      double ratio,
      double earlyMicros,
      double lateMicros,
      long earlyBytes,
      long lateBytes) {}

  private record Mark(long nanos, long cpu, long bytes) {}

  private record Cost(double micros, double cpuMicros, long bytes) {
    static Cost between(Mark from, Mark to) {
      return new Cost(
          (to.nanos - from.nanos) / 1e3 / WINDOW,
          (to.cpu - from.cpu) / 1e3 / WINDOW,
          (to.bytes - from.bytes) / WINDOW);
    }
  }

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final int length;
  private final int rounds;
  private final Path folder;
  private final PrintStream out;
  private final Mark[] marks = new Mark[4];

  /**
   * Creates the measurement.
   *
   * @param length the activities of one chain, at least 2,000
   * @param rounds the number of chains; the last one counts, the others warm up
   */
  public Chain(int length, int rounds, Path folder, PrintStream out) {
    this.length = length;
    this.rounds = rounds;
    this.folder = folder;
    this.out = out;
  }

  public Report run() throws InterruptedException {
    SqliteStore store = SqliteStore.open(SqliteOptions.in(folder));
    try (BareHub hub = new BareHub(store, out)) {
      hub.executor().chainOf(length, step -> mark(step, store));
      for (int i = 1; i <= rounds; i++) {
        double seconds = hub.repeat(1, 1, n -> hub.run(BareExecutor.CHAIN));
        out.printf("Chain %d of %d: %.1f s.%n", i, rounds, seconds);
      }
      Cost early = Cost.between(marks[0], marks[1]);
      Cost late = Cost.between(marks[2], marks[3]);
      return new Report(
          "chain",
          length,
          hub.errors(),
          early.cpuMicros,
          late.cpuMicros,
          late.cpuMicros / early.cpuMicros,
          early.micros,
          late.micros,
          early.bytes,
          late.bytes);
    }
  }

  private void mark(int step, SqliteStore store) {
    int[] at = {EARLY - WINDOW / 2, EARLY + WINDOW / 2, length - WINDOW, length};
    for (int i = 0; i < at.length; i++) {
      if (step == at[i]) {
        marks[i] = new Mark(System.nanoTime(), system.getProcessCpuTime(), store.bytesWritten());
      }
    }
  }
}
