package dev.holdfast.benchmarks.engine;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.stores.sqlite.SqliteOptions;
import dev.holdfast.stores.sqlite.SqliteStore;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Measures a great many waiting instances: how fast they are accepted, how long the hub takes to
 * open with them, and how much they slow other work. The measurement should run with a small heap.
 */
public final class Crowd {
  private static final int IN_FLIGHT = 1_000;
  private static final int SEQUENCES = 50_000;
  private static final int PAGE = 10_000;

  /** Says what the waiting instances wait for. */
  public enum Kind {
    /** The instances wait for a timer that is far away. */
    ASLEEP(BareExecutor.SLEEPER),
    /** The instances wait for a worker that runs their orchestrator, but no worker does. */
    PENDING("Nobody");

    private final String orchestrator;

    Kind(String orchestrator) {
      this.orchestrator = orchestrator;
    }
  }

  /**
   * Holds the measured figures.
   *
   * @param heapMaxMiB the limit of the heap
   * @param storeMiB the size of the store's files
   * @param acceptSeconds the time until all instances were accepted durably and had run as far as
   *     they can
   * @param restartSeconds the time from opening the store until the first start was accepted and
   *     run
   * @param rateAlone sequences per second without the waiting instances
   * @param rateAmong sequences per second with the waiting instances
   */
  @JsonPropertyOrder({
    "workload",
    "count",
    "heapMaxMiB",
    "errors",
    "acceptSeconds",
    "acceptPerSecond",
    "restartSeconds",
    "rateAlone",
    "rateAmong",
    "storeMiB"
  })
  public record Report(
      String workload,
      int count,
      long heapMaxMiB,
      long errors,
      double acceptSeconds,
      double acceptPerSecond,
      double restartSeconds,
      double rateAlone,
      double rateAmong,
      long storeMiB) {}

  private final Kind kind;
  private final int count;
  private final Path folder;
  private final PrintStream out;

  public Crowd(Kind kind, int count, Path folder, PrintStream out) {
    this.kind = kind;
    this.count = count;
    this.folder = folder;
    this.out = out;
  }

  public Report run() throws InterruptedException {
    double rateAlone;
    double acceptSeconds;
    long errors;
    try (BareHub hub = open()) {
      sequences(hub);
      rateAlone = sequences(hub);
      out.printf("Alone: %.0f sequences per second.%n", rateAlone);
      acceptSeconds = accept(hub);
      out.printf("Taken: %d in %.1f s.%n", count, acceptSeconds);
      errors = hub.errors();
    }
    long begin = System.nanoTime();
    SqliteStore store = SqliteStore.open(SqliteOptions.in(folder));
    try (BareHub hub = new BareHub(store, out)) {
      hub.repeat(1, 1, i -> hub.run(BareExecutor.SEQUENCE));
      double restartSeconds = (System.nanoTime() - begin) / 1e9;
      out.printf("Open again after %.2f s.%n", restartSeconds);
      sequences(hub);
      double rateAmong = sequences(hub);
      out.printf("Among them: %.0f sequences per second.%n", rateAmong);
      long missing = Math.abs(count - waiting(hub));
      return new Report(
          kind.name().toLowerCase(java.util.Locale.ROOT),
          count,
          Runtime.getRuntime().maxMemory() >> 20,
          errors + hub.errors() + missing,
          acceptSeconds,
          count / acceptSeconds,
          restartSeconds,
          rateAlone,
          rateAmong,
          store.bytes() >> 20);
    }
  }

  private BareHub open() {
    return new BareHub(SqliteStore.open(SqliteOptions.in(folder)), out);
  }

  private static double sequences(BareHub hub) throws InterruptedException {
    return SEQUENCES / hub.repeat(SEQUENCES, IN_FLIGHT, i -> hub.run(BareExecutor.SEQUENCE));
  }

  private double accept(BareHub hub) throws InterruptedException {
    CreateInstanceRequest request =
        CreateInstanceRequest.newBuilder().setName(kind.orchestrator).build();
    long begin = System.nanoTime();
    hub.repeat(count, IN_FLIGHT, i -> hub.hub().start(request));
    hub.rest();
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Returns the number of instances that have not ended. */
  private static long waiting(BareHub hub) {
    long waiting = 0;
    InstanceQuery.Builder query =
        InstanceQuery.newBuilder()
            .addRuntimeStatus(
                dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING)
            .addRuntimeStatus(
                dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
            .setMaxInstanceCount(PAGE);
    while (true) {
      QueryInstancesResponse page = hub.hub().query(query.build()).join();
      waiting += page.getOrchestrationStateCount();
      if (!page.hasContinuationToken()) {
        return waiting;
      }
      query.setContinuationToken(page.getContinuationToken());
    }
  }
}
