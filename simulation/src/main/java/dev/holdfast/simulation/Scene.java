package dev.holdfast.simulation;

import dev.holdfast.engine.driven.VirtualClock;
import dev.holdfast.engine.program.Activities;
import dev.holdfast.engine.program.Programs;

/**
 * Gives the {@link Staff} of a simulated world access to the parts of the world that it may see.
 */
public interface Scene {

  /** Returns the source of random decisions, which the seed determines. */
  Dice dice();

  /** Returns the programs of orchestrators. */
  Programs programs();

  /** Returns the behaviour of activities, across all restarts of the process. */
  Activities activities();

  /** Returns the machine's clock, which may be set back. */
  VirtualClock clock();

  /** Returns the elapsed time in nanoseconds, independently of the machine's clock. */
  long nanos();

  /**
   * Returns whether the staff should simulate faults; this is false once the simulation has ended
   * all faults.
   */
  boolean hasFaults();

  /** Adds a line to the trace. */
  void trace(String line);

  /** Counts that the run has exercised this situation. */
  void count(String what);

  /** Reports that the engine has broken a promise; the run ends with the current step. */
  void violated(String what);
}
