package dev.holdfast.engine.clock;

import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Reads the clocks of a machine. All methods are safe from any thread. */
public interface Clocks extends InstantSource {

  /**
   * Returns the machine's wall clock, which may jump forwards and back because people and time
   * servers set it.
   */
  @Override
  Instant instant();

  /**
   * Returns the elapsed time in nanoseconds since an arbitrary moment, as {@link System#nanoTime}
   * does. This clock cannot be set, and it may stand still while the machine sleeps.
   */
  long nanoTime();

  /**
   * Returns for how many nanoseconds since an arbitrary moment {@link #nanoTime} has stood still
   * because the machine slept; empty when the system cannot tell. Reading this clock costs more
   * than reading the others, so it is read only when the wall clock has jumped.
   */
  OptionalLong sleptNanos();

  /** Makes the clocks of a machine that cannot tell whether it has slept. */
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
