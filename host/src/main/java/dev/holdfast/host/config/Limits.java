package dev.holdfast.host.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything of {@code extensions.holdfast} in host.json: the limits that are ours, not the
 * Functions host's.
 *
 * @param partitions how many partitions the hub has; fixed when its store is made
 * @param loops how many threads run partitions
 * @param inboxDelay how long a message that can be produced again may live in memory only
 * @param commitDelay how long an acknowledgement may wait for the turn it caused, to share its
 *     commit
 * @param activeInstances how many instances may have work in memory at once; beyond it starts are
 *     written and wait
 * @param queuedWorkItems how many work items may wait for an executor in memory
 * @param payloadBytesMax the largest input, output, event or custom status
 * @param requestBytesMax the largest HTTP body and gRPC message that is read
 * @param instanceIdMax the longest instance id, in characters
 * @param historyWarning a history that grows past so many events is warned about
 * @param fileGrowthWarning a store that grows past so many bytes is warned about, and again at each
 *     doubling
 * @param drainFor how long work that runs may take to end when the host stops
 * @param retention which ended instances are purged by themselves
 */
public record Limits(
    int partitions,
    int loops,
    Duration inboxDelay,
    Duration commitDelay,
    int activeInstances,
    int queuedWorkItems,
    long payloadBytesMax,
    int requestBytesMax,
    int instanceIdMax,
    int historyWarning,
    long fileGrowthWarning,
    Duration drainFor,
    Retention retention) {

  private static final int MIB = 1 << 20;

  /**
   * How long ended instances are kept.
   *
   * @param enabled false keeps everything for ever
   * @param every how often is looked
   * @param keepFor by status name (Completed, Failed, Terminated, Canceled); a status that is
   *     missing is kept for ever
   */
  public record Retention(boolean enabled, Duration every, Map<String, Duration> keepFor) {
    public Retention {
      keepFor = Map.copyOf(keepFor);
    }

    static Retention read(Section section) {
      Duration all = section.has("age") ? section.duration("age", Duration.ZERO) : null;
      Map<String, Duration> keepFor = new LinkedHashMap<>();
      for (String status : new String[] {"Completed", "Failed", "Terminated", "Canceled"}) {
        @Nullable Duration age =
            section.has(status) ? section.duration(status, Duration.ZERO) : all;
        if (age != null) {
          keepFor.put(status, age);
        }
      }
      boolean enabled = section.flag("enabled", false);
      if (enabled && keepFor.isEmpty()) {
        throw section.wrong(
            "enabled", true, "false while no age is set (set \"age\" or one per status)");
      }
      return new Retention(enabled, section.duration("every", Duration.ofMinutes(1)), keepFor);
    }
  }

  static Limits read(Section section, int cores) {
    return new Limits(
        section.whole("partitions", cores, 1, 1024),
        section.whole("loops", cores, 1, 256),
        section.duration("inboxDelay", Duration.ofMillis(10)),
        section.duration("commitDelay", Duration.ofMillis(1)),
        section.whole("activeInstances", 10_000, 1, 10_000_000),
        section.whole("queuedWorkItems", 10_000, 1, 10_000_000),
        section.bytes("payloadBytesMax", 16 * MIB, 1024, 512 * MIB),
        (int) section.bytes("requestBytesMax", 100 * MIB, 64 * 1024, 1024 * MIB),
        section.whole("instanceIdMax", 100, 1, 1_000),
        section.whole("historyWarning", 10_000, 1, Integer.MAX_VALUE),
        section.bytes("fileGrowthWarning", 4L << 30, MIB, Long.MAX_VALUE),
        section.duration("drainFor", Duration.ofSeconds(30)),
        Retention.read(section.section("retention")));
  }
}
