package dev.holdfast.engine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** The clocks of a machine. Safe from any thread. */
public interface Clocks extends InstantSource {

  /**
   * The machine's wall clock, which people and time servers set; so it may jump, forwards and back.
   */
  @Override
  Instant instant();

  /**
   * The time that passes, in nanoseconds from an arbitrary moment, as {@link System#nanoTime} tells
   * it: nobody can set it, and it may stand still while the machine sleeps.
   */
  long nanoTime();

  /**
   * For how many nanoseconds {@link #nanoTime} has stood still because the machine slept, from an
   * arbitrary moment on; empty where the system cannot tell. Dearer than the others: it is asked
   * only when the wall clock has jumped.
   */
  OptionalLong sleptNanos();

  /** Clocks of a machine of which nobody knows when it sleeps. */
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
