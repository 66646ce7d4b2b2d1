package dev.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a partition wants done outside itself. */
public sealed interface Effect {

  /** Whom these effects would tell something. */
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

  /** May be done at once: nobody outside can see it. */
  sealed interface AtOnce extends Effect {}

  /** Must wait until the commit it stands with is durable. */
  sealed interface WhenDurable extends Effect {}

  /**
   * Read these instances from the store and answer with {@link Input.Loaded}, giving {@code read}
   * back.
   */
  record Load(long read, List<String> ids, List<Long> keys) implements AtOnce {}

  /**
   * Read the timers due from {@code from} until before {@code to}; answer with {@link
   * Input.TimersLoaded}.
   */
  record LoadTimers(long from, long to, int limit) implements WhenDurable {}

  /**
   * Read ready executions above the key; answer with {@link Input.Admitted}.
   *
   * @param limit how many to bring at most
   * @param served whether an orchestrator of this name could run now; others are passed over. Safe
   *     from any thread; what becomes served later is told by {@link Input.ServedChanged}
   */
  record Admit(long read, long afterKey, int limit, Predicate<String> served)
      implements WhenDurable {}

  /**
   * Read all of one instance, its history included, and answer with {@link Input.HistoryLoaded}.
   */
  record LoadHistory(long read, String instanceId) implements WhenDurable {}

  /** Run an orchestrator turn. Pure, so it may open on what is not durable yet. */
  record Open(WorkItem.Turn turn) implements AtOnce {}

  /**
   * The turn of this execution with this token has become void; who has not got it yet need not get
   * it. Its answer would count for nothing.
   */
  record Withdraw(String executionId, long token) implements AtOnce {}

  /**
   * Activities of this execution that nobody has got yet must not be handed out; each is answered
   * with {@link Input.HeldBack}.
   */
  record HoldBack(String executionId) implements AtOnce {}

  /**
   * An input for an instance in another partition of this node; handed over before the next cut.
   */
  record Hand(Input.ToInstance input) implements AtOnce {}

  /** An effect that is bound to a partition of its node, by the node's own count. */
  record InPartition(int partition, WhenDurable effect) implements WhenDurable {}

  /** Run an activity, or a batch of an entity. */
  record Dispatch(WorkItem item) implements WhenDurable {}

  /**
   * Nobody waits for these any more: activities of an execution that has ended, or the batch of an
   * entity that was removed. Who has not begun them need not, and their answers count for nothing.
   *
   * @param atOnce what runs is stopped; otherwise it may go on as long as it keeps no place from
   *     others, and what has not begun is done all the same
   */
  record Recall(WorkItem.Kind kind, String executionId, List<HandedOut> items, boolean atOnce)
      implements WhenDurable {
    public Recall {
      items = List.copyOf(items);
    }
  }

  /**
   * An item that was handed out, as its execution knows it.
   *
   * @param taskId of an activity; 0 for a batch
   */
  record HandedOut(int taskId, long token) {}

  /** Tell the asker. */
  record Reply<T>(Asker<T> asker, T value) implements WhenDurable {
    public void perform() {
      asker.answered(value);
    }
  }

  /** Tell tracing what has ended. */
  record Trace(List<EndedSpan> spans) implements WhenDurable {
    public Trace {
      spans = List.copyOf(spans);
    }
  }

  /** Tell the asker no. */
  record Refuse(Asker<?> asker, RefusedException why) implements WhenDurable {}
}
