package dev.holdfast.host;

import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures how long each part of the start takes; some parts run in parallel. */
final class Phases {
  private final long begun = System.nanoTime();
  private final AtomicInteger count = new AtomicInteger();
  private final Map<Integer, Phase> ended = new ConcurrentSkipListMap<>();

  private record Phase(String name, long from, long to) {}

  /** Represents one part of the start, which ends when this object is closed. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  Running begin(String name) {
    long from = System.nanoTime();
    int number = count.incrementAndGet();
    return () -> ended.put(number, new Phase(name, from, System.nanoTime()));
  }

  /**
   * Returns the time since the launcher started the JVM. In a second process, the time counts from
   * the start of the first JVM. Earlier work of the launcher, such as a build, does not count.
   *
   * <p>The first call takes tens of milliseconds.
   */
  static Duration sinceBirth() {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    Duration earlier =
        SecondProcess.firstBegan()
            .map(first -> Duration.between(first, Instant.ofEpochMilli(runtime.getStartTime())))
            .filter(it -> !it.isNegative())
            .orElse(Duration.ZERO);
    return earlier.plusMillis(runtime.getUptime());
  }

  /**
   * Returns one line for each part, with its begin and end in milliseconds since the host began.
   */
  String lines() {
    StringBuilder lines = new StringBuilder();
    for (Phase phase : ended.values()) {
      lines.append(
          String.format(
              Locale.ROOT,
              "  %-12s %5d – %5d ms%n",
              phase.name(),
              (phase.from() - begun) / 1_000_000,
              (phase.to() - begun) / 1_000_000));
    }
    return lines.toString();
  }
}
