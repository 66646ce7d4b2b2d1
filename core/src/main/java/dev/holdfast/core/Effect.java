package dev.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Represents an action that a partition wants performed outside itself. */
public sealed interface Effect {

  /** Returns the askers to whom these effects would tell something. */
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
   * Asks to read these instances from the store and to answer with {@link Input.Loaded}, giving
   * {@code read} back.
   */
  record Load(long read, List<String> ids, List<Long> keys) implements AtOnce {}

  /**
   * Asks to read the timers due from {@code from} until before {@code to} and to answer with {@link
   * Input.TimersLoaded}.
   */
  record LoadTimers(long from, long to, int limit) implements WhenDurable {}

  /**
   * Asks to read ready executions above the key and to answer with {@link Input.Admitted}.
   *
   * @param limit how many to bring at most
   * @param served returns whether an orchestrator of this name could run now; the others are passed
   *     over. It is safe from any thread; {@link Input.ServedChanged} tells when more names are
   *     served later
   */
  record Admit(long read, long afterKey, int limit, Predicate<String> served)
      implements WhenDurable {}

  /**
   * Asks to read all of one instance, its history included, and to answer with {@link
   * Input.HistoryLoaded}.
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
   * Asks that activities of this execution that no executor has received yet are not handed out;
   * each is answered with {@link Input.HeldBack}.
   */
  record HoldBack(String executionId) implements AtOnce {}

  /**
   * Carries an input to an instance in another partition of this node; it is handed over before the
   * next cut.
   */
  record Hand(Input.ToInstance input) implements AtOnce {}

  /** Ties an effect to a partition of its node, by the node's own count. */
  record InPartition(int partition, WhenDurable effect) implements WhenDurable {}

  /** Runs an activity, or a batch of an entity. */
  record Dispatch(WorkItem item) implements WhenDurable {}

  /**
   * Says that nothing waits for these items any more: they are activities of an execution that has
   * ended, or the batch of an entity that was removed. An executor that has not begun them need not
   * begin them, and their answers do not count.
   *
   * @param atOnce true stops items that run; false lets them go on as long as they keep no place
   *     from other items, and items that have not begun are run all the same
   */
  record Recall(WorkItem.Kind kind, String executionId, List<HandedOut> items, boolean atOnce)
      implements WhenDurable {
    public Recall {
      items = List.copyOf(items);
    }
  }

  /**
   * Identifies an item that was handed out, as its execution knows it.
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

  /** Tells tracing about spans that have ended. */
  record Trace(List<EndedSpan> spans) implements WhenDurable {
    public Trace {
      spans = List.copyOf(spans);
    }
  }

  /** Tells metrics what has happened. */
  record Reached(Milestone milestone) implements WhenDurable {}

  /** Refuses the asker's request. */
  record Refuse(Asker<?> asker, RefusedException why) implements WhenDurable {}
}
