package dev.holdfast.engine.loop;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Asker;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Input;
import dev.holdfast.core.Limits;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Milestone;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.SpanSink;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Undone;
import dev.holdfast.core.Wound;
import dev.holdfast.core.partition.Partition;
import dev.holdfast.engine.agent.Agent;
import dev.holdfast.engine.clock.HubClock;
import dev.holdfast.engine.dispatch.Dispatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

  private final Partitions partitions;
  private final Intake intake = new Intake();
  private final Performing performing;
  private final Limits limits;
  private final HubClock clock;
  private final Store store;
  private final CommitPipeline pipeline;
  private final Dispatcher dispatcher;
  private final Callbacks callbacks;
  private final Problems problems;
  private final Set<Wound> wounds;
  private final Wakes wakes;
  private final Consumer<String> broken;

  /** Holds records of the hub itself; the next flush writes them. */
  private final List<Rows.Keyed> records = new ArrayList<>();

  /** Holds the effects of the cuts made so far, while the loop makes the cuts of all partitions. */
  private List<Effect.WhenDurable> cutting = List.of();

  /** Holds effects of flushes that are not performed because the loop discards its memory. */
  private final List<Effect.WhenDurable> unperformed = new ArrayList<>();

  private long nextFlush;
  private @Nullable Flight flight;
  private long cutNotBefore;
  private volatile @Nullable String stuckBecause;
  private volatile boolean quiet = true;

  /** Says that the loop has work although the queue is empty. */
  private boolean begun;

  /** Counts the inputs taken from the queue in the current step. */
  private int taken;

  /**
   * Names the instances whose changes the store refuses or whose handling has failed halfway, so
   * that memory must be discarded; null while all is well.
   */
  private @Nullable List<Suspect> suspects;

  private long recoverAt;
  private int recoveries;

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
      Wakes wakes,
      Consumer<String> broken) {}

  /** Holds the actions that wake the agents to which a loop gives work. */
  public record Wakes(Runnable pipeline, Runnable reader, Runnable callbacks) {}

  public Loop(Parts parts) {
    this.partitions = new Partitions(parts.begin());
    this.performing = new Performing(parts, partitions);
    this.limits = parts.limits();
    this.clock = parts.clock();
    this.store = parts.store();
    this.pipeline = parts.pipeline();
    this.dispatcher = parts.dispatcher();
    this.callbacks = parts.callbacks();
    this.problems = parts.problems();
    this.wounds = parts.wounds();
    this.wakes = parts.wakes();
    this.broken = parts.broken();
    this.nextFlush = store.opened().lastFlush() + 1;
  }

  /**
   * Reports milestones, once they are durable, to this consumer and no longer to the previous one.
   * The consumer is called on the thread of the loop. Any thread may call this.
   */
  public void measure(Consumer<Milestone> milestones) {
    performing.measure(milestones);
  }

  /**
   * Takes an input for an instance. Any thread may call this, and must wake the loop afterwards.
   */
  public void add(Input.ToInstance input) {
    intake.add(new Intake.ToInstance(input));
  }

  /** Takes an input for the partition of this instance id. */
  public void add(String instanceId, Input input) {
    intake.add(new Intake.ToPartition(partitions.indexOf(instanceId), input));
  }

  /** Takes an input for every partition. */
  public void addToAll(Input input) {
    for (int i = 0; i < partitions.count(); i++) {
      intake.add(new Intake.ToPartition(i, input));
    }
  }

  private void redeliver(Rows.Keyed mail) {
    Input.ToInstance input = KeptMail.read(mail, problems);
    if (input != null) {
      partitions.add(
          partitions.indexOf(input.instanceId()), new Input.Redelivered(mail.name(), input));
    }
  }

  /**
   * Takes the stored messages that are not delivered yet and the stored blocks. It is called before
   * the first step, on the thread of the loop.
   */
  public void remembered(List<Rows.Keyed> mail, List<Rows.Keyed> blocked) {
    for (Rows.Keyed block : blocked) {
      partitions.of(block.name()).setAside(block.name(), Blocked.of(block.bytes()));
    }
    for (Rows.Keyed each : mail) {
      redeliver(each);
    }
    // This input makes every partition read its timers and its ready executions in its first step.
    for (int i = 0; i < partitions.count(); i++) {
      partitions.add(i, new Input.ServedChanged());
    }
    begun = true;
    quiet = false;
  }

  /**
   * Writes a record with the next flush. Any thread may call this, and must wake the loop
   * afterwards.
   */
  public void remember(Rows.Keyed keyed) {
    intake.add(new Intake.Remember(keyed));
  }

  @Override
  public void answer(Answer answer) {
    intake.add(new Intake.Done(answer));
  }

  @Override
  public void answer(int partition, Input input) {
    intake.add(new Intake.Read(partition, input));
  }

  /** Takes the outcome of a flush; the pipeline calls this. */
  public void flushed(CommitPipeline.Result result) {
    intake.add(result);
  }

  /**
   * Returns the number of inputs that are not handled yet, which measures the overload of the loop.
   */
  public int backlog() {
    return intake.backlog();
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
    return intake.backlog() == 0 && quiet;
  }

  /** Returns the number of executions in memory. */
  public int inMemory() {
    return partitions.inMemory();
  }

  /**
   * Returns the differences between memory and store; the result is empty while a flush is under
   * way, because they are unknown then.
   */
  public List<String> differences() {
    List<String> differences = new ArrayList<>();
    if (flight == null && suspects == null) {
      partitions.all().forEach(partition -> differences.addAll(partition.differences(store)));
    }
    return differences;
  }

  @Override
  public boolean hasWork() {
    boolean waits = suspects != null; // It waits for a flush or the store.
    return intake.hasResults()
        || (!waits && (begun || !intake.isEmpty() || dispatcher.hasPlacesChanged()));
  }

  @Override
  public long nextWake() {
    if (suspects != null) {
      return flight == null ? recoverAt : Long.MAX_VALUE;
    }
    long wake = Math.min(dispatcher.nextWake(), partitions.nextWake());
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
      intake.handled(taken);
    }
  }

  private int step(long now) {
    takeResults(now);
    if (suspects != null) {
      return taken;
    }
    take(now);
    boolean due = begun || partitions.nextWake() <= now;
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
    for (CommitPipeline.Result next = intake.nextResult();
        next != null;
        next = intake.nextResult()) {
      taken++;
      ended(next, now);
    }
  }

  private void take(long now) {
    while (taken < INPUTS_PER_STEP) {
      Intake.Arrival next = intake.next();
      if (next == null) {
        break;
      }
      taken++;
      take(next, now);
    }
  }

  private void take(Intake.Arrival next, long now) {
    if (next instanceof Intake.Done done) {
      if (!dispatcher.takes(done.answer(), now)) {
        partitions.add(new Input.Answered(done.answer()));
      }
    } else if (next instanceof Intake.ToInstance arrived) {
      partitions.add(arrived.input());
    } else if (next instanceof Intake.ToPartition arrived) {
      partitions.add(arrived.index(), arrived.input());
    } else if (next instanceof Intake.Read read) {
      partitions.addRead(read.number(), read.input());
    } else if (next instanceof Intake.Remember remember) {
      records.add(remember.keyed());
    }
  }

  /**
   * Hands over messages between partitions until none are left, so that one cut contains both the
   * cause and the effect of a message.
   */
  private void runPartitions(long now) {
    boolean handed = true;
    while (handed) {
      handed = false;
      for (int i = 0; i < partitions.count(); i++) {
        for (Effect.AtOnce effect : partitions.on(i, now)) {
          handed |= performing.perform(i, effect);
        }
      }
    }
  }

  private boolean hasChanges() {
    return !records.isEmpty() || partitions.hasChanges();
  }

  private int cutIfFree(long now) {
    if (flight != null || now < cutNotBefore || !hasChanges()) {
      return 0;
    }
    List<Partition.Cut> cuts = new ArrayList<>(partitions.count());
    List<Effect.WhenDurable> effects = new ArrayList<>();
    cutting = effects;
    Commit.Builder commit = Commit.builder();
    for (int i = 0; i < partitions.count(); i++) {
      Partition.Cut cut = partitions.cut(i, now);
      cuts.add(cut);
      effects.addAll(withReader(i, cut.whenDurable()));
      commit.add(cut.commit());
    }
    partitions.done();
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
    pipeline.submit(new Store.Flush(cutNow.number(), partitions.highestTime(now), commit.build()));
    wakes.pipeline().run();
    return 1;
  }

  /**
   * Adds the partition to reads that must wait for a cut, because a read does not name its
   * partition.
   */
  private List<Effect.WhenDurable> withReader(int index, List<Effect.WhenDurable> effects) {
    boolean reads = false;
    for (Effect.WhenDurable effect : effects) {
      reads |= Recovery.isRead(effect);
    }
    if (!reads) {
      return effects;
    }
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
        performing.perform(Recovery.told(landed.effects()));
        unperformed.addAll(landed.effects());
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
  public @Nullable String handling() {
    return partitions.handling();
  }

  /** Makes the next step set these instances aside. */
  public void suspect(List<Suspect> found, long now) {
    suspects = found;
    recoverAt = now;
  }

  private void refuse(List<Asker<?>> askers, List<Suspect> because) {
    if (!askers.isEmpty()) {
      performing.refuse(askers, Recovery.refusal(because));
    }
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
    if (++recoveries > RECOVERIES_MAX || !partitions.canBeginAgain()) {
      broken.accept("the hub has begun again %d times in vain: %s".formatted(recoveries, because));
      return 1;
    }
    List<Partition> before = partitions.all();
    List<Undone> undone = before.stream().map(Partition::undone).toList();
    List<Input> waiting = partitions.beginAgain();
    remembered(mail, blocked);
    setAside(because, before);
    unperformed.addAll(cutting);
    dispatcher.beginAgain(partitions.firstNumber(), Recovery.handedOut(undone, unperformed));
    refuse(Effect.askers(cutting), because);
    cutting = List.of();
    unperformed.clear();
    for (Undone each : undone) {
      refuse(each.unanswered(), because);
      each.undelivered().forEach(this::again);
    }
    waiting.stream().filter(Partition::outlives).forEach(this::again);
    partitions.done();
    suspects = null;
    stuckBecause = null;
    cutNotBefore = 0;
    problems.warn(Recovery.words(because));
    return 1;
  }

  private void again(Input input) {
    partitions.add(partitions.indexOf(Recovery.addressee(input)), input);
  }

  /** Sets the suspects aside; a suspect that was set aside before is left untouched from now on. */
  private void setAside(List<Suspect> because, List<Partition> before) {
    for (Suspect suspect : because) {
      String id = suspect.instanceId();
      int partition = partitions.indexOf(id);
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
        partitions.addFirst(new Input.Block(id, null, suspect.block()));
      }
    }
  }

  private void release(Flight landed) {
    for (int i = 0; i < partitions.count(); i++) {
      partitions.get(i).durable(landed.cuts().get(i).number());
    }
    performing.perform(landed.effects());
  }
}
