package dev.holdfast.simulation;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import java.util.List;
import java.util.function.Function;

/**
 * Runs the work of a simulated hub, as functions in the hub's process or as remote workers would.
 *
 * <p>All methods are called on the only thread of the simulation, so nothing else happens during a
 * call.
 */
public interface Staff {

  /**
   * Says which staff a simulation has.
   *
   * @param module the module whose tests run the simulation
   * @param test the test that runs it, for the replay of a seed
   * @param opens makes the staff for a world
   */
  record Staffing(String module, String test, Function<Scene, Staff> opens) {
    /** This staff runs functions in the process of the hub. */
    static final Staffing OWN = new Staffing("simulation", "SimulationTest", OwnStaff::new);
  }

  /** Notes that a process is about to begin, and that the memory of an earlier process is lost. */
  void opening();

  /** Notes that the process has begun. */
  void opened(Engine engine);

  /** Returns the items that were handed out and neither answered nor lost. */
  List<WorkItem> held();

  /** Returns whether all items that were handed out have been answered or given back. */
  boolean isIdle();

  /** Performs one action that the dice choose. */
  void act();

  /** Answers an item that was already answered or taken away. */
  void answerOld();

  /** Changes the names that are served, or the number of places. */
  void change();

  /** Ends all faults from now on, and gives back all lost items. */
  void heal();

  /**
   * Does all work that is possible without moving the time.
   *
   * @return how much was done
   */
  int settle();

  /** Notes that neither the staff nor the hub has any work until the time moves. */
  default void rest() {}

  /** Checks the invariants that must hold after each step. */
  default void check() {}

  /** Checks the invariants that must hold when all instances have ended. */
  default void judge() {}
}
