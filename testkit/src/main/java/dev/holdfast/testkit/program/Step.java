package dev.holdfast.testkit.program;

import java.time.Duration;
import java.util.List;

/**
 * One line of a {@link Program}. Each but {@link Status}, {@link Send}, {@link Signal}, {@link
 * Unlock}, {@link Again} and {@link Fail} leaves a result, and the output of a program is the list
 * of its results.
 */
public sealed interface Step {

  /** A step that asks for something and waits for it; several can be awaited together. */
  sealed interface Awaitable extends Step {}

  /**
   * Runs an activity.
   *
   * @param caught a failure becomes the result; else it fails the orchestration
   */
  record Call(String activity, String input, boolean caught) implements Awaitable {}

  /** Runs an activity until it succeeds, with a timer between attempts, as retry policies do. */
  record Retry(String activity, String input, int attempts, Duration between) implements Step {}

  /** Waits for a durable timer. */
  record Sleep(Duration time) implements Awaitable {}

  /**
   * Waits for the next event of this name. Events are numbered from 1 by who sends them; the number
   * after the last one read is the one expected (see {@link Numbered}).
   */
  record Await(String event) implements Awaitable {}

  /** Runs another program as a sub-orchestration. */
  record Child(String program, String input, ChildId ids, boolean caught) implements Awaitable {}

  /** Starts all at once and waits for all. */
  record All(List<Awaitable> branches) implements Step {
    public All {
      branches = List.copyOf(branches);
    }
  }

  /** Starts all at once and waits for the first; the result does not tell which it was. */
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
   * Asks a {@link Ledgers ledger} for an operation and waits for its answer.
   *
   * @param rest of the input, behind the entry that tells who asks
   */
  record Ask(String entity, String operation, String rest, boolean caught) implements Awaitable {}

  /** Signals a ledger, now or after some time. */
  record Signal(String entity, String operation, String rest, Duration after) implements Step {}

  /** Locks ledgers; not within another lock. */
  record Lock(List<String> entities) implements Awaitable {
    public Lock {
      entities = List.copyOf(entities);
    }
  }

  /** Releases what {@link Lock} has locked. */
  record Unlock() implements Step {}

  /** Sets the custom status. */
  record Status(String text) implements Step {}

  /** Continues as new: the next execution goes on with the next step. */
  record Again() implements Step {}

  /** Fails the orchestration by itself. */
  record Fail(String message) implements Step {}

  /** How a child gets its instance id. */
  enum ChildId {
    /** {@code <execution id>:<id in hex>}, as JavaScript makes them. */
    OF_EXECUTION,
    /** {@code <instance id>:<id in hex>}, as Python does: the same again after continue-as-new. */
    OF_INSTANCE,
    /** Empty: the hub derives one, as for Go. */
    OF_HUB
  }
}
