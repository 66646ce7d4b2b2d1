package dev.holdfast.host.config;

import dev.holdfast.functions.model.Patience;
import dev.holdfast.server.grpc.worker.WorkerSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds all settings of {@code extensions.holdfast} in host.json that Holdfast adds to those of the
 * Functions host, except {@link Telling}.
 *
 * @param partitions the number of partitions that run the hub: a power of two
 * @param perPartition the limits of core, under the same names
 * @param requestBytesMax the size in bytes of the largest HTTP body and gRPC message that are
 *     accepted
 * @param fileGrowthWarning the size in bytes at which the host warns about the store; it warns
 *     again at each doubling
 * @param freeSpaceMin the number of free bytes below which no new work is started
 * @param storeSizeMax the maximum size of the store in bytes; {@link Long#MAX_VALUE} leaves the
 *     limit to the disk
 * @param drainFor how long running work may take to end when the host stops
 * @param patience the treatment of code that does not end
 * @param retention which ended instances are purged automatically
 * @param durableHttp the hosts to which requests of orchestrators may go
 * @param grpc the rules for callers of the gRPC service
 * @param workers the rules for serving remote workers
 * @param http the certificate with which HTTP speaks TLS; null means plain text
 * @param hostNames the names, beside localhost, under which HTTP may be reached while it requires
 *     no keys
 */
public record HostLimits(
    int partitions,
    dev.holdfast.core.Limits perPartition,
    int requestBytesMax,
    long fileGrowthWarning,
    long freeSpaceMin,
    long storeSizeMax,
    Duration drainFor,
    Patience patience,
    Retention retention,
    DurableHttp durableHttp,
    Grpc grpc,
    WorkerSettings workers,
    @Nullable HttpTls http,
    Set<String> hostNames) {

  private static final int MIB = 1 << 20;
  private static final int PARTITIONS_MAX = 1024;

  /**
   * Says how long ended instances are kept.
   *
   * @param enabled false keeps every instance forever
   * @param every the time between two searches for instances to purge
   * @param keepFor how long an instance is kept after its end, by status name (Completed, Failed,
   *     Terminated, Canceled); instances with a missing status are kept forever
   */
  public record Retention(boolean enabled, Duration every, Map<String, Duration> keepFor) {
    public Retention {
      keepFor = Map.copyOf(keepFor);
    }

    static Retention read(Section section) {
      Duration all = section.has("age") ? section.duration("age", Duration.ZERO) : null;
      Map<String, Duration> keepFor = new LinkedHashMap<>();
      for (String status : new String[] {"Completed", "Failed", "Terminated", "Canceled"}) {
        Duration age = section.has(status) ? section.duration(status, Duration.ZERO) : all;
        if (age != null) {
          keepFor.put(status, age);
        }
      }
      boolean enabled = section.flag("enabled", false);
      if (enabled && keepFor.isEmpty()) {
        throw section.wrong(
            "enabled", true, "false while no age is set (set \"age\" or one per status)");
      }
      Duration every = section.duration("every", Duration.ofMinutes(1));
      if (every.isZero()) {
        throw section.wrong("every", every.toString(), "longer than nothing");
      }
      return new Retention(enabled, every, keepFor);
    }
  }

  /**
   * Limits the requests that orchestrators make through the host.
   *
   * @param allowedHosts {@code host} or {@code host:port}, in addition to public hosts over https
   */
  public record DurableHttp(List<String> allowedHosts) {
    public DurableHttp {
      allowedHosts = List.copyOf(allowedHosts);
    }
  }

  /**
   * Reads the limits.
   *
   * @param durable the section {@code extensions.durableTask}, which contains some of the limits
   */
  static HostLimits read(Section section, Section durable, int cores) {
    return new HostLimits(
        partitions(section, cores),
        perPartition(section, durable),
        (int) section.bytes("requestBytesMax", 100 * MIB, 64 * 1024, 1024 * MIB),
        section.bytes("fileGrowthWarning", 4L << 30, MIB, Long.MAX_VALUE),
        section.bytes("freeSpaceMin", 64 * MIB, 0, Long.MAX_VALUE),
        section.bytes("storeSizeMax", Long.MAX_VALUE, MIB, Long.MAX_VALUE),
        section.duration("drainFor", Duration.ofSeconds(30)),
        patience(section, cores),
        Retention.read(section.section("retention")),
        new DurableHttp(section.section("durableHttp").texts("allowedHosts")),
        Grpc.read(section.section("grpc")),
        workers(
            section.section("workers"),
            timeouts(section.section("activityTimeouts")),
            timeouts(section.section("entityTimeouts"))),
        HttpTls.read(section.section("http")),
        Set.copyOf(section.texts("hostNames")));
  }

  private static Patience patience(Section section, int cores) {
    Patience usual = Patience.DEFAULT;
    return new Patience(
        "-1".equals(section.text("turnTimeout"))
            ? null
            : positive(section, "turnTimeout", Duration.ofMinutes(1)),
        timeouts(section.section("entityTimeouts")),
        positive(section, "heldAfter", usual.heldAfter()),
        section.whole("extraPlaces", Patience.EXTRA_PER_CORE * cores, 0, 100_000),
        section.whole("lostThreads", usual.lostThreads(), 0, 100_000),
        positive(section, "stalledAfter", usual.stalledAfter()));
  }

  private static Map<String, Duration> timeouts(Section section) {
    Map<String, Duration> timeouts = new LinkedHashMap<>();
    for (String name : section.names()) {
      if (section.has(name)) {
        timeouts.put(name, positive(section, name, Duration.ZERO));
      }
    }
    return timeouts;
  }

  private static WorkerSettings workers(
      Section section,
      Map<String, Duration> activityTimeouts,
      Map<String, Duration> entityTimeouts) {
    WorkerSettings usual = WorkerSettings.DEFAULT;
    return new WorkerSettings(
        section.whole("itemsMax", usual.itemsMax(), 1, 1_000_000),
        section.whole("serialItemsMax", usual.serialItemsMax(), 1, 1_000_000),
        (int) section.bytes("itemBytesMax", usual.itemBytesMax(), 64 * 1024, 1024 * MIB),
        (int) section.bytes("responseBytesMax", usual.responseBytesMax(), MIB, 1024 * MIB),
        positive(section, "pingEvery", usual.pingEvery()),
        silentFor(section, usual.silentFor()),
        positive(section, "answerWithin", usual.answerWithin()),
        positive(section, "turnTimeout", usual.turnTimeout()),
        activityTimeouts,
        entityTimeouts);
  }

  /**
   * Reads how long a connection may be silent before a ping; gRPC itself pings at most every ten
   * seconds.
   */
  private static Duration silentFor(Section section, Duration usual) {
    Duration given = section.duration("silentFor", usual);
    if (given.compareTo(Duration.ofSeconds(10)) < 0) {
      throw section.wrong("silentFor", given.toString(), "at least 10s");
    }
    return given;
  }

  private static Duration positive(Section section, String name, Duration usual) {
    Duration given = section.duration(name, usual);
    if (given.isZero()) {
      throw section.wrong(name, given.toString(), "longer than nothing");
    }
    return given;
  }

  private static int partitions(Section section, int cores) {
    int partitions =
        section.whole(
            "partitions",
            Math.min(PARTITIONS_MAX, Integer.highestOneBit(cores)),
            1,
            PARTITIONS_MAX);
    if (Integer.bitCount(partitions) != 1) {
      throw section.wrong("partitions", partitions, "a power of two from 1 to " + PARTITIONS_MAX);
    }
    return partitions;
  }

  private static dev.holdfast.core.Limits perPartition(Section section, Section durable) {
    dev.holdfast.core.Limits usual = dev.holdfast.core.Limits.DEFAULT;
    return new dev.holdfast.core.Limits(
        section.whole("instanceIdMax", usual.instanceIdMax(), 1, 1_000),
        section.whole("nameMax", usual.nameMax(), 1, 10_000),
        (int) section.bytes("payloadMax", usual.payloadMax(), 1024, 512 * MIB),
        section.whole("inboxMax", usual.inboxMax(), 1, Integer.MAX_VALUE),
        section.whole("activeInstances", usual.activeInstances(), 1, Integer.MAX_VALUE),
        section.whole("idleInstances", usual.idleInstances(), 0, Integer.MAX_VALUE),
        section.whole("timersInMemory", usual.timersInMemory(), 1, Integer.MAX_VALUE),
        micros(section, "timerHorizon", usual.timerHorizon()),
        micros(section, "inboxDelay", usual.inboxDelay()),
        micros(section, "commitDelay", usual.commitDelay()),
        durable.whole(
            "maxEntityOperationBatchSize", usual.maxEntityOperationBatchSize(), 1, 100_000),
        section.whole("historyWarning", usual.historyWarning(), 1, Integer.MAX_VALUE),
        section.bytes("residentBytesMax", usual.residentBytesMax(), 64 * 1024, Long.MAX_VALUE));
  }

  private static long micros(Section section, String name, long usual) {
    return section.duration(name, Duration.ofNanos(usual * 1_000)).toNanos() / 1_000;
  }
}
