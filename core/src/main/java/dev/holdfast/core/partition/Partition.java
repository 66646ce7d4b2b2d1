package dev.holdfast.core.partition;

import dev.holdfast.core.Asker;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.Store;
import dev.holdfast.core.Undone;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides everything that happens to the instances and entities of a range of slots, and performs
 * nothing itself.
 *
 * <p>{@link #on} takes inputs and returns effects that may happen at once. {@link #cut} returns the
 * changes that must be written now, with the effects that wait until these changes are durable; the
 * caller reports this with {@link #durable}. One thread at a time calls a partition.
 *
 * <p>Inputs that no cut contains yet exist in memory only. A crash loses them, but no asker has
 * received an answer to them.
 */
public final class Partition {
  private static final int TIMERS_PER_STEP = 1_000;

  private final PartitionContext context;
  private final Changes changes;
  private final Memory memory;
  private final TimerQueue timers;
  private final Watchers watchers = new Watchers();
  private final Aside aside = new Aside();
  private final Orchestrations orchestrations;
  private final Delivery delivery;

  /**
   * Creates a partition with empty memory.
   *
   * @param number the number of the partition, from 0 to 65,535 and unique within the process
   * @param keys gives execution keys that rise over the whole hub
   * @param served returns whether this name can run right now: an orchestrator's name, or an
   *     entity's name with an at-sign before it; any thread may call it
   * @param wounds the ways in which the engine is broken on purpose; empty except in tests
   * @param traces takes the spans; null when the engine makes no traces
   */
  public Partition(
      int number,
      Store.Slots slots,
      Limits limits,
      LongSupplier keys,
      RandomGenerator dice,
      Predicate<String> served,
      Problems problems,
      Set<Wound> wounds,
      @Nullable SpanSink traces) {
    this.context =
        new PartitionContext(number, slots, limits, keys, dice, served, problems, wounds, traces);
    this.changes = context.changes();
    this.memory = context.memory();
    this.timers = context.timers();
    this.orchestrations = new Orchestrations(context, watchers);
    this.delivery = new Delivery(context, served, watchers, aside, orchestrations);
  }

  public int number() {
    return context.number();
  }

  public Store.Slots slots() {
    return context.slots();
  }

  /**
   * Takes inputs in order.
   *
   * @param now the hub's time, microseconds since the epoch; never less than in the previous call
   * @return effects that may happen at once; the others come with the next {@link #cut}
   */
  public List<Effect.AtOnce> on(long now, List<? extends Input> inputs) {
    context.at(now);
    delivery.take(inputs);
    settle(now);
    delivery.done();
    return context.takeAtOnce();
  }

  private void settle(long now) {
    delivery.drainLocal();
    for (Rows.Timer timer : timers.due(now, TIMERS_PER_STEP)) {
      delivery.due(timer);
    }
    orchestrations.openHeld();
    delivery.drainLocal();
    Effect.LoadTimers scan = timers.wanted(now);
    if (scan != null) {
      changes.whenDurable(scan);
    }
    Effect.Admit admit = memory.admissionWanted();
    if (admit != null) {
      changes.whenDurable(admit);
    }
    Effect.Load load = memory.takeLoads();
    if (load != null) {
      context.load(load);
    }
  }

  /**
   * Takes everything that must be written now.
   *
   * @return the commit and the effects that wait for it, both possibly empty
   */
  public Cut cut(long now) {
    context.at(now);
    memory.storeWaitingMail(context::mailName);
    Changes.Batch batch = changes.cut(now, memory::settled);
    return new Cut(batch.number(), batch.commit(), batch.whenDurable());
  }

  /**
   * Holds everything that one cut takes.
   *
   * @param number the number of the cut, which rises by one with each cut of this partition
   */
  public record Cut(long number, Commit commit, List<Effect.WhenDurable> whenDurable) {
    public Cut {
      whenDurable = List.copyOf(whenDurable);
    }

    public boolean isEmpty() {
      return commit.isEmpty() && whenDurable.isEmpty();
    }
  }

  /** Reports that the cut with this number and all cuts before it are durable. */
  public void durable(long number) {
    memory.durable(number);
  }

  /**
   * Returns the id of the instance or entity for which the latest call of {@link #on} or {@link
   * #cut} has thrown; null when the call threw for no particular one.
   */
  public @Nullable String handling() {
    String cutting = changes.handling();
    return cutting == null ? delivery.handling() : cutting;
  }

  /**
   * Sets this instance or entity aside as soon as it has been read, before any of its work runs.
   * The call must come before the partition can have read it.
   */
  public void setAside(String id, Blocked block) {
    aside.whenRead(id, block);
  }

  /**
   * Leaves this instance or entity unread and unwritten until a person retries it: requests of
   * clients are refused, and messages from other instances are kept as mail. Call this as early as
   * {@link #setAside}.
   */
  public void leaveUntouched(String id, Blocked block) {
    aside.untouched(id, block);
    changes.recordBlock(id, block.begunBy(context.now()).message().toByteString());
  }

  /**
   * Returns whether the instance or entity with this id is set aside, by a block or because it is
   * left untouched.
   */
  public boolean isSetAside(String id) {
    Resident resident = memory.get(id);
    return aside.holds(id) || (resident != null && resident.isBlocked());
  }

  /**
   * Returns whether the instance or entity with this id is left untouched; see {@link
   * #leaveUntouched}.
   */
  public boolean isUntouched(String id) {
    return aside.untouched(id) != null;
  }

  /**
   * Takes over from a partition that is given up, so that this partition does not use the times of
   * that one again.
   */
  public void succeed(Partition before) {
    context.succeed(before.context);
  }

  /**
   * Returns what is lost if the engine discards this partition's memory and begins again from the
   * store. The partition takes no input afterwards.
   */
  public Undone undone() {
    List<Effect.WhenDurable> effects = new ArrayList<>(changes.waiting());
    List<WorkItem.Activity> out = new ArrayList<>();
    for (Resident resident : memory.all()) {
      effects.addAll(resident.repliesToInsert());
      resident.notInHistory().forEach(message -> effects.addAll(message.replies()));
      if (resident instanceof Instance instance && instance.openActivities() > 0) {
        orchestrations.handedOut(instance, out);
      }
    }
    List<Asker<?>> unanswered = new ArrayList<>(Effect.askers(effects));
    // The current input has failed; the inputs after it have not been taken.
    Queued failing = delivery.failing();
    if (failing != null && failing.input().asker() != null) {
      unanswered.add(failing.input().asker());
    }
    List<Input> undelivered = new ArrayList<>();
    delivery.undelivered().stream().filter(Partition::outlives).forEach(undelivered::add);
    undelivered.addAll(watchers.all());
    out.removeIf(item -> effects.stream().anyMatch(effect -> dispatches(effect, item)));
    return new Undone(unanswered, undelivered, out);
  }

  private static boolean dispatches(Effect.WhenDurable effect, WorkItem.Activity item) {
    return effect instanceof Effect.Dispatch dispatch && dispatch.item().token() == item.token();
  }

  /**
   * Returns whether an input that has had no effect may go to the successor of its partition. A
   * message between instances may not go there: either it was never sent, or the store has kept it.
   */
  public static boolean outlives(Input input) {
    return input instanceof Input.Unwait
        || (input instanceof Input.ToInstance toInstance && !Mailbag.isMail(toInstance));
  }

  /** Returns whether there are changes for the next cut. */
  public boolean hasChanges() {
    return !changes.isEmpty() || memory.hasUnstoredMail();
  }

  /** Returns when to call {@link #on} again for a timer; {@link Long#MAX_VALUE} for never. */
  public long nextWake() {
    return memory.wantsAdmission()
        ? Long.MIN_VALUE
        : Math.min(timers.nextWake(), orchestrations.nextWake());
  }

  /** Returns the latest time that an event of this partition carries. */
  public long highestTime() {
    return context.lastStamp();
  }

  /** Returns the number of executions in memory, for metrics. */
  public int inMemory() {
    return memory.size();
  }

  /**
   * Compares the memory of this partition with the store and returns the differences in words;
   * there are none when all is well. Only executions at rest whose state is durable are compared.
   * Tests call this at a moment when every cut is durable.
   */
  public List<String> differences(Store store) {
    List<String> differences = new ArrayList<>();
    for (Resident resident : memory.atRest(changes)) {
      List<Store.Stored> stored = store.loadByKey(List.of(resident.key), Store.Detail.OPEN);
      if (stored.isEmpty()) {
        differences.add(resident.id + " is in memory, but not in the store");
      } else if (resident instanceof Instance instance) {
        Comparison.compare(instance, Instance.of(stored.get(0)), differences);
      } else if (resident instanceof Entity entity) {
        Comparison.compare(entity, Entity.of(stored.get(0)), differences);
      }
    }
    timers.differences(
        store.timers(context.slots(), Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE).stream()
            .filter(timer -> !isOfUnread(timer, store))
            .toList(),
        memory,
        differences);
    return differences;
  }

  private boolean isOfUnread(Rows.Timer timer, Store store) {
    return aside.hasUnread()
        && store.loadByKey(List.of(timer.key()), Store.Detail.SUMMARY).stream()
            .anyMatch(stored -> aside.isUnread(stored.instance().id()));
  }
}
