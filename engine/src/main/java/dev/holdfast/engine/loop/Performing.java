package dev.holdfast.engine.loop;

import dev.holdfast.core.Asker;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.Milestone;
import dev.holdfast.core.Problems;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.core.partition.Partition;
import dev.holdfast.engine.dispatch.Dispatcher;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Performs the effects of partitions: both those that may happen at once and those that had to
 * wait.
 */
final class Performing {
  private final Partitions partitions;
  private final StoreReader reader;
  private final Dispatcher dispatcher;
  private final Callbacks callbacks;
  private final Problems problems;
  private final Set<Wound> wounds;
  private final @Nullable SpanSink spans;
  private final Loop.Wakes wakes;
  private volatile Consumer<Milestone> milestones = milestone -> {};

  Performing(Loop.Parts parts, Partitions partitions) {
    this.partitions = partitions;
    this.reader = parts.reader();
    this.dispatcher = parts.dispatcher();
    this.callbacks = parts.callbacks();
    this.problems = parts.problems();
    this.wounds = parts.wounds();
    this.spans = parts.spans();
    this.wakes = parts.wakes();
  }

  /** Reports milestones to this consumer from now on. Any thread may call this. */
  void measure(Consumer<Milestone> consumer) {
    milestones = consumer;
  }

  /**
   * Performs an effect of the partition at this index that need not wait.
   *
   * @return true when the effect has given an input to a partition
   */
  boolean perform(int partition, Effect.AtOnce effect) {
    if (effect instanceof Effect.Open open) {
      dispatcher.offer(open.turn());
    } else if (effect instanceof Effect.Withdraw turn) {
      dispatcher.withdraw(turn.executionId(), turn.token());
    } else if (effect instanceof Effect.HoldBack held) {
      List<WorkItem.Activity> items = dispatcher.holdBack(held.executionId());
      items.forEach(item -> partitions.add(partition, new Input.HeldBack(item)));
      return !items.isEmpty();
    } else if (effect instanceof Effect.Hand hand) {
      partitions.add(hand.input());
      return true;
    } else {
      read(partition, effect);
    }
    return false;
  }

  private void read(int partition, Effect effect) {
    Partition asks = partitions.get(partition);
    reader.submit(asks.number(), asks.slots(), effect);
    wakes.reader().run();
  }

  /** Performs effects that had to wait for durability. */
  void perform(List<Effect.WhenDurable> effects) {
    boolean told = false;
    for (Effect.WhenDurable effect : effects) {
      told |= perform(effect);
    }
    if (told) {
      wakes.callbacks().run();
    }
  }

  /** Refuses the requests of these askers. */
  void refuse(List<Asker<?>> askers, RefusedException why) {
    if (!askers.isEmpty()) {
      askers.forEach(asker -> callbacks.add(() -> asker.refused(why)));
      wakes.callbacks().run();
    }
  }

  /**
   * Performs one effect that had to wait.
   *
   * @return true when an asker has been given an answer
   */
  private boolean perform(Effect.WhenDurable effect) {
    if (effect instanceof Effect.Dispatch dispatch) {
      if (!wounds.contains(Wound.DISPATCH_RELEASED_EARLY)) {
        dispatcher.offer(dispatch.item());
      }
      return false;
    }
    if (effect instanceof Effect.Recall recall) {
      dispatcher.recall(recall);
      return false;
    }
    if (effect instanceof Effect.Reply<?> reply) {
      if (!wounds.contains(Wound.REPLY_RELEASED_EARLY)) {
        callbacks.add(reply::perform);
      }
      return true;
    }
    if (effect instanceof Effect.Refuse refuse) {
      if (!wounds.contains(Wound.REPLY_RELEASED_EARLY)) {
        callbacks.add(() -> refuse.asker().refused(refuse.why()));
      }
      return true;
    }
    if (effect instanceof Effect.Reached reached) {
      milestones.accept(reached.milestone());
      return false;
    }
    if (effect instanceof Effect.Trace trace && spans != null) {
      SpanSink sink = spans;
      callbacks.add(() -> sink.ended(trace.spans()));
      return true;
    }
    if (effect instanceof Effect.InPartition bound) {
      read(bound.partition(), bound.effect());
      return false;
    }
    problems.impossible("expected an effect of a known kind, but got " + effect);
    return false;
  }
}
