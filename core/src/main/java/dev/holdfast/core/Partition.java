package dev.holdfast.core;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The instances of a range of slots: decides everything that happens to them, and does nothing
 * itself.
 *
 * <p>{@link #on} takes what has happened and says what may be done at once. {@link #cut} takes what
 * must be written by now, with the effects that wait until it is durable, which {@link #durable}
 * reports. One thread at a time.
 *
 * <p>What has arrived but is not cut lives in memory only; a crash forgets it, and nobody has been
 * told of it.
 */
public final class Partition {
  private static final int TIMERS_PER_STEP = 1_000;

  private final int number;
  private final Store.Slots slots;
  private final Limits limits;
  private final LongSupplier keys;
  private final RandomGenerator dice;
  private final Predicate<String> servesOrchestrator;
  private final Problems problems;
  private final Set<Wound> wounds;

  private final Context context = new Context();
  private final Changes changes;
  private final Memory memory;
  private final Watchers watchers = new Watchers();
  private final TimerQueue timers;
  private final Lifecycle lifecycle;
  private final Turns turns;
  private final Starts starts;
  private final Rewinding rewinding;

  private final ArrayDeque<Queued> local = new ArrayDeque<>();
  private List<Effect.AtOnce> atOnce = new ArrayList<>();
  private long now;
  private long lastStamp;
  private long lastToken;

  /**
   * @param number 0…65,535, unique within the process
   * @param keys gives execution keys, rising over the whole hub
   * @param servesOrchestrator whether anybody could run an orchestrator of this name right now;
   *     safe from any thread
   * @param wounds empty but in tests
   */
  public Partition(
      int number,
      Store.Slots slots,
      Limits limits,
      LongSupplier keys,
      RandomGenerator dice,
      Predicate<String> servesOrchestrator,
      Problems problems,
      Set<Wound> wounds) {
    this.number = number;
    this.slots = slots;
    this.limits = limits;
    this.keys = keys;
    this.dice = dice;
    this.servesOrchestrator = servesOrchestrator;
    this.problems = problems;
    this.wounds = wounds.isEmpty() ? EnumSet.noneOf(Wound.class) : EnumSet.copyOf(wounds);
    this.changes = new Changes(limits, this.wounds);
    this.memory = new Memory(limits, changes, servesOrchestrator, this.wounds);
    this.timers = new TimerQueue(limits, this.wounds);
    this.lifecycle = new Lifecycle(context, watchers);
    this.turns = new Turns(context, lifecycle);
    this.starts = new Starts(context, lifecycle, turns);
    this.rewinding = new Rewinding(context, lifecycle, watchers);
    this.lastToken = dice.nextLong() >>> 24;
  }

  public int number() {
    return number;
  }

  public Store.Slots slots() {
    return slots;
  }

  /**
   * Takes what has happened, in order.
   *
   * @param now the hub's time, microseconds since the epoch; never less than at the call before
   * @return what may be done at once; the rest comes with the next {@link #cut}
   */
  public List<Effect.AtOnce> on(long now, List<? extends Input> inputs) {
    this.now = now;
    for (Input input : inputs) {
      take(input);
    }
    settle();
    List<Effect.AtOnce> result = atOnce;
    atOnce = new ArrayList<>();
    return result;
  }

  private void settle() {
    drainLocal();
    for (Rows.Timer timer : timers.due(now, TIMERS_PER_STEP)) {
      due(timer);
    }
    drainLocal();
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
      atOnce.add(load);
    }
  }

  private void drainLocal() {
    for (Queued next = local.poll(); next != null; next = local.poll()) {
      deliver(next);
    }
  }

  /**
   * Takes everything that must be written by now.
   *
   * @return the commit and what waits for it, both possibly empty
   */
  public Cut cut(long now) {
    this.now = now;
    memory.storeWaitingMail(this::mailName);
    Changes.Batch batch = changes.cut(now, memory::settled);
    return new Cut(batch.number(), batch.commit(), batch.whenDurable());
  }

  /**
   * @param number rises by one with each cut of this partition
   */
  public record Cut(long number, Commit commit, List<Effect.WhenDurable> whenDurable) {
    public Cut {
      whenDurable = List.copyOf(whenDurable);
    }

    public boolean isEmpty() {
      return commit.isEmpty() && whenDurable.isEmpty();
    }
  }

  /** The cut with this number, and so every one before it, is durable. */
  public void durable(long number) {
    memory.durable(number);
  }

  /** Whether a cut would have anything to look at. */
  public boolean hasChanges() {
    return !changes.isEmpty() || memory.hasUnstoredMail();
  }

  /**
   * When to call {@link #on} again though nothing has happened, for a timer; {@link Long#MAX_VALUE}
   * for never.
   */
  public long nextWake() {
    return memory.wantsAdmission() ? Long.MIN_VALUE : timers.nextWake();
  }

  /** The latest time that an event of this partition carries. */
  public long highestTime() {
    return lastStamp;
  }

  /** How many executions are in memory; a measure. */
  public int inMemory() {
    return memory.size();
  }

  /**
   * What this partition remembers otherwise than the store, in words; empty when all is well. Only
   * what is durable and at rest is compared. For tests, at a moment when every cut is durable.
   */
  public List<String> differences(Store store) {
    List<String> differences = new ArrayList<>();
    for (Instance instance : memory.atRest(changes)) {
      List<Store.Stored> stored = store.loadByKey(List.of(instance.key), Store.Detail.OPEN);
      if (stored.isEmpty()) {
        differences.add(instance.id + " is in memory, but not in the store");
      } else {
        Comparison.compare(instance, Instance.of(stored.get(0)), differences);
      }
    }
    timers.differences(
        store.timers(slots, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE),
        memory,
        differences);
    return differences;
  }

  private void take(Input input) {
    if (input instanceof Input.ToInstance toInstance) {
      deliver(new Queued(toInstance, null));
    } else if (input instanceof Input.Redelivered mail) {
      deliver(new Queued(mail.input(), mail.name()));
    } else if (input instanceof Input.Unwait gone) {
      watchers.remove(gone);
      memory.remove(gone);
    } else if (input instanceof Input.Loaded loaded) {
      loaded(loaded);
    } else if (input instanceof Input.HistoryLoaded loaded) {
      historyLoaded(loaded);
    } else if (input instanceof Input.TimersLoaded loaded) {
      timers.loaded(loaded);
    } else if (input instanceof Input.Admitted admitted) {
      admitted(admitted);
    } else if (input instanceof Input.ServedChanged) {
      memory.scanFromStart();
    } else {
      problems.impossible("expected an input of a known kind, but got " + input);
    }
  }

  /**
   * @param mail the keyed record that holds it, when it has one
   */
  record Queued(Input.ToInstance input, @Nullable String mail) {}

  private void deliver(Queued queued) {
    Input.ToInstance input = queued.input();
    if (memory.waitsBehind(queued)) {
      return;
    }
    Instance instance = memory.get(input.instanceId());
    if (instance == null && memory.mustLoad(queued, turnAnswer(input))) {
      return;
    }
    deliver(queued, instance);
  }

  /**
   * @param instance null when there is none
   */
  private void deliver(Queued queued, @Nullable Instance instance) {
    if (instance != null
        && queued.input() instanceof Input.Rewind rewind
        && Rewinding.isPossible(rewind, instance)) {
      changes.whenDurable(memory.awaitHistory(queued));
      return;
    }
    if (queued.mail() != null) {
      changes.record(queued.mail(), null);
    }
    handle(queued.input(), instance);
  }

  /** An answer to a turn that nobody remembers needs no look into the store: the turn is void. */
  private static boolean turnAnswer(Input.ToInstance input) {
    return (input instanceof Input.Answered answered
            && answered.answer() instanceof Answer.TurnDone)
        || (input instanceof Input.Start start && start.freshId());
  }

  private void handle(Input.ToInstance input, @Nullable Instance instance) {
    if (input instanceof Input.Answered answered) {
      answered(answered.answer(), instance);
    } else if (input instanceof Input.Start start) {
      begun(starts.start(start, instance));
    } else if (input instanceof Input.StartChild child) {
      begun(starts.startChild(child, instance));
    } else if (input instanceof Input.Get get) {
      reply(
          instance,
          get.asker(),
          Optional.ofNullable(instance).map(i -> Views.state(i, get.payloads())));
    } else if (input instanceof Input.Wait wait) {
      await(wait, instance);
    } else if (input instanceof Input.Raise raise) {
      raise(raise, instance);
    } else if (input instanceof Input.Send send) {
      if (instance != null && !instance.hasEnded()) {
        lifecycle.receive(
            instance, turns.eventRaised(send.name(), send.input()), Message.Source.INSTANCE);
        turns.openIfDue(instance);
      }
    } else if (input instanceof Input.Resolve resolve) {
      resolve(resolve, instance);
    } else if (input instanceof Input.Terminate terminate) {
      terminate(terminate, instance);
    } else if (input instanceof Input.Suspend suspend) {
      control(
          instance,
          suspend.asker(),
          i -> {
            if (!i.isSuspended()) {
              lifecycle.suspend(i, suspend.reason());
            }
          });
    } else if (input instanceof Input.Resume resume) {
      control(
          instance,
          resume.asker(),
          i -> {
            if (i.isSuspended()) {
              lifecycle.resume(i, resume.reason());
              admit(i);
              turns.openIfDue(i);
            }
          });
    } else if (input instanceof Input.Rewind rewind) {
      rewinding.impossible(rewind, instance);
    } else if (input instanceof Input.Purge purge) {
      purge(purge, instance);
    } else if (input instanceof Input.Explain explain) {
      reply(instance, explain.asker(), Optional.ofNullable(instance).map(Views::explain));
    } else {
      problems.impossible("expected an input for an instance, but got " + input);
    }
  }

  private <T> void reply(@Nullable Instance about, Asker<T> asker, T value) {
    Effect.Reply<T> reply = new Effect.Reply<>(asker, value);
    if (about == null) {
      changes.whenDurable(reply);
    } else {
      changes.whenDurable(about, reply);
    }
  }

  /** A new or revived execution runs, unless there are too many or nobody serves it. */
  private void begun(@Nullable Instance instance) {
    if (instance == null || instance.startAt != 0) {
      return;
    }
    if (!mayRun(instance)) {
      memory.park(instance);
      return;
    }
    dispatchActivities(instance);
    turns.openIfDue(instance);
  }

  /** What is parked in memory goes on if it may by now. */
  private void admit(Instance instance) {
    if (instance.parked && mayRun(instance)) {
      memory.unpark(instance);
      dispatchActivities(instance);
    }
  }

  private boolean mayRun(Instance instance) {
    if (!servesOrchestrator.test(instance.row.state().getName())) {
      return false;
    }
    if (memory.hasRoom(instance)) {
      return true;
    }
    memory.leftBehind(instance);
    return false;
  }

  private void dispatchActivities(Instance instance) {
    if (instance.openActivities == 0 || instance.hasEnded()) {
      return;
    }
    for (OpenTask task : instance.open.values()) {
      if (task.kind == Explanation.Kind.ACTIVITY && !task.answered) {
        changes.dispatch(instance, turns.activity(instance, task));
      }
    }
  }

  private void await(Input.Wait wait, @Nullable Instance instance) {
    if (instance != null && Watchers.isOver(wait, instance)) {
      reply(instance, wait.asker(), Optional.of(Views.state(instance, wait.payloads())));
    } else {
      watchers.add(wait);
    }
  }

  private void raise(Input.Raise raise, @Nullable Instance instance) {
    if (instance == null) {
      reply(null, raise.asker(), Input.Delivered.NO_SUCH_INSTANCE);
    } else if (instance.hasEnded()) {
      reply(instance, raise.asker(), Input.Delivered.TERMINAL);
    } else if (instance.inbox.size() >= limits.inboxMax()) {
      changes.whenDurable(
          instance,
          new Effect.Refuse(
              raise.asker(),
              new RefusedException(
                  RefusedException.Reason.OVERLOADED,
                  "Instance '%s' has %d unread messages, the limit (inboxMax). Raise the event again when it has read some."
                      .formatted(instance.id, instance.inbox.size()))));
    } else {
      Message message =
          lifecycle.receive(
              instance, turns.eventRaised(raise.name(), raise.input()), Message.Source.CLIENT);
      message.replies.add(new Effect.Reply<>(raise.asker(), Input.Delivered.ACCEPTED));
      turns.openIfDue(instance);
    }
  }

  private void resolve(Input.Resolve resolve, @Nullable Instance instance) {
    if (instance == null || instance.hasEnded()) {
      return;
    }
    String execution = resolve.parent().getOrchestrationInstance().getExecutionId().getValue();
    OpenTask task = instance.open.get(resolve.parent().getTaskScheduledId());
    if (task == null
        || task.answered
        || task.kind != Explanation.Kind.CHILD
        || !(execution.equals(instance.executionId())
            || wounds.contains(Wound.EXECUTION_NOT_CHECKED))) {
      return;
    }
    lifecycle.receive(instance, resolve.outcome(), Message.Source.INSTANCE);
    turns.openIfDue(instance);
  }

  private void control(
      @Nullable Instance instance,
      @Nullable Asker<Input.Delivered> asker,
      java.util.function.Consumer<Instance> action) {
    Input.Delivered delivered = Input.Delivered.ACCEPTED;
    if (instance == null) {
      delivered = Input.Delivered.NO_SUCH_INSTANCE;
    } else if (instance.hasEnded()) {
      delivered = Input.Delivered.TERMINAL;
    } else {
      action.accept(instance);
    }
    if (asker != null) {
      reply(instance, asker, delivered);
    }
  }

  private void terminate(Input.Terminate terminate, @Nullable Instance instance) {
    control(
        instance,
        terminate.asker(),
        i -> {
          if (terminate.onlyChildOf() == null || i.isChildOf(terminate.onlyChildOf())) {
            lifecycle.terminate(i, turns, terminate.output(), terminate.recursive());
          }
        });
  }

  private void purge(Input.Purge purge, @Nullable Instance instance) {
    boolean ended = instance != null && instance.hasEnded();
    if (instance != null && ended) {
      context.remove(instance);
      watchers.purged(instance.id, changes);
    }
    reply(null, purge.asker(), ended);
  }

  private void answered(Answer answer, @Nullable Instance instance) {
    if (instance == null) {
      return;
    }
    if (answer instanceof Answer.TurnDone done) {
      Instance.OpenTurn turn = instance.turn;
      if (turn != null && turn.token() == done.item().token()) {
        turns.close(instance, turn, done.response());
        Instance current = memory.get(instance.id);
        if (current != null) {
          turns.openIfDue(current);
        }
      }
    } else if (answer instanceof Answer.ActivityDone done) {
      activityDone(done, instance);
    } else {
      problems.impossible("expected the answer of a turn or an activity, but got " + answer);
    }
  }

  private void activityDone(Answer.ActivityDone done, Instance instance) {
    OpenTask task = instance.open.get(done.item().taskId());
    boolean current =
        done.item().executionId().equals(instance.executionId())
            || wounds.contains(Wound.EXECUTION_NOT_CHECKED);
    if (task == null || task.kind != Explanation.Kind.ACTIVITY || !current || instance.hasEnded()) {
      return;
    }
    if (task.answered && !wounds.contains(Wound.DUPLICATE_ANSWER_TAKEN)) {
      return;
    }
    Timestamp at = Times.timestamp(context.stamp());
    ActivityResponse response = done.response();
    StringValue result = response.hasResult() ? response.getResult() : null;
    HistoryEvent event =
        response.hasFailureDetails()
            ? Events.taskFailed(at, task.id(), response.getFailureDetails())
            : Events.taskCompleted(at, task.id(), result);
    lifecycle.receive(instance, event, Message.Source.AGAIN);
    turns.openIfDue(instance);
  }

  private void due(Rows.Timer timer) {
    Instance instance = memory.byKey(timer.key());
    if (instance == null) {
      memory.mustLoad(timer);
      return;
    }
    if (timer.timerId() == Rows.Timer.SCHEDULED_START) {
      if (instance.startAt != 0 && instance.startAt <= now) {
        instance.startAt = 0;
        changes.dropScheduledStart(instance);
        begun(instance);
      }
      return;
    }
    OpenTask task = instance.open.get(timer.timerId());
    if (task == null
        || task.answered
        || task.kind != Explanation.Kind.TIMER
        || instance.hasEnded()
        || Times.microsUp(task.fireAt()) > now) {
      return;
    }
    lifecycle.receive(instance, turns.timerFired(task), Message.Source.AGAIN);
    turns.openIfDue(instance);
  }

  private void loaded(Input.Loaded loaded) {
    memory.readAnswered(loaded.read());
    for (Store.Stored stored : loaded.found()) {
      install(stored);
    }
    for (Rows.Timer timer : memory.timersLoaded(loaded.keys())) {
      due(timer);
    }
    for (String id : loaded.ids()) {
      for (Queued queued : memory.loaded(id)) {
        if (!memory.waitsBehind(queued)) {
          deliver(queued, memory.get(id));
        }
      }
    }
  }

  private void historyLoaded(Input.HistoryLoaded loaded) {
    memory.readAnswered(loaded.read());
    for (Queued queued : memory.historyLoaded(loaded.instanceId())) {
      Instance instance = memory.get(loaded.instanceId());
      Store.Stored stored = loaded.stored();
      if (instance == null
          || stored == null
          || instance.key != stored.instance().key()
          || !(queued.input() instanceof Input.Rewind rewind)
          || !Rewinding.isPossible(rewind, instance)) {
        // It came behind a rewind, or something else has become of the instance meanwhile.
        deliver(queued);
        continue;
      }
      if (queued.mail() != null) {
        changes.record(queued.mail(), null);
      }
      List<HistoryEvent> history = new ArrayList<>();
      stored.history().forEach(chunk -> history.addAll(HistoryBytes.events(chunk.bytes())));
      begun(rewinding.goBack(instance, history, rewind));
    }
  }

  private void admitted(Input.Admitted admitted) {
    memory.admitted(admitted);
    for (Store.Stored stored : admitted.found()) {
      Instance known = memory.get(stored.instance().id());
      if (known == null) {
        if (servesOrchestrator.test(stored.instance().state().getName())) {
          install(stored);
        }
      } else {
        admit(known);
        turns.openIfDue(known);
      }
    }
  }

  private void install(Store.Stored stored) {
    if (memory.knows(stored.instance())) {
      return;
    }
    Instance instance = Instance.of(stored);
    memory.install(instance);
    // Its timers may be due and may have been taken from the queue before it was here.
    for (Rows.Timer timer : stored.timers()) {
      timers.add(timer);
    }
    if (!instance.hasEnded() && (instance.openActivities > 0 || !instance.inbox.isEmpty())) {
      begun(instance);
    }
  }

  private String mailName() {
    return "%016x%08x".formatted(context.stamp(), dice.nextInt());
  }

  private final class Context implements PartitionContext {
    @Override
    public long now() {
      return now;
    }

    @Override
    public long stamp() {
      lastStamp = Math.max(now, lastStamp + 1);
      return lastStamp;
    }

    @Override
    public long nextToken() {
      lastToken++;
      return ((long) number << 48) | lastToken;
    }

    @Override
    public long nextKey() {
      return keys.getAsLong();
    }

    @Override
    public String newExecutionId() {
      return InstanceIds.random(dice);
    }

    @Override
    public Limits limits() {
      return limits;
    }

    @Override
    public Problems problems() {
      return problems;
    }

    @Override
    public Changes changes() {
      return changes;
    }

    @Override
    public boolean wounded(Wound wound) {
      return wounds.contains(wound);
    }

    @Override
    public void open(WorkItem.Turn turn) {
      atOnce.add(new Effect.Open(turn));
    }

    @Override
    public void hand(Input.ToInstance message) {
      if (slots.contains(InstanceIds.slot(message.instanceId()))) {
        local.add(new Queued(message, null));
      } else {
        atOnce.add(new Effect.Hand(message));
      }
    }

    @Override
    public void setTimer(Instance instance, int timerId, long fireAt) {
      changes.timer(instance, timerId, fireAt);
      timers.add(new Rows.Timer(instance.key, timerId, instance.slot, fireAt));
    }

    @Override
    public void put(Instance instance) {
      memory.install(instance);
    }

    @Override
    public void remove(Instance instance) {
      changes.remove(instance);
      memory.remove(instance);
    }
  }
}
