package dev.holdfast.engine.program;

import java.time.Duration;
import java.util.List;

/**
 * Represents one step of a {@link Program}. Each step but {@link Status}, {@link Send}, {@link
 * Signal}, {@link Unlock}, {@link Again} and {@link Fail} leaves a result, and the output of a
 * program is the list of its results.
 */
public sealed interface Step {

  /** Schedules something and waits for it; several such steps can be awaited together. */
  sealed interface Awaitable extends Step {}

  /**
   * Runs an activity.
   *
   * @param caught true makes a failure the result; false lets it fail the orchestration
   */
  record Call(String activity, String input, boolean caught) implements Awaitable {}

  /** Runs an activity until it succeeds, with a timer between attempts, as retry policies do. */
  record Retry(String activity, String input, int attempts, Duration between) implements Step {}

  /** Waits for a durable timer. */
  record Sleep(Duration time) implements Awaitable {}

  /**
   * Waits for the next event of this name. The sender numbers events from 1; the expected number
   * follows the last one read (see {@link Numbered}).
   */
  record Await(String event) implements Awaitable {}

  /** Runs another program as a sub-orchestration. */
  record Child(String program, String input, ChildId ids, boolean caught) implements Awaitable {}

  /** Starts all branches at once and waits for all. */
  record All(List<Awaitable> branches) implements Step {
    public All {
      branches = List.copyOf(branches);
    }
  }

  /** Starts all branches at once and waits for the first; the result does not tell which it was. */
  record Any(List<Awaitable> branches) implements Step {
    public Any {
      branches = List.copyOf(branches);
    }
  }

  /**
   * Sends numbered events.
   *
   * @param to an instance id, or {@link #PARENT}, or {@link #CHILD} for the last child started
   */
  record Send(String to, String event, int count) implements Step {
    public static final String PARENT = "<parent>";
    public static final String CHILD = "<child>";
  }

  /** Starts a child and does not wait for it; {@link Join} does. */
  record Launch(String program, String input, ChildId ids) implements Step {}

  /** Waits for the child that was launched first and has not been joined. */
  record Join(boolean caught) implements Awaitable {}

  /**
   * Calls an operation of a {@link Ledgers ledger} and waits for its answer.
   *
   * @param rest the rest of the input, behind the entry that names the caller
   */
  record Ask(String entity, String operation, String rest, boolean caught) implements Awaitable {}

  /** Signals a ledger, now or after some time. */
  record Signal(String entity, String operation, String rest, Duration after) implements Step {}

  /** Locks ledgers; a lock must not lie within another lock. */
  record Lock(List<String> entities) implements Awaitable {
    public Lock {
      entities = List.copyOf(entities);
    }
  }

  /** Releases the ledgers that {@link Lock} has locked. */
  record Unlock() implements Step {}

  /** Sets the custom status. */
  record Status(String text) implements Step {}

  /** Continues as new: the next execution goes on with the next step. */
  record Again() implements Step {}

  /** Fails the orchestration by itself. */
  record Fail(String message) implements Step {}

  /** Says how a child gets its instance id. */
  enum ChildId {
    /** The id is {@code <execution id>:<id in hex>}, as JavaScript makes it. */
    OF_EXECUTION,
    /**
     * The id is {@code <instance id>:<id in hex>}, as Python makes it: it is the same again after
     * continue-as-new.
     */
    OF_INSTANCE,
    /** The id is empty, so that the hub derives one, as for Go. */
    OF_HUB
  }
}
