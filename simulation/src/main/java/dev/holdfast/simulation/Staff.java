package dev.holdfast.simulation;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import java.util.List;
import java.util.function.Function;

/**
 * Runs the work of a simulated hub: functions in its process, or workers elsewhere.
 *
 * <p>All methods are called on the one thread of the simulation; nothing happens in between.
 */
public interface Staff {

  /**
   * Says which staff a simulation has.
   *
   * @param module the module whose tests run it
   * @param test the test that runs it, for the replay of a seed
   * @param opens makes the staff for a world
   */
  record Staffing(String module, String test, Function<Scene, Staff> opens) {
    /** This staff runs functions in the process of the hub. */
    static final Staffing OWN = new Staffing("simulation", "SimulationTest", OwnStaff::new);
  }

  /** A process is about to begin; the memory of an earlier one is gone. */
  void opening();

  /** The process has begun. */
  void opened(Engine engine);

  /** Returns items that have been handed out and neither answered nor lost. */
  List<WorkItem> held();

  /** Returns whether every item that has been handed out is dealt with. */
  boolean isIdle();

  /** Does something, as the dice say. */
  void act();

  /** Answers an item that was answered, or taken away, before. */
  void answerOld();

  /** Serves other names, or has other places. */
  void change();

  /** Stops all faults from now on, and gives back everything that was lost. */
  void heal();

  /**
   * Does everything that can be done without moving the time.
   *
   * @return how much was done
   */
  int settle();

  /** Learns that nothing more happens by itself at this moment, neither here nor in the hub. */
  default void rest() {}

  /** Checks what must hold after each step. */
  default void check() {}

  /** Checks what must hold when everything has come to its end. */
  default void judge() {}
}
