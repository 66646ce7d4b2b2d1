package dev.holdfast.benchmarks.store;

import com.sun.management.OperatingSystemMXBean;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Store;
import dev.holdfast.stores.sqlite.SqliteOptions;
import dev.holdfast.stores.sqlite.SqliteStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Measures what a sequence of three activities costs in the store: rows as {@link SqliteStore}
 * writes them against one journal row per flush ({@link JournalStore}), alternating in one process.
 * See decision 0002.
 *
 * <p>All arguments are optional: sequences that start with each flush (250, which means 1,000 in
 * flight), flushes per round (300), rounds (5), directory on the disk to measure.
 */
public final class JournalProbe {

  /** Writes one flush to one of the stores. */
  @FunctionalInterface
  private interface Sink {
    void write(long number, long clock, Commit commit) throws SQLException;
  }

  /** Holds costs per sequence in microseconds, and the duration of a flush in milliseconds. */
  private record Cost(double commitCpu, double allCpu, double wall, double perFlushMillis) {}

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final int starts;
  private final int flushes;

  private JournalProbe(int starts, int flushes) {
    this.starts = starts;
    this.flushes = flushes;
  }

  /** Prints one line per round and the medians. */
  public static void main(String[] args) throws IOException, SQLException {
    int starts = args.length > 0 ? Integer.parseInt(args[0]) : 250;
    int flushes = args.length > 1 ? Integer.parseInt(args[1]) : 300;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Path base = args.length > 3 ? Path.of(args[3]) : Path.of("target");
    Files.createDirectories(base);
    JournalProbe probe = new JournalProbe(starts, flushes);
    List<Cost> rows = new ArrayList<>();
    List<Cost> journal = new ArrayList<>();
    System.out.printf(
        "%d sequences in flight, %d flushes per round; microseconds per sequence%n",
        starts * SequenceCommits.TURNS, flushes);
    for (int round = 0; round <= rounds; round++) {
      Cost a = probe.rows(base);
      Cost b = probe.journal(base);
      print(round == 0 ? "warm-up" : "round " + round, a, b);
      if (round > 0) {
        rows.add(a);
        journal.add(b);
      }
    }
    print("median", median(rows), median(journal));
  }

  private Cost rows(Path base) throws IOException, SQLException {
    Path directory = Files.createTempDirectory(base, "rows");
    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(directory))) {
      return run(
          (number, clock, commit) -> {
            Store.Outcome outcome = store.commit(new Store.Flush(number, clock, commit));
            if (!(outcome instanceof Store.Committed)) {
              throw new SQLException("expected the flush to land, but: " + outcome);
            }
          });
    } finally {
      delete(directory);
    }
  }

  private Cost journal(Path base) throws IOException, SQLException {
    Path directory = Files.createTempDirectory(base, "journal");
    try (JournalStore store = new JournalStore(directory)) {
      return run((number, clock, commit) -> store.commit(number, commit));
    } finally {
      delete(directory);
    }
  }

  private Cost run(Sink sink) throws SQLException {
    SequenceCommits commits = new SequenceCommits(starts);
    long number = 0;
    for (; number < 2 * SequenceCommits.TURNS; number++) {
      sink.write(number + 1, commits.now(), commits.next());
    }
    long commitCpu = 0;
    long commitWall = 0;
    long driverBefore = threads.getCurrentThreadCpuTime();
    long processBefore = process.getProcessCpuTime();
    for (int i = 0; i < flushes; i++, number++) {
      Commit commit = commits.next();
      long cpu = threads.getCurrentThreadCpuTime();
      long wall = System.nanoTime();
      sink.write(number + 1, commits.now(), commit);
      commitWall += System.nanoTime() - wall;
      commitCpu += threads.getCurrentThreadCpuTime() - cpu;
    }
    long driver = threads.getCurrentThreadCpuTime() - driverBefore;
    long others = process.getProcessCpuTime() - processBefore - driver;
    double sequences = (double) flushes * commits.endsPerFlush();
    return new Cost(
        commitCpu / 1e3 / sequences,
        (commitCpu + others) / 1e3 / sequences,
        commitWall / 1e3 / sequences,
        commitWall / 1e6 / flushes);
  }

  private static Cost median(List<Cost> costs) {
    return costs.stream()
        .sorted(Comparator.comparingDouble(Cost::commitCpu))
        .toList()
        .get(costs.size() / 2);
  }

  private static void print(String round, Cost a, Cost b) {
    System.out.printf(
        Locale.ROOT,
        "%-8s rows: commit cpu %6.1f, all cpu %6.1f, wall %6.1f (%.1f ms/flush) | journal: commit"
            + " cpu %6.1f, all cpu %6.1f, wall %6.1f (%.1f ms/flush) | ratio %.2f%n",
        round,
        a.commitCpu,
        a.allCpu,
        a.wall,
        a.perFlushMillis,
        b.commitCpu,
        b.allCpu,
        b.wall,
        b.perFlushMillis,
        a.commitCpu / b.commitCpu);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
