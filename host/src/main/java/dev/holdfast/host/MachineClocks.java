package dev.holdfast.host;

import dev.holdfast.engine.clock.Clocks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Reads the clocks of this machine. Together they show how long the machine has slept. On Linux
 * {@code /proc/uptime} counts the sleep and {@link System#nanoTime} does not. On Windows {@code
 * nanoTime} goes on while the machine sleeps, so no sleep is reported. On other systems the sleep
 * is unknown.
 */
final class MachineClocks implements Clocks {
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final long NANOS_PER_CENTISECOND = 10_000_000;

  private final boolean linux;
  private final boolean windows;

  MachineClocks() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    this.linux = system.contains("linux");
    this.windows = system.contains("windows");
  }

  /**
   * Returns a clock that follows only elapsed time, even when the wall clock is set; its dates have
   * no meaning.
   */
  static InstantSource passing() {
    return () -> Instant.EPOCH.plusNanos(System.nanoTime());
  }

  @Override
  public Instant instant() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public OptionalLong sleptNanos() {
    if (windows) {
      return OptionalLong.of(0);
    }
    return linux ? OptionalLong.of(sinceBoot() - System.nanoTime()) : OptionalLong.empty();
  }

  /**
   * Returns the nanoseconds since the machine was started, including sleep. When they cannot be
   * read, as in a container without {@code /proc}, the machine is assumed never to sleep.
   */
  private static long sinceBoot() {
    try {
      String text = Files.readString(UPTIME, StandardCharsets.US_ASCII);
      String seconds = text.substring(0, text.indexOf(' '));
      int point = seconds.indexOf('.');
      long centiseconds =
          Long.parseLong(seconds.substring(0, point)) * 100
              + Long.parseLong(seconds.substring(point + 1));
      return centiseconds * NANOS_PER_CENTISECOND;
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return System.nanoTime();
    }
  }
}
