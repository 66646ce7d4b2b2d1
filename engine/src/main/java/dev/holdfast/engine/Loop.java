package dev.holdfast.engine;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Asker;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Input;
import dev.holdfast.core.InstanceIds;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Milestone;
import dev.holdfast.core.Problems;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Undone;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.Wound;
import dev.holdfast.core.partition.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs the partitions of a store: it takes inputs, performs the effects that may happen at once,
 * makes a cut when the pipeline is free, and releases waiting effects when a flush has become
 * durable.
 *
 * <p>One loop runs all partitions of a store, so a message between partitions is handed over before
 * the cut that holds its cause, and all commits have one order
 * (docs/decisions/0003-one-loop-per-store.md).
 */
public final class Loop implements Agent, Executor.Answers, StoreReader.Answers {
  private static final int INPUTS_PER_STEP = 2_048;

  /**
   * The loop discards its memory and reads the store anew at most this many times without a
   * successful write in between.
   */
  private static final int RECOVERIES_MAX = 50;

  private static final long READ_AGAIN_AFTER = 100_000;
  private static final int NUMBER_MAX = 65_536;

  private final IntFunction<List<Partition>> begin;
  private final int count;
  private List<Partition> partitions;
  private final int[] partitionOfSlot = new int[Store.Slots.COUNT];
  private final Limits limits;
  private final HubClock clock;
  private final Store store;
  private final CommitPipeline pipeline;
  private final StoreReader reader;
  private final Dispatcher dispatcher;
  private final Callbacks callbacks;
  private final Problems problems;
  private final Set<Wound> wounds;
  private final @Nullable SpanSink spans;
  volatile Consumer<Milestone> milestones = milestone -> {};
  private final Runnable wakePipeline;
  private final Runnable wakeReader;
  private final Runnable wakeCallbacks;
  private final Consumer<String> broken;

  /**
   * Holds the inputs, each with its partition when the partition does not follow from the instance
   * id.
   */
  private final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();

  /** Holds records of the hub itself; the next flush writes them. */
  private final List<Rows.Keyed> records = new ArrayList<>();

  /**
   * Holds outcomes of flushes; the loop takes them before inputs, and also while it takes no
   * inputs.
   */
  private final ConcurrentLinkedQueue<CommitPipeline.Result> results =
      new ConcurrentLinkedQueue<>();

  private final AtomicInteger queued = new AtomicInteger();
  private final List<List<Input>> inputs = new ArrayList<>();

  /** Holds the effects of the cuts made so far, while the loop makes the cuts of all partitions. */
  private List<Effect.WhenDurable> cutting = List.of();

  /** Holds effects of flushes that are not performed because the loop discards its memory. */
  private final List<Effect.WhenDurable> unperformed = new ArrayList<>();

  /** Holds the partition that is running; null when none is running. */
  private @Nullable Partition at;

  private long nextFlush;
  private @Nullable Flight flight;
  private long cutNotBefore;
  private volatile @Nullable String stuckBecause;
  private volatile boolean quiet = true;

  /** Says that the loop has work although the queue is empty. */
  private boolean begun;

  /** Counts the inputs taken from the queue in the current step. */
  private int taken;

  /** Holds the lowest number of the current partitions. */
  private int firstNumber;

  /**
   * Names the instances whose changes the store refuses or whose handling has failed halfway, so
   * that memory must be discarded; null while all is well.
   */
  private @Nullable List<Suspect> suspects;

  private long recoverAt;
  private int recoveries;

  private record Addressed(int partition, Input input) {}

  /**
   * Holds an answer of the store.
   *
   * @param number the number of the partition that asked
   */
  private record Answered(int number, Input input) {}

  /** Describes a flush that is under way, with the effects that may happen once it is durable. */
  private record Flight(
      long number,
      List<Partition.Cut> cuts,
      List<Effect.WhenDurable> effects,
      List<Rows.Keyed> records) {}

  /**
   * Holds the objects that a loop works with.
   *
   * @param begin makes the partitions of the hub with empty memory, and gives the first one the
   *     given number; it is called again when memory must be discarded
   */
  public record Parts(
      IntFunction<List<Partition>> begin,
      Limits limits,
      HubClock clock,
      Store store,
      CommitPipeline pipeline,
      StoreReader reader,
      Dispatcher dispatcher,
      Callbacks callbacks,
      Problems problems,
      Set<Wound> wounds,
      @Nullable SpanSink spans,
      Runnable wakePipeline,
      Runnable wakeReader,
      Runnable wakeCallbacks,
      Consumer<String> broken) {}

  public Loop(Parts parts) {
    this.begin = parts.begin();
    this.partitions = List.copyOf(begin.apply(0));
    this.count = partitions.size();
    this.limits = parts.limits();
    this.clock = parts.clock();
    this.store = parts.store();
    this.pipeline = parts.pipeline();
    this.reader = parts.reader();
    this.dispatcher = parts.dispatcher();
    this.callbacks = parts.callbacks();
    this.problems = parts.problems();
    this.wounds = parts.wounds();
    this.spans = parts.spans();
    this.wakePipeline = parts.wakePipeline();
    this.wakeReader = parts.wakeReader();
    this.wakeCallbacks = parts.wakeCallbacks();
    this.broken = parts.broken();
    this.nextFlush = store.opened().lastFlush() + 1;
    for (int i = 0; i < partitions.size(); i++) {
      Store.Slots slots = partitions.get(i).slots();
      java.util.Arrays.fill(partitionOfSlot, slots.from(), slots.to(), i);
      inputs.add(new ArrayList<>());
    }
  }

  /**
   * Takes an input for an instance. Any thread may call this, and must wake the loop afterwards.
   */
  public void add(Input.ToInstance input) {
    enqueue(input);
  }

  /** Takes an input for the partition of this instance id. */
  public void add(String instanceId, Input input) {
    enqueue(new Addressed(partitionOfSlot[InstanceIds.slot(instanceId)], input));
  }

  /** Takes an input for every partition. */
  public void addToAll(Input input) {
    for (int i = 0; i < count; i++) {
      enqueue(new Addressed(i, input));
    }
  }

  private void redeliver(Rows.Keyed mail) {
    Input.ToInstance input = KeptMail.read(mail, problems);
    if (input != null) {
      int partition = partitionOfSlot[InstanceIds.slot(input.instanceId())];
      listOf(partition).add(new Input.Redelivered(mail.name(), input));
    }
  }

  /**
   * Takes the stored messages that are not delivered yet and the stored blocks. It is called before
   * the first step, on the thread of the loop.
   */
  void remembered(List<Rows.Keyed> mail, List<Rows.Keyed> blocked) {
    for (Rows.Keyed block : blocked) {
      of(block.name()).setAside(block.name(), Blocked.of(block.bytes()));
    }
    for (Rows.Keyed each : mail) {
      redeliver(each);
    }
    // This input makes every partition read its timers and its ready executions in its first step.
    inputs.forEach(each -> each.add(new Input.ServedChanged()));
    begun = true;
    quiet = false;
  }

  private Partition of(String instanceId) {
    return partitions.get(partitionOfSlot[InstanceIds.slot(instanceId)]);
  }

  /**
   * Writes a record with the next flush. Any thread may call this, and must wake the loop
   * afterwards.
   */
  void remember(Rows.Keyed keyed) {
    enqueue(keyed);
  }

  @Override
  public void answer(Answer answer) {
    enqueue(new Input.Answered(answer));
  }

  @Override
  public void answer(int partition, Input input) {
    enqueue(new Answered(partition, input));
  }

  /** Takes the outcome of a flush; the pipeline calls this. */
  public void flushed(CommitPipeline.Result result) {
    queued.incrementAndGet();
    results.add(result);
  }

  private void enqueue(Object input) {
    queued.incrementAndGet();
    queue.add(input);
  }

  /**
   * Returns the number of inputs that are not handled yet, which measures the overload of the loop.
   */
  public int backlog() {
    return queued.get();
  }

  /**
   * Says, in words of the store, why the store cannot write at the moment; null while it can. While
   * it cannot, every request that needs a commit waits for its answer.
   */
  public @Nullable String stuckBecause() {
    return stuckBecause;
  }

  /**
   * Returns true when the loop has nothing under way: everything that it has accepted is durable
   * and answered.
   *
   * <p>Inputs count until the step that handles them is over, and the count is read before {@code
   * quiet}; so an input that arrives at this moment is not overlooked.
   */
  public boolean isQuiet() {
    return queued.get() == 0 && quiet;
  }

  /** Returns the number of executions in memory. */
  public int inMemory() {
    int count = 0;
    for (Partition partition : partitions) {
      count += partition.inMemory();
    }
    return count;
  }

  /**
   * Returns the differences between memory and store; the result is empty while a flush is under
   * way, because they are unknown then.
   */
  List<String> differences() {
    List<String> differences = new ArrayList<>();
    if (flight == null && suspects == null) {
      partitions.forEach(partition -> differences.addAll(partition.differences(store)));
    }
    return differences;
  }

  @Override
  public boolean hasWork() {
    boolean waits = suspects != null; // The loop waits for a flush or for the store.
    return !results.isEmpty()
        || (!waits && (begun || !queue.isEmpty() || dispatcher.hasPlacesChanged()));
  }

  @Override
  public long nextWake() {
    if (suspects != null) {
      return flight == null ? recoverAt : Long.MAX_VALUE;
    }
    long wake = dispatcher.nextWake();
    for (Partition partition : partitions) {
      wake = Math.min(wake, partition.nextWake());
    }
    return flight == null && hasChanges() ? Math.min(wake, cutNotBefore) : wake;
  }

  @Override
  public int work() {
    long now = clock.now();
    taken = 0;
    try {
      return suspects == null ? step(now) : recover(now);
    } catch (RuntimeException | Error e) {
      if (!isSurvived(e, now)) {
        throw e;
      }
      return 1;
    } finally {
      quiet = flight == null && suspects == null && !hasChanges();
      queued.addAndGet(-taken);
    }
  }

  private int step(long now) {
    takeResults(now);
    if (suspects != null) {
      return taken;
    }
    take(now);
    boolean due = begun;
    for (Partition partition : partitions) {
      due |= partition.nextWake() <= now;
    }
    if (taken > 0 || due) {
      begun = false;
      runPartitions(now);
      cutNotBefore = 0;
    }
    dispatcher.flush(now);
    int cut = cutIfFree(now);
    return taken + (due ? 1 : 0) + cut;
  }

  private void takeResults(long now) {
    for (CommitPipeline.Result next = results.poll(); next != null; next = results.poll()) {
      taken++;
      ended(next, now);
    }
  }

  private void take(long now) {
    while (taken < INPUTS_PER_STEP) {
      Object next = queue.poll();
      if (next == null) {
        break;
      }
      taken++;
      if (next instanceof Rows.Keyed keyed) {
        records.add(keyed);
      } else if (next instanceof Answered answered) {
        // An answer with a lower number is for a partition that was given up.
        if (answered.number() >= firstNumber) {
          listOf(answered.number() - firstNumber).add(answered.input());
        }
      } else if (next instanceof Addressed addressed) {
        listOf(addressed.partition()).add(addressed.input());
      } else if (!(next instanceof Input.Answered answered
          && dispatcher.takes(answered.answer(), now))) {
        Input.ToInstance input = (Input.ToInstance) next;
        listOf(partitionOfSlot[InstanceIds.slot(input.instanceId())]).add(input);
      }
    }
  }

  private List<Input> listOf(int partition) {
    return java.util.Objects.requireNonNull(inputs.get(partition));
  }

  /**
   * Hands over messages between partitions until none are left, so that one cut contains both the
   * cause and the effect of a message.
   */
  private void runPartitions(long now) {
    boolean handed = true;
    while (handed) {
      handed = false;
      for (int i = 0; i < partitions.size(); i++) {
        Partition partition = partitions.get(i);
        List<Input> taken = listOf(i);
        if (taken.isEmpty() && partition.nextWake() > now) {
          continue;
        }
        inputs.set(i, new ArrayList<>());
        at = partition;
        for (Effect.AtOnce effect : partition.on(now, taken)) {
          handed |= perform(i, effect);
        }
      }
    }
  }

  private boolean perform(int partition, Effect.AtOnce effect) {
    if (effect instanceof Effect.Open open) {
      dispatcher.offer(open.turn());
    } else if (effect instanceof Effect.Withdraw turn) {
      dispatcher.withdraw(turn.executionId(), turn.token());
    } else if (effect instanceof Effect.HoldBack held) {
      List<WorkItem.Activity> items = dispatcher.holdBack(held.executionId());
      items.forEach(item -> listOf(partition).add(new Input.HeldBack(item)));
      return !items.isEmpty();
    } else if (effect instanceof Effect.Hand hand) {
      listOf(partitionOfSlot[InstanceIds.slot(hand.input().instanceId())]).add(hand.input());
      return true;
    } else {
      read(partition, effect);
    }
    return false;
  }

  private void read(int partition, Effect effect) {
    reader.submit(firstNumber + partition, partitions.get(partition).slots(), effect);
    wakeReader.run();
  }

  private boolean hasChanges() {
    if (!records.isEmpty()) {
      return true;
    }
    for (Partition partition : partitions) {
      if (partition.hasChanges()) {
        return true;
      }
    }
    return false;
  }

  private int cutIfFree(long now) {
    if (flight != null || now < cutNotBefore || !hasChanges()) {
      return 0;
    }
    List<Partition.Cut> cuts = new ArrayList<>(partitions.size());
    List<Effect.WhenDurable> effects = new ArrayList<>();
    cutting = effects;
    Commit.Builder commit = Commit.builder();
    for (Partition partition : partitions) {
      at = partition;
      Partition.Cut cut = partition.cut(now);
      cuts.add(cut);
      effects.addAll(withReader(partition, cut.whenDurable()));
      commit.add(cut.commit());
    }
    at = null;
    cutting = List.of();
    records.forEach(commit::put);
    Flight cutNow = new Flight(nextFlush, cuts, effects, List.copyOf(records));
    records.clear();
    EarlyRelease.perform(effects, wounds, dispatcher, callbacks);
    if (commit.isEmpty()) {
      // All earlier changes are durable, so these effects need no flush. Messages that still wait
      // for a row are looked at again soon.
      release(cutNow);
      cutNotBefore = now + limits.commitDelay();
      return effects.isEmpty() ? 0 : 1;
    }
    flight = cutNow;
    nextFlush++;
    pipeline.submit(new Store.Flush(cutNow.number(), highestTime(now), commit.build()));
    wakePipeline.run();
    return 1;
  }

  /**
   * Returns the highest time in use: the times of events may be ahead of the clock, and the clock
   * must not go back behind them at a restart.
   */
  private long highestTime(long now) {
    long highest = now;
    for (Partition partition : partitions) {
      highest = Math.max(highest, partition.highestTime());
    }
    return highest;
  }

  /**
   * Adds the partition to reads that must wait for a cut, because a read does not name its
   * partition.
   */
  private List<Effect.WhenDurable> withReader(
      Partition partition, List<Effect.WhenDurable> effects) {
    boolean reads = false;
    for (Effect.WhenDurable effect : effects) {
      reads |= Recovery.isRead(effect);
    }
    if (!reads) {
      return effects;
    }
    int index = partitions.indexOf(partition);
    List<Effect.WhenDurable> bound = new ArrayList<>(effects.size());
    for (Effect.WhenDurable effect : effects) {
      bound.add(Recovery.isRead(effect) ? new Effect.InPartition(index, effect) : effect);
    }
    return bound;
  }

  private void ended(CommitPipeline.Result result, long now) {
    Flight landed = flight;
    if (result instanceof CommitPipeline.Durable && landed != null) {
      stuckBecause = null;
      flight = null;
      recoveries = 0;
      if (suspects == null) {
        release(landed);
      } else {
        // Only the next partitions hand out work, but answers that depend only on durable state may
        // be given.
        Recovery.told(landed.effects()).forEach(this::perform);
        unperformed.addAll(landed.effects());
        wakeCallbacks.run();
      }
    } else if (result instanceof CommitPipeline.Refused refused && landed != null) {
      flight = null;
      nextFlush = landed.number();
      records.addAll(0, landed.records());
      refuse(Effect.askers(landed.effects()), refused.suspects());
      unperformed.addAll(landed.effects());
      suspect(refused.suspects(), now);
    } else if (result instanceof CommitPipeline.Full full) {
      stuckBecause = full.reason();
      problems.warn(
          "Nothing can be written now: %s. It is tried again until it can; nothing is lost."
              .formatted(full.reason()));
    } else if (result instanceof CommitPipeline.Broken failure) {
      broken.accept(failure.reason());
    } else {
      problems.impossible("expected the outcome of a flush under way, but got " + result);
    }
  }

  /**
   * Returns whether the loop survives what a step threw. It survives only when it knows the
   * instance at fault.
   */
  private boolean isSurvived(Throwable thrown, long now) {
    String guilty = handling();
    if (guilty == null || suspects != null || Recovery.mustEnd(thrown)) {
      return false;
    }
    problems.failed("A step of '" + guilty + "' has failed", thrown);
    suspect(List.of(Recovery.failing(guilty, thrown, now)), now);
    return true;
  }

  /**
   * Returns the id of the instance for which the step failed; null when the step did not concern
   * one instance.
   */
  @Nullable String handling() {
    Partition failing = at;
    return failing == null ? null : failing.handling();
  }

  /** Makes the next step set these instances aside. */
  void suspect(List<Suspect> found, long now) {
    suspects = found;
    recoverAt = now;
  }

  private void refuse(List<Asker<?>> askers, List<Suspect> because) {
    if (askers.isEmpty()) {
      return;
    }
    RefusedException why = Recovery.refusal(because);
    askers.forEach(asker -> callbacks.add(() -> asker.refused(why)));
    wakeCallbacks.run();
  }

  /**
   * Discards everything that is not durable and reads the store anew, as after a death of the
   * process, but keeps the executors and the askers. It waits until a flush that is under way has
   * its outcome, and until the store can be read.
   */
  private int recover(long now) {
    takeResults(now);
    List<Suspect> because = Objects.requireNonNull(suspects);
    if (flight != null || now < recoverAt) {
      return taken;
    }
    List<Rows.Keyed> mail;
    List<Rows.Keyed> blocked;
    try {
      mail = store.readableRecords(Mailbag.NAMESPACE, KeptMail.lost(problems));
      blocked = store.readableRecords(Blocked.NAMESPACE, damage -> {});
    } catch (StoreException e) {
      problems.warn("Reading from the store failed and is tried again: " + e.getMessage());
      recoverAt = now + READ_AGAIN_AFTER;
      return 1;
    }
    if (++recoveries > RECOVERIES_MAX || firstNumber > NUMBER_MAX - 2 * count) {
      broken.accept("the hub has begun again %d times in vain: %s".formatted(recoveries, because));
      return 1;
    }
    List<Partition> before = partitions;
    List<Undone> undone = before.stream().map(Partition::undone).toList();
    List<List<Input>> waiting = List.copyOf(inputs);
    firstNumber += count;
    partitions = List.copyOf(begin.apply(firstNumber));
    for (int i = 0; i < count; i++) {
      partitions.get(i).succeed(before.get(i));
      inputs.set(i, new ArrayList<>());
    }
    remembered(mail, blocked);
    setAside(because, before);
    unperformed.addAll(cutting);
    dispatcher.beginAgain(firstNumber, Recovery.handedOut(undone, unperformed));
    refuse(Effect.askers(cutting), because);
    cutting = List.of();
    unperformed.clear();
    for (Undone each : undone) {
      refuse(each.unanswered(), because);
      each.undelivered().forEach(this::again);
    }
    waiting.forEach(each -> each.stream().filter(Partition::outlives).forEach(this::again));
    at = null;
    suspects = null;
    stuckBecause = null;
    cutNotBefore = 0;
    problems.warn(Recovery.words(because));
    return 1;
  }

  private void again(Input input) {
    listOf(partitionOfSlot[InstanceIds.slot(Recovery.addressee(input))]).add(input);
  }

  /** Sets the suspects aside; a suspect that was set aside before is left untouched from now on. */
  private void setAside(List<Suspect> because, List<Partition> before) {
    for (Suspect suspect : because) {
      String id = suspect.instanceId();
      int partition = partitionOfSlot[InstanceIds.slot(id)];
      if (before.get(partition).isUntouched(id)) {
        throw new IllegalStateException(
            "expected '%s' to be left untouched, but it has failed: %s"
                .formatted(id, suspect.block().words()));
      }
      if (before.get(partition).isSetAside(id)) {
        partitions.get(partition).leaveUntouched(id, suspect.block());
      } else {
        partitions.get(partition).setAside(id, suspect.block());
        // This input makes the block known even if no other input addresses the instance.
        listOf(partition).add(0, new Input.Block(id, null, suspect.block()));
      }
    }
  }

  private void release(Flight landed) {
    for (int i = 0; i < partitions.size(); i++) {
      partitions.get(i).durable(landed.cuts().get(i).number());
    }
    boolean told = false;
    for (Effect.WhenDurable effect : landed.effects()) {
      told |= perform(effect);
    }
    if (told) {
      wakeCallbacks.run();
    }
  }

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
