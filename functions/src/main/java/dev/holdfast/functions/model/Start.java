package dev.holdfast.functions.model;

/**
 * Says how a function comes to run. The kind of its trigger decides this when the app is loaded.
 *
 * @param name the name under which the function is called; it is the function's own name unless the
 *     trigger gives another one
 */
public record Start(By by, String name) {

  /** Says who runs the function. */
  public enum By {
    /** HTTP requests to the function's route run it. */
    HTTP,
    /** The engine runs it as an orchestrator, when a client or an orchestrator starts it. */
    ORCHESTRATOR,
    /** The engine runs it as an activity, when an orchestrator schedules it. */
    ACTIVITY,
    /** The engine runs it as an entity, when operations for one of its instances arrive. */
    ENTITY,
    /** The trigger runs it, when it sees something happen. */
    TRIGGER
  }

  /** Returns whether requests to a route run the function. */
  public boolean isByHttp() {
    return by == By.HTTP;
  }
}
