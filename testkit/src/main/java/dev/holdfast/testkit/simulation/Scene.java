package dev.holdfast.testkit.simulation;

import dev.holdfast.testkit.driven.VirtualClock;
import dev.holdfast.testkit.program.Activities;
import dev.holdfast.testkit.program.Programs;

/** What the {@link Staff} of a simulated world sees of it. */
public interface Scene {

  /** What the seed decides. */
  Dice dice();

  /** What orchestrators do. */
  Programs programs();

  /** What activities do, over all lives of the process. */
  Activities activities();

  /** The machine's clock, which may be set back. */
  VirtualClock clock();

  /** Nanoseconds that have passed, whatever the clock says. */
  long nanos();

  /** Whether the staff is to make trouble; never once the world has healed. */
  boolean hasFaults();

  /** Adds a line to the trace. */
  void trace(String line);

  /** Counts that this was exercised. */
  void count(String what);

  /** A promise was broken; the run ends with the step at hand. */
  void violated(String what);
}
