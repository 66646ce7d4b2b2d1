package dev.holdfast.check;

/** Represents a kind of mistake, with the reason why it is a mistake and with the cure. */
public enum Rule {
  /** The code reads the clock of the machine. */
  CLOCK(
      "The clock shows another time when the turn is replayed",
      "take ctx.getCurrentInstant(), or have an activity read the clock"),
  /** The code draws a random number. */
  RANDOM(
      "Another number is drawn when the turn is replayed",
      "have an activity draw it, or seed a Random from the input or from ctx.newUUID()"),
  /** The code makes a random id. */
  UUID("Another id is made when the turn is replayed", "take ctx.newUUID()"),
  /** The code gives work to another thread. */
  THREAD(
      "Another thread runs in an order of its own, and the context may be used by this thread only",
      "schedule activities and await them with ctx.allOf or ctx.anyOf"),
  /** The code blocks the thread or takes a lock. */
  BLOCKING(
      "The turn holds its thread while it waits, and waits again at every replay",
      "await a task: ctx.createTimer, ctx.waitForExternalEvent, an activity or an entity lock"),
  /** The code uses a file, the network, a database or another process. */
  IO(
      "It happens again at every replay, and may bring something else each time",
      "move it into an activity"),
  /** The code reads properties of the machine, its settings or its environment. */
  ENVIRONMENT(
      "It may differ on the machine that replays the turn",
      "pass it in the input, or have an activity read it"),
  /** A collection without a fixed order decides the order of calls. */
  UNORDERED(
      "The order of this collection may differ when the turn is replayed",
      "use a LinkedHashMap, LinkedHashSet or List, or sort first"),
  /** The code uses a static field that changes. */
  STATIC_STATE(
      "All instances share it, and a restart forgets it",
      "keep it in local variables, in the input of continueAsNew, or in an entity"),
  /** The code logs a line at every replay. */
  LOGGING("The line is written again at every replay", "write it only if (!ctx.getIsReplaying())"),
  /** The code catches the exception with which the client library ends a turn. */
  CONTROL_EXCEPTION(
      "The client library unwinds a waiting orchestrator with an exception that this handler catches",
      "catch TaskFailedException, CompositeTaskFailedException or TaskCanceledException, or rethrow"
          + " OrchestratorBlockedException and ContinueAsNewInterruption first"),
  /** A wait for several tasks has only a handler for the failure of a single task. */
  COMPOSITE_FAILURE(
      "allOf fails with CompositeTaskFailedException, which is no TaskFailedException, so this"
          + " handler does not run",
      "catch CompositeTaskFailedException as well"),
  /** The code schedules a task and never awaits it. */
  NOT_AWAITED(
      "Its result and its failure are lost, and the orchestrator may end before it",
      "await it, or await it together with others by ctx.allOf"),
  /** The code calls a name that the app does not have. */
  UNKNOWN_NAME(
      "No function of this app has that name, so the call waits for another app or fails",
      "correct the name"),
  /** The code passes or requests a value in a type that does not fit. */
  TYPE(
      "The value cannot be converted, so the call fails when it is read",
      "use the type that the function declares"),
  /** A loop has no end and does not continue as new. */
  ENDLESS_LOOP(
      "The history grows with every pass, and every turn replays all of it",
      "call ctx.continueAsNew at the end of a pass, or after a number of passes"),
  /** A suppression of the check has no reason. */
  NO_REASON(
      "A later reader cannot judge whether the exception still holds",
      "give the reason: @ReplaySafe(\"why it replays the same\")");

  private final String why;
  private final String cure;

  Rule(String why, String cure) {
    this.why = why;
    this.cure = cure;
  }

  /** Returns the word of the rule in reports, such as {@code static-state}. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** Returns a sentence, without its full stop, that says why this is a mistake. */
  public String why() {
    return why;
  }

  /** Returns the cure, in the imperative and without a full stop. */
  public String cure() {
    return cure;
  }
}
