package dev.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Represents an action that a partition wants performed outside itself. */
public sealed interface Effect {

  /** Returns the askers who would receive an answer through these effects. */
  static List<Asker<?>> askers(List<? extends Effect> effects) {
    List<Asker<?>> askers = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect instanceof Reply<?> reply) {
        askers.add(reply.asker());
      } else if (effect instanceof Refuse refuse) {
        askers.add(refuse.asker());
      }
    }
    return askers;
  }

  /** An effect of this kind may be performed at once, because no client can see it. */
  sealed interface AtOnce extends Effect {}

  /** An effect of this kind must wait until the commit that comes with it is durable. */
  sealed interface WhenDurable extends Effect {}

  /**
   * Asks the engine to read these instances from the store and to answer with {@link Input.Loaded},
   * giving {@code read} back.
   */
  record Load(long read, List<String> ids, List<Long> keys) implements AtOnce {}

  /**
   * Asks the engine to read the timers that are due at or after {@code from} and before {@code to},
   * and to answer with {@link Input.TimersLoaded}.
   */
  record LoadTimers(long from, long to, int limit) implements WhenDurable {}

  /**
   * Asks the engine to read ready executions whose keys are above {@code afterKey}, and to answer
   * with {@link Input.Admitted}.
   *
   * @param limit the maximum number of executions to return
   * @param served returns whether an orchestrator of this name could run now; executions for which
   *     it returns false are skipped. Any thread may call it; {@link Input.ServedChanged} tells
   *     when more names are served later
   */
  record Admit(long read, long afterKey, int limit, Predicate<String> served)
      implements WhenDurable {}

  /**
   * Asks the engine to read all rows of one instance, its history included, and to answer with
   * {@link Input.HistoryLoaded}.
   */
  record LoadHistory(long read, String instanceId) implements WhenDurable {}

  /**
   * Runs an orchestrator turn. A turn has no side effects, so it may open on state that is not
   * durable yet.
   */
  record Open(WorkItem.Turn turn) implements AtOnce {}

  /**
   * Says that the turn of this execution with this token has become void. A worker that has not
   * received it yet need not receive it; an answer to it would not count.
   */
  record Withdraw(String executionId, long token) implements AtOnce {}

  /**
   * Asks the engine not to hand out those activities of this execution that no executor has
   * received yet; each is answered with {@link Input.HeldBack}.
   */
  record HoldBack(String executionId) implements AtOnce {}

  /**
   * Carries an input to an instance in another partition of this node; the engine hands the input
   * over before the next cut.
   */
  record Hand(Input.ToInstance input) implements AtOnce {}

  /** Names the partition that an effect belongs to, by its number within this node. */
  record InPartition(int partition, WhenDurable effect) implements WhenDurable {}

  /** Asks the engine to have an executor run an activity or a batch of operations on an entity. */
  record Dispatch(WorkItem item) implements WhenDurable {}

  /**
   * Says that the results of these items are not needed any more. The items are activities of an
   * execution that has ended, or the batch of operations on an entity that was removed. An executor
   * that has not begun them need not begin them, and their answers do not count.
   *
   * @param atOnce true stops running items; false lets all items run, those that have not begun
   *     included, as long as no other item waits for their place
   */
  record Recall(WorkItem.Kind kind, String executionId, List<HandedOut> items, boolean atOnce)
      implements WhenDurable {
    public Recall {
      items = List.copyOf(items);
    }
  }

  /**
   * Identifies a work item that was handed out within its execution.
   *
   * @param taskId the task id of an activity; 0 for a batch
   */
  record HandedOut(int taskId, long token) {}

  /** Answers the asker. */
  record Reply<T>(Asker<T> asker, T value) implements WhenDurable {
    public void perform() {
      asker.answered(value);
    }
  }

  /** Reports spans that have ended to tracing. */
  record Trace(List<EndedSpan> spans) implements WhenDurable {
    public Trace {
      spans = List.copyOf(spans);
    }
  }

  /** Reports a milestone to metrics. */
  record Reached(Milestone milestone) implements WhenDurable {}

  /** Refuses the asker's request. */
  record Refuse(Asker<?> asker, RefusedException why) implements WhenDurable {}
}
