package dev.holdfast.engine.loop;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.Store;
import dev.holdfast.core.partition.Partition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Holds the partitions of a hub, and the inputs that each takes with its next step. */
final class Partitions {
  private static final int NUMBER_MAX = 65_536;

  private final IntFunction<List<Partition>> begin;
  private final int[] indexOfSlot = new int[Store.Slots.COUNT];
  private final List<List<Input>> inputs = new ArrayList<>();
  private final int count;
  private List<Partition> all;

  /** Holds the lowest number of the current partitions. */
  private int firstNumber;

  /** Holds the partition that is running; null when none is running. */
  private @Nullable Partition at;

  /**
   * Creates the partitions.
   *
   * @param begin makes the partitions with empty memory, and gives the first one the given number
   */
  Partitions(IntFunction<List<Partition>> begin) {
    this.begin = begin;
    this.all = List.copyOf(begin.apply(0));
    this.count = all.size();
    for (int i = 0; i < all.size(); i++) {
      Store.Slots slots = all.get(i).slots();
      Arrays.fill(indexOfSlot, slots.from(), slots.to(), i);
      inputs.add(new ArrayList<>());
    }
  }

  /** Returns the number of partitions. Any thread may call this. */
  int count() {
    return count;
  }

  Partition get(int index) {
    return all.get(index);
  }

  List<Partition> all() {
    return all;
  }

  /** Returns the index of the partition that has the instance. Any thread may call this. */
  int indexOf(String instanceId) {
    return indexOfSlot[InstanceIds.slot(instanceId)];
  }

  Partition of(String instanceId) {
    return all.get(indexOf(instanceId));
  }

  /** Adds an input for the partition at this index. */
  void add(int index, Input input) {
    inputsOf(index).add(input);
  }

  void add(Input.ToInstance input) {
    inputsOf(indexOf(input.instanceId())).add(input);
  }

  /** Adds an input that goes before all others of its partition. */
  void addFirst(Input.ToInstance input) {
    inputsOf(indexOf(input.instanceId())).add(0, input);
  }

  /** Adds an answer of the store, unless it is for a partition that was given up. */
  void addRead(int number, Input input) {
    if (number >= firstNumber) {
      inputsOf(number - firstNumber).add(input);
    }
  }

  private List<Input> inputsOf(int index) {
    return Objects.requireNonNull(inputs.get(index));
  }

  /** Returns the earliest time at which a partition is due; {@link Long#MAX_VALUE} when none is. */
  long nextWake() {
    long wake = Long.MAX_VALUE;
    for (Partition partition : all) {
      wake = Math.min(wake, partition.nextWake());
    }
    return wake;
  }

  /** Lets the partition take its inputs, unless it has none and is not due. */
  List<Effect.AtOnce> on(int index, long now) {
    Partition partition = all.get(index);
    List<Input> taken = inputsOf(index);
    if (taken.isEmpty() && partition.nextWake() > now) {
      return List.of();
    }
    inputs.set(index, new ArrayList<>());
    at = partition;
    return partition.on(now, taken);
  }

  Partition.Cut cut(int index, long now) {
    at = all.get(index);
    return all.get(index).cut(now);
  }

  /** Notes that the current step of a partition has ended. */
  void done() {
    at = null;
  }

  /**
   * Returns the id of the instance that the current step concerns; null when it concerns no single
   * instance.
   */
  @Nullable String handling() {
    Partition failing = at;
    return failing == null ? null : failing.handling();
  }

  boolean hasChanges() {
    for (Partition partition : all) {
      if (partition.hasChanges()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the highest time in use: the times of events may be ahead of the clock, and the clock
   * must not go back behind them at a restart.
   *
   * @param now the time of the clock
   */
  long highestTime(long now) {
    long highest = now;
    for (Partition partition : all) {
      highest = Math.max(highest, partition.highestTime());
    }
    return highest;
  }

  /** Returns the number of executions in memory. */
  int inMemory() {
    int count = 0;
    for (Partition partition : all) {
      count += partition.inMemory();
    }
    return count;
  }

  /** Returns whether there are unused numbers for further partitions. */
  boolean canBeginAgain() {
    return firstNumber <= NUMBER_MAX - 2 * count();
  }

  int firstNumber() {
    return firstNumber;
  }

  /**
   * Replaces the current partitions by new ones with empty memory.
   *
   * @return the inputs that the old partitions have not taken
   */
  List<Input> beginAgain() {
    List<Partition> before = all;
    firstNumber += before.size();
    all = List.copyOf(begin.apply(firstNumber));
    List<Input> waiting = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      all.get(i).succeed(before.get(i));
      waiting.addAll(inputsOf(i));
      inputs.set(i, new ArrayList<>());
    }
    return waiting;
  }
}
