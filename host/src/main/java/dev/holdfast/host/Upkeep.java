package dev.holdfast.host;

import com.google.protobuf.Timestamp;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.clock.ClockState;
import dev.holdfast.host.config.Amounts;
import dev.holdfast.host.config.HostLimits;
import dev.holdfast.protocol.InstanceBatch;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains a hub at regular intervals: it purges instances that ended long ago, and warns when the
 * store grows large.
 *
 * <p>Both tasks use the hub and the store like any other client, and no other work waits for them.
 */
final class Upkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("Host.Upkeep");
  private static final int BATCH = 500;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final TaskHub hub;
  private final LongSupplier storeBytes;
  private final HostLimits limits;
  private final Supplier<ClockState> clock;
  private final Rounds rounds = new Rounds("holdfast-upkeep", "Upkeep", log, this::run);
  private long warnAt;

  /**
   * Creates the upkeep of a hub without starting it.
   *
   * @param clock supplies what the hub knows about the machine's clock: after a jump of this clock,
   *     no instance is purged because of its age
   */
  Upkeep(TaskHub hub, LongSupplier storeBytes, HostLimits limits, Supplier<ClockState> clock) {
    this.hub = hub;
    this.storeBytes = storeBytes;
    this.limits = limits;
    this.clock = clock;
    this.warnAt = limits.fileGrowthWarning();
  }

  void start() {
    rounds.start(limits.retention().every());
  }

  /** Runs one round of the upkeep; a failure is logged, and the next round tries again. */
  void run() {
    try {
      watchSize();
      if (limits.retention().enabled()) {
        purgeAll();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      log.warn("Upkeep could not be done and is tried again later: {}", e.toString());
    }
  }

  private void watchSize() {
    long bytes = storeBytes.getAsLong();
    if (bytes < warnAt) {
      return;
    }
    while (warnAt <= bytes && warnAt <= Long.MAX_VALUE / 2) {
      warnAt *= 2;
    }
    log.warn(
        "The store has grown to {}. {}",
        Amounts.size(bytes),
        limits.retention().enabled()
            ? "Retention purges ended instances; shorten the ages in host.json if this is too much."
            : "Purge ended instances ('holdfast purge'), or set extensions.holdfast.retention in"
                + " host.json.");
  }

  private void purgeAll() throws InterruptedException, ExecutionException, TimeoutException {
    ClockState now = clock.get();
    if (now.alarm() != null) {
      log.warn("Nothing is purged for its age: {}", now.alarm());
      return;
    }
    for (Map.Entry<String, Duration> rule : limits.retention().keepFor().entrySet()) {
      int purged = purge(status(rule.getKey()), now.hub().minus(rule.getValue()));
      if (purged > 0) {
        log.info(
            "Purged {} instances that ended as {} more than {} ago.",
            purged,
            rule.getKey(),
            Amounts.time(rule.getValue()));
      }
    }
  }

  private int purge(OrchestrationStatus status, Instant endedBefore)
      throws InterruptedException, ExecutionException, TimeoutException {
    int purged = 0;
    while (true) {
      List<String> ids =
          hub.listInstanceIds(
                  ListInstanceIdsRequest.newBuilder()
                      .addRuntimeStatus(status)
                      .setCompletedTimeTo(timestamp(endedBefore))
                      .setPageSize(BATCH)
                      .build())
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .getInstanceIdsList();
      if (ids.isEmpty()) {
        return purged;
      }
      int gone =
          hub.purge(
                  PurgeInstancesRequest.newBuilder()
                      .setInstanceBatch(InstanceBatch.newBuilder().addAllInstanceIds(ids))
                      .build())
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .getDeletedInstanceCount();
      purged += gone;
      if (gone == 0) {
        // Another client purged or restarted the instances between the two calls; the next round
        // looks again.
        return purged;
      }
    }
  }

  private static OrchestrationStatus status(String name) {
    return OrchestrationStatus.valueOf("ORCHESTRATION_STATUS_" + name.toUpperCase(Locale.ROOT));
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  @Override
  public void close() {
    rounds.close();
  }
}
