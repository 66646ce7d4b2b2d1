package dev.holdfast.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.holdfast.benchmarks.grpc.GrpcClient;
import dev.holdfast.benchmarks.grpc.SdkWorkers;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Runs a workload. The first operations are not measured, until the rate has settled; then the
 * planned number of operations is measured. Each output is checked.
 */
public final class Benchmark {
  private static final double SETTLED = 0.05;

  private final Plan plan;
  private final TaskHub hub;
  private final Supplier<Engine.Figures> figures;
  private final PrintStream out;
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /**
   * Creates the benchmark.
   *
   * @param hub the hub of a host that runs in this process and has the functions of {@link
   *     dev.holdfast.benchmarks.app}
   * @param out receives the lines for people; the report is returned
   */
  public Benchmark(Plan plan, TaskHub hub, Supplier<Engine.Figures> figures, PrintStream out) {
    this.plan = plan;
    this.hub = hub;
    this.figures = figures;
    this.out = out;
  }

  public BenchReport run() throws InterruptedException {
    return switch (plan.workload()) {
      case SEQUENCE, FANOUT -> run(new HubOperation(hub, plan.workload()));
      case HTTP -> runHttp();
      case REMOTE_SEQUENCE -> runRemote();
      case ENTITY ->
          run(EntityMeasured.byOrchestrations(hub, new HubOperation(hub, plan.workload())));
      case ENTITY_CLIENT -> runEntityClient();
    };
  }

  private BenchReport runEntityClient() throws InterruptedException {
    try (GrpcClient client = new GrpcClient(plan.grpcPort())) {
      return run(EntityMeasured.byClient(hub, client::signal));
    }
  }

  private BenchReport runRemote() throws InterruptedException {
    double bare = GrpcClient.bareCallMicros(plan.grpcPort());
    out.printf("A bare call that completes an item: %.0f µs.%n", bare);
    try (SdkWorkers workers = new SdkWorkers(plan.grpcPort(), plan.connections());
        GrpcClient client = new GrpcClient(plan.grpcPort())) {
      return run(new HubOperation(client::run, plan.workload()))
          .withWorkers(plan.connections(), bare);
    }
  }

  private BenchReport runHttp() throws InterruptedException {
    URI base = plan.httpBase();
    if (base == null) {
      throw new IllegalArgumentException("the http workload needs a host that answers HTTP");
    }
    try (HttpOperation operation = new HttpOperation(base, plan.workload())) {
      return run(operation);
    }
  }

  private BenchReport run(Measured operation) throws InterruptedException {
    long warmup = warmUp(operation);
    Engine.Figures before = figures.get();
    long cpu = system.getProcessCpuTime();
    long begin = System.nanoTime();
    Histogram latencies = new ConcurrentHistogram(3);
    AtomicLong errors = new AtomicLong();
    try (ProgressBar bar = bar()) {
      repeat(operation, latencies, errors, bar);
      errors.addAndGet(operation.settle());
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    double cpuMillis = (system.getProcessCpuTime() - cpu) / 1e6;
    Engine.Figures after = figures.get();
    return new BenchReport(
        plan.workload().word(),
        plan.store(),
        plan.count(),
        plan.inFlight(),
        errors.get(),
        rounded(seconds),
        rounded(plan.count() / seconds),
        rounded(cpuMillis / plan.count()),
        rounded(latencies.getValueAtPercentile(50) / 1e6),
        rounded(latencies.getValueAtPercentile(90) / 1e6),
        rounded(latencies.getValueAtPercentile(99) / 1e6),
        rounded(latencies.getMaxValue() / 1e6),
        after.flushes() - before.flushes(),
        after.bytesWritten() - before.bytesWritten(),
        warmup,
        null);
  }

  static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }

  private ProgressBar bar() {
    return new ProgressBarBuilder()
        .setTaskName(plan.workload().word())
        .setInitialMax(plan.progress() ? plan.count() : -1)
        .setConsumer(
            plan.progress()
                ? new me.tongfei.progressbar.ConsoleProgressBarConsumer(out)
                : new SilentConsumer())
        .setUpdateIntervalMillis(200)
        .build();
  }

  /** Runs the planned number of operations, at most {@code inFlight} at a time. */
  private void repeat(Measured operation, Histogram latencies, AtomicLong errors, ProgressBar bar)
      throws InterruptedException {
    Semaphore places = new Semaphore(plan.inFlight());
    for (int i = 0; i < plan.count(); i += operation.size()) {
      places.acquire();
      long begin = System.nanoTime();
      var unused =
          operation
              .run()
              .whenComplete(
                  (done, failure) -> {
                    latencies.recordValue(System.nanoTime() - begin);
                    if (failure != null && errors.incrementAndGet() == 1) {
                      out.println("First error: " + failure);
                    }
                    bar.stepBy(operation.size());
                    places.release();
                  });
    }
    places.acquire(plan.inFlight());
  }

  /**
   * Runs operations until the rates of three successive seconds differ by less than 5 %, within the
   * bounds of the plan. Returns how many operations ran.
   */
  private long warmUp(Measured operation) throws InterruptedException {
    if (plan.warmupSecondsMax() == 0) {
      return 0;
    }
    Semaphore places = new Semaphore(plan.inFlight());
    AtomicLong done = new AtomicLong();
    double[] rates = new double[plan.warmupSecondsMax()];
    int second = 0;
    long mark = System.nanoTime();
    long doneAtMark = 0;
    while (second < plan.warmupSecondsMax()) {
      places.acquire();
      var unused =
          operation
              .run()
              .whenComplete(
                  (ok, failure) -> {
                    done.incrementAndGet();
                    places.release();
                  });
      long now = System.nanoTime();
      if (now - mark >= 1_000_000_000L) {
        long so = done.get();
        rates[second++] = (so - doneAtMark) / ((now - mark) / 1e9);
        doneAtMark = so;
        mark = now;
        if (second >= plan.warmupSecondsMin() && hasSettled(rates, second)) {
          break;
        }
      }
    }
    places.acquire(plan.inFlight());
    long wrong = operation.settle();
    long count = done.get() * operation.size();
    out.printf(
        "Warm-up: %d operations in %d s%s.%n",
        count, second, wrong == 0 ? "" : ", " + wrong + " of them WRONG");
    return count;
  }

  private static boolean hasSettled(double[] rates, int seconds) {
    if (seconds < 3) {
      return false;
    }
    double least = Double.MAX_VALUE;
    double most = 0;
    for (int i = seconds - 3; i < seconds; i++) {
      least = Math.min(least, rates[i]);
      most = Math.max(most, rates[i]);
    }
    return most - least <= SETTLED * most;
  }

  private static final class SilentConsumer implements me.tongfei.progressbar.ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
      return 0;
    }

    @Override
    public void accept(String rendered) {}

    @Override
    public void close() {}
  }
}
