package dev.holdfast.core.partition;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the parts of a partition share: its clock, its random source, its changes and its
 * memory, and the methods that send effects and messages.
 */
final class PartitionContext {
  private final int number;
  private final Store.Slots slots;
  private final Limits limits;
  private final LongSupplier keys;
  private final RandomGenerator dice;
  private final Problems problems;
  private final Set<Wound> wounds;
  private final Changes changes;
  private final Tracing tracing;
  private final Memory memory;
  private final TimerQueue timers;

  /** Holds messages that instances of this partition have sent each other. */
  private final ArrayDeque<Queued> local = new ArrayDeque<>();

  private List<Effect.AtOnce> atOnce = new ArrayList<>();
  private long now;
  private long lastStamp;
  private final long tokenBeforeFirst;
  private long lastToken;

  /** Creates the context; see {@link Partition} for the arguments. */
  PartitionContext(
      int number,
      Store.Slots slots,
      Limits limits,
      LongSupplier keys,
      RandomGenerator dice,
      Predicate<String> served,
      Problems problems,
      Set<Wound> wounds,
      @Nullable SpanSink traces) {
    this.number = number;
    this.slots = slots;
    this.limits = limits;
    this.keys = keys;
    this.dice = dice;
    this.problems = problems;
    this.wounds = wounds.isEmpty() ? EnumSet.noneOf(Wound.class) : EnumSet.copyOf(wounds);
    this.changes = new Changes(limits, this.wounds);
    this.tracing = new Tracing(traces == null ? null : traces::samples, changes);
    this.memory = new Memory(limits, changes, served, this.wounds);
    this.timers = new TimerQueue(limits, this.wounds);
    this.tokenBeforeFirst = dice.nextLong() >>> 24;
    this.lastToken = tokenBeforeFirst;
  }

  int number() {
    return number;
  }

  Store.Slots slots() {
    return slots;
  }

  /** Sets the hub's time of the following inputs, in microseconds since the epoch. */
  void at(long time) {
    now = time;
  }

  /** Returns the hub's time of the current input, microseconds since the epoch. */
  long now() {
    return now;
  }

  /**
   * Returns a time that no other event of this partition has: now, or just after the previous
   * stamp.
   */
  long stamp() {
    lastStamp = Math.max(now, lastStamp + 1);
    return lastStamp;
  }

  /** Returns the newest time that {@link #stamp} has given. */
  long lastStamp() {
    return lastStamp;
  }

  /**
   * Takes over from another context, so that this context does not use the times of that one again.
   */
  void succeed(PartitionContext before) {
    lastStamp = before.lastStamp;
  }

  long nextToken() {
    lastToken++;
    return token(lastToken);
  }

  private long token(long count) {
    return ((long) number << 48) | count;
  }

  /** Returns whether {@link #nextToken} has given this token since the partition was made. */
  boolean hasGiven(long token) {
    return token > token(tokenBeforeFirst) && token <= token(lastToken);
  }

  long nextKey() {
    return keys.getAsLong();
  }

  /** Makes an id of 32 lower-case hex digits, as execution ids have. */
  String newGuid() {
    return InstanceIds.random(dice);
  }

  /** Makes a name for a keyed record of mail; the names sort by the order of sending. */
  String mailName() {
    return "%016x%08x".formatted(stamp(), dice.nextInt());
  }

  Limits limits() {
    return limits;
  }

  Problems problems() {
    return problems;
  }

  Changes changes() {
    return changes;
  }

  Tracing tracing() {
    return tracing;
  }

  Memory memory() {
    return memory;
  }

  TimerQueue timers() {
    return timers;
  }

  /** Returns whether a test has broken the engine in this way on purpose. */
  boolean wounded(Wound wound) {
    return wounds.contains(wound);
  }

  /** Lets an executor run the turn. */
  void open(WorkItem.Turn turn) {
    atOnce.add(new Effect.Open(turn));
  }

  /** Reports that the turn of this execution with this token has become void. */
  void withdraw(String executionId, long token) {
    atOnce.add(new Effect.Withdraw(executionId, token));
  }

  /** Holds back the activities of this execution that no executor has received yet. */
  void holdBack(String executionId) {
    atOnce.add(new Effect.HoldBack(executionId));
  }

  /** Asks the engine for this read of the store. */
  void load(Effect.Load load) {
    atOnce.add(load);
  }

  /** Returns the effects that may happen at once, and forgets them. */
  List<Effect.AtOnce> takeAtOnce() {
    List<Effect.AtOnce> taken = atOnce;
    atOnce = new ArrayList<>();
    return taken;
  }

  /** Hands a message to another instance, in this partition or another. */
  void hand(Input.ToInstance message) {
    if (slots.contains(InstanceIds.slot(message.instanceId()))) {
      local.add(new Queued(message, null));
    } else {
      atOnce.add(new Effect.Hand(message));
    }
  }

  /** Makes the partition deliver the input again, after the current delivery. */
  void again(Queued queued) {
    local.add(queued);
  }

  /** Takes the next message that stays in this partition; null when there is none. */
  @Nullable Queued nextLocal() {
    return local.poll();
  }

  /** Sets a timer: adds its row and its wake-up. */
  void setTimer(Resident resident, int timerId, long fireAt) {
    changes.timer(resident, timerId, fireAt);
    timers.add(new Rows.Timer(resident.key, timerId, resident.slot, fireAt));
  }

  /** Puts the resident into memory under its id. */
  void put(Resident resident) {
    memory.install(resident);
  }

  /** Removes the resident from memory for good; its rows go with the accumulating commit. */
  void remove(Resident resident) {
    changes.remove(resident);
    memory.remove(resident);
  }
}
