package dev.holdfast.simulation;

import dev.holdfast.engine.driven.VirtualClock;
import dev.holdfast.engine.program.Activities;
import dev.holdfast.engine.program.Programs;

/** Shows the {@link Staff} of a simulated world what it may see of the world. */
public interface Scene {

  /** Returns the dice that the seed decides. */
  Dice dice();

  /** Returns what orchestrators do. */
  Programs programs();

  /** Returns what activities do, over all lives of the process. */
  Activities activities();

  /** Returns the machine's clock, which may be set back. */
  VirtualClock clock();

  /** Returns how many nanoseconds have passed, whatever the clock says. */
  long nanos();

  /** Returns whether the staff is to make trouble; it is not once the world has healed. */
  boolean hasFaults();

  /** Adds a line to the trace. */
  void trace(String line);

  /** Counts that the run has exercised this. */
  void count(String what);

  /** Reports that a promise was broken; the run ends with the current step. */
  void violated(String what);
}
