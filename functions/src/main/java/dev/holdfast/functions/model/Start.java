package dev.holdfast.functions.model;

/**
 * Says what makes a function run. The kind of its trigger decides this when the app is loaded.
 *
 * @param name the name under which the function is called; it is the function's own name unless the
 *     trigger gives another one
 */
public record Start(By by, String name) {

  /** Says which part of the host runs the function. */
  public enum By {
    /** HTTP requests to the function's route run it. */
    HTTP,
    /**
     * The engine runs the function as an orchestrator, when a client or an orchestrator starts it.
     */
    ORCHESTRATOR,
    /** The engine runs the function as an activity, when an orchestrator schedules it. */
    ACTIVITY,
    /**
     * The engine runs the function as an entity, when operations for one of its instances arrive.
     */
    ENTITY,
    /** The trigger runs the function when the event that it watches for happens. */
    TRIGGER
  }

  /** Returns whether requests to a route run the function. */
  public boolean isByHttp() {
    return by == By.HTTP;
  }
}
