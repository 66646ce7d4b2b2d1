package dev.holdfast.engine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Reads the clocks of a machine. All methods are safe from any thread. */
public interface Clocks extends InstantSource {

  /**
   * Returns the machine's wall clock, which people and time servers set; so it may jump, forwards
   * and back.
   */
  @Override
  Instant instant();

  /**
   * Returns the elapsed time, in nanoseconds from an arbitrary moment, as {@link System#nanoTime}
   * does: it cannot be set, and it may stand still while the machine sleeps.
   */
  long nanoTime();

  /**
   * Returns for how many nanoseconds {@link #nanoTime} has stood still because the machine slept,
   * from an arbitrary moment on; empty where the system cannot tell. This costs more than the other
   * clocks, so it is read only when the wall clock has jumped.
   */
  OptionalLong sleptNanos();

  /** Makes the clocks of a machine that cannot tell when it sleeps. */
  static Clocks of(InstantSource wall, LongSupplier nanoTime) {
    return new Clocks() {
      @Override
      public Instant instant() {
        return wall.instant();
      }

      @Override
      public long nanoTime() {
        return nanoTime.getAsLong();
      }

      @Override
      public OptionalLong sleptNanos() {
        return OptionalLong.empty();
      }
    };
  }
}
