package dev.holdfast.testkit.simulation;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import java.util.List;
import java.util.function.Function;

/**
 * Those who run the work of a simulated hub: functions in its process, or workers elsewhere.
 *
 * <p>Everything is called on the one thread of the simulation; nothing happens in between.
 */
public interface Staff {

  /**
   * Which staff a simulation has.
   *
   * @param module whose tests run it, and
   * @param test which of them, for whoever wants to replay a seed
   * @param opens makes it for a world
   */
  record Staffing(String module, String test, Function<Scene, Staff> opens) {
    /** Functions in the process of the hub. */
    static final Staffing OWN = new Staffing("testkit", "SimulationTest", OwnStaff::new);
  }

  /** A process is about to begin; whatever one before had in memory is gone. */
  void opening();

  /** The process has begun. */
  void opened(Engine engine);

  /** What has been handed out and neither answered nor lost. */
  List<WorkItem> held();

  /** Whether all that has been handed out is dealt with. */
  boolean isIdle();

  /** Somebody does something, as the dice say. */
  void act();

  /** Somebody answers what was answered, or taken away, before. */
  void answerOld();

  /** Somebody serves other names, or has other places. */
  void change();

  /** From now on nothing goes wrong, and all that was lost is given back. */
  void heal();

  /**
   * Everybody does what can be done without time going on.
   *
   * @return how much was done
   */
  int settle();

  /** Nothing more happens by itself at this moment, neither here nor in the hub. */
  default void rest() {}

  /** What must hold after each step. */
  default void check() {}

  /** What must hold when all has come to its end. */
  default void judge() {}
}
