package dev.holdfast.core;

import dev.holdfast.protocol.HistoryEvent;
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
 * Decides everything that happens to the instances and entities of a range of slots, and performs
 * nothing itself.
 *
 * <p>{@link #on} takes inputs and returns effects that may happen at once. {@link #cut} takes what
 * must be written by now, with the effects that wait until it is durable, which {@link #durable}
 * reports. One thread at a time calls a partition.
 *
 * <p>What has arrived but is not cut lives in memory only; a crash loses it, but no asker has been
 * told of it.
 */
public final class Partition {
  private static final int TIMERS_PER_STEP = 1_000;

  private final int number;
  private final Store.Slots slots;
  private final Limits limits;
  private final LongSupplier keys;
  private final RandomGenerator dice;
  private final Predicate<String> served;
  private final Problems problems;
  private final Set<Wound> wounds;

  private final Context context = new Context();
  private final Changes changes;
  private final Tracing tracing;
  private final Memory memory;
  private final Watchers watchers = new Watchers();
  private final TimerQueue timers;
  private final Orchestrations orchestrations;
  private final Entities entities;
  private final Unreadables unreadables;

  private final Aside aside = new Aside();

  private final ArrayDeque<Queued> local = new ArrayDeque<>();

  /** These fields hold the inputs of the current call and how far they are taken. */
  private List<? extends Input> taking = List.of();

  private int taken;
  private @Nullable String handling;

  /** Holds inputs that have waited for a read that is answered, while they are delivered. */
  private final ArrayDeque<Queued> inHand = new ArrayDeque<>();

  /** Holds the input being delivered; if its delivery throws, the input is lost. */
  private @Nullable Queued failing;

  private List<Effect.AtOnce> atOnce = new ArrayList<>();
  private long now;
  private long lastStamp;
  private final long tokenBeforeFirst;
  private long lastToken;

  /**
   * @param number 0…65,535, unique within the process
   * @param keys gives execution keys that rise over the whole hub
   * @param served tells whether this name can run right now: an orchestrator's name, or an entity's
   *     name with an at-sign before it; safe from any thread
   * @param wounds empty except in tests
   * @param traces takes the spans; null when nothing is traced here
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
    this.number = number;
    this.slots = slots;
    this.limits = limits;
    this.keys = keys;
    this.dice = dice;
    this.served = served;
    this.problems = problems;
    this.wounds = wounds.isEmpty() ? EnumSet.noneOf(Wound.class) : EnumSet.copyOf(wounds);
    this.changes = new Changes(limits, this.wounds);
    this.tracing = new Tracing(traces == null ? null : traces::samples, changes);
    this.memory = new Memory(limits, changes, served, this.wounds);
    this.timers = new TimerQueue(limits, this.wounds);
    this.orchestrations = new Orchestrations(context, memory, watchers);
    this.entities = new Entities(context, memory);
    this.unreadables = new Unreadables(context, memory, watchers, this::mailName, local::add);
    this.tokenBeforeFirst = dice.nextLong() >>> 24;
    this.lastToken = tokenBeforeFirst;
  }

  public int number() {
    return number;
  }

  public Store.Slots slots() {
    return slots;
  }

  /**
   * Takes inputs in order.
   *
   * @param now the hub's time, microseconds since the epoch; never less than at the call before
   * @return effects that may happen at once; the others come with the next {@link #cut}
   */
  public List<Effect.AtOnce> on(long now, List<? extends Input> inputs) {
    this.now = now;
    taking = inputs;
    for (taken = 0; taken < inputs.size(); taken++) {
      take(inputs.get(taken));
    }
    settle();
    handling = null;
    failing = null;
    List<Effect.AtOnce> result = atOnce;
    atOnce = new ArrayList<>();
    return result;
  }

  private void settle() {
    drainLocal();
    for (Rows.Timer timer : timers.due(now, TIMERS_PER_STEP)) {
      due(timer);
    }
    orchestrations.openHeld();
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
   * @return the commit and the effects that wait for it, both possibly empty
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

  /** Reports that the cut with this number, and so every one before it, is durable. */
  public void durable(long number) {
    memory.durable(number);
  }

  /**
   * Returns the id that the call of {@link #on} or {@link #cut} was about which has just thrown;
   * null when it was about none in particular.
   */
  public @Nullable String handling() {
    String cutting = changes.handling();
    return cutting == null ? handling : cutting;
  }

  /**
   * Sets this instance or entity aside as soon as it has been read, before anything of it runs. The
   * call must come before it can have been read.
   */
  public void setAside(String id, Blocked block) {
    aside.whenRead(id, block);
  }

  /**
   * Leaves this instance or entity unread and unwritten until a person retries it: clients are
   * refused, other instances' messages are kept as mail. Call this as early as {@link #setAside}.
   */
  public void leaveUntouched(String id, Blocked block) {
    aside.untouched(id, block);
    changes.recordBlock(id, block.begunBy(now).message().toByteString());
  }

  /** Returns whether the id is set aside, by whatever means. */
  public boolean isSetAside(String id) {
    Resident resident = memory.get(id);
    return aside.holds(id) || (resident != null && resident.isBlocked());
  }

  /** Returns whether {@link #leaveUntouched} holds for the id. */
  public boolean isUntouched(String id) {
    return aside.untouched(id) != null;
  }

  /** Takes over from a partition that is given up, so that its times are not used again. */
  public void succeed(Partition before) {
    lastStamp = before.lastStamp;
  }

  /**
   * Returns what is lost with this partition's memory if the engine begins again from the store.
   * The partition takes no input afterwards.
   */
  public Undone undone() {
    List<Effect.WhenDurable> effects = new ArrayList<>(changes.waiting());
    List<WorkItem.Activity> out = new ArrayList<>();
    for (Resident resident : memory.all()) {
      effects.addAll(resident.repliesToInsert);
      resident.notInHistory().forEach(message -> effects.addAll(message.replies));
      if (resident instanceof Instance instance && instance.openActivities > 0) {
        orchestrations.handedOut(instance, out);
      }
    }
    List<Asker<?>> unanswered = new ArrayList<>(Effect.askers(effects));
    List<Input> undelivered = new ArrayList<>();
    List<Input> rest = new ArrayList<>();
    memory.undelivered().forEach(queued -> rest.add(queued.input()));
    // The current input has failed; those behind it have not been taken.
    if (failing != null && failing.input().asker() != null) {
      unanswered.add(failing.input().asker());
    }
    inHand.forEach(queued -> rest.add(queued.input()));
    if (taken < taking.size()) {
      rest.addAll(taking.subList(taken + 1, taking.size()));
    }
    rest.stream().filter(Partition::outlives).forEach(undelivered::add);
    undelivered.addAll(watchers.all());
    out.removeIf(item -> effects.stream().anyMatch(effect -> dispatches(effect, item)));
    return new Undone(unanswered, undelivered, out);
  }

  private static boolean dispatches(Effect.WhenDurable effect, WorkItem.Activity item) {
    return effect instanceof Effect.Dispatch dispatch && dispatch.item().token() == item.token();
  }

  /**
   * Returns whether an input without effect yet may go to a partition's successor. Messages between
   * instances may not: either they were never sent, or the store has kept them.
   */
  public static boolean outlives(Input input) {
    return input instanceof Input.Unwait
        || (input instanceof Input.ToInstance toInstance && !Mailbag.isMail(toInstance));
  }

  /** Returns whether a cut would have anything to look at. */
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
    return lastStamp;
  }

  /** Counts the executions in memory; a measure. */
  public int inMemory() {
    return memory.size();
  }

  /**
   * Compares the memory of this partition with the store and returns the differences in words;
   * there are none when all is well. Only what is durable and at rest is compared. This is for
   * tests, at a moment when every cut is durable.
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
        store.timers(slots, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE).stream()
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
      unreadables.addAll(loaded.unreadable(), aside);
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
   * @param mail names the keyed record that holds the input; null when none does
   */
  record Queued(Input.ToInstance input, @Nullable String mail) {}

  private void deliver(Queued queued) {
    Input.ToInstance input = queued.input();
    handling = input.instanceId();
    failing = queued;
    Blocked untouched = aside.untouched(input.instanceId());
    if (untouched != null) {
      refuse(queued, untouched);
      return;
    }
    if (memory.waitsBehind(queued)) {
      return;
    }
    Resident resident = memory.get(input.instanceId());
    if (resident == null
        && (unreadables.takes(queued) || memory.mustLoad(queued, needsNoLoad(input)))) {
      return;
    }
    deliver(queued, resident);
  }

  private void refuse(Queued queued, Blocked untouched) {
    Input.ToInstance input = queued.input();
    if (Mailbag.isMail(input)) {
      memory.keep(queued);
    } else if (input instanceof Input.Retry retry) {
      aside.release(retry.instanceId());
      List<Queued> kept = memory.loaded(retry.instanceId());
      // This reads the instance, clears its block if there is one, and wakes it.
      deliver(new Queued(new Input.Retry(retry.instanceId(), new Released(retry.asker())), null));
      kept.forEach(this::deliver);
    } else if (input.asker() != null) {
      changes.whenDurable(
          new Effect.Refuse(
              input.asker(),
              new RefusedException(
                  RefusedException.Reason.FAILED_PRECONDITION,
                  "'%s' is blocked and cannot even be read or written: %s. Once the cause is gone, try it again (holdfast retry %s)."
                      .formatted(input.instanceId(), untouched.words(), input.instanceId()))));
    }
  }

  /** Answers a retry; the answer that the row was not blocked counts as success. */
  private record Released(Asker<Input.Delivered> asker) implements Asker<Input.Delivered> {
    @Override
    public void answered(Input.Delivered value) {
      asker.answered(value);
    }

    @Override
    public void refused(RefusedException why) {
      if (why.reason() == RefusedException.Reason.FAILED_PRECONDITION) {
        asker.answered(Input.Delivered.ACCEPTED);
      } else {
        asker.refused(why);
      }
    }
  }

  /**
   * @param resident null when none has this id
   */
  private void deliver(Queued queued, @Nullable Resident resident) {
    handling = queued.input().instanceId();
    failing = queued;
    if (resident instanceof Instance instance
        && queued.input() instanceof Input.Rewind rewind
        && Rewinding.isPossible(rewind, instance)) {
      changes.whenDurable(memory.awaitHistory(queued));
      return;
    }
    if (queued.mail() != null) {
      changes.record(queued.mail(), null);
    }
    if (EntityIds.isEntity(queued.input().instanceId())) {
      entities.handle(queued.input(), (Entity) resident);
    } else {
      orchestrations.handle(queued.input(), (Instance) resident);
    }
  }

  /** Returns whether no read is needed: memory knows every open turn and batch. */
  private static boolean needsNoLoad(Input.ToInstance input) {
    return (input instanceof Input.Answered answered
            && !(answered.answer().item() instanceof WorkItem.Activity))
        || (input instanceof Input.Start start && start.freshId());
  }

  private void due(Rows.Timer timer) {
    Resident resident = memory.byKey(timer.key());
    handling = resident == null ? null : resident.id;
    if (resident instanceof Instance instance) {
      orchestrations.due(instance, timer.timerId());
    } else if (resident instanceof Entity entity) {
      entities.due(entity, timer.timerId());
    } else {
      memory.mustLoad(timer);
    }
  }

  private void loaded(Input.Loaded loaded) {
    memory.readAnswered(loaded.read());
    unreadables.addAll(loaded.unreadable(), aside);
    for (Store.Stored stored : loaded.found()) {
      install(stored);
    }
    for (Rows.Timer timer : memory.timersLoaded(loaded.keys())) {
      due(timer);
    }
    for (String id : loaded.ids()) {
      Resident resident = memory.get(id);
      boolean isThere = resident != null || unreadables.holds(id);
      boolean isGone = !isThere && aside.take(id) != null;
      boolean isFree =
          !unreadables.holds(id)
              && aside.wasReleased(id)
              && (resident == null || !resident.isBlocked());
      if (isGone || isFree) {
        changes.recordBlock(id, null);
      }
      inHand.addAll(memory.loaded(id));
      for (Queued queued = inHand.poll(); queued != null; queued = inHand.poll()) {
        if (memory.waitsBehind(queued)) {
          continue;
        }
        Resident now = memory.get(id);
        failing = queued;
        if (now != null || !unreadables.takes(queued)) {
          deliver(queued, now);
        }
      }
    }
  }

  private void historyLoaded(Input.HistoryLoaded loaded) {
    memory.readAnswered(loaded.read());
    inHand.addAll(memory.historyLoaded(loaded.instanceId()));
    for (Queued queued = inHand.poll(); queued != null; queued = inHand.poll()) {
      failing = queued;
      Store.Stored stored = loaded.stored();
      if (unreadables.refusesRewind(loaded.problem(), queued)) {
        continue;
      }
      if (!(memory.get(loaded.instanceId()) instanceof Instance instance)
          || stored == null
          || instance.key != stored.instance().key()
          || !(queued.input() instanceof Input.Rewind rewind)
          || !Rewinding.isPossible(rewind, instance)) {
        // The input came behind a rewind, or the instance has changed meanwhile.
        deliver(queued);
        continue;
      }
      if (queued.mail() != null) {
        changes.record(queued.mail(), null);
      }
      List<HistoryEvent> history = new ArrayList<>();
      stored.history().forEach(chunk -> history.addAll(HistoryBytes.events(chunk.bytes())));
      orchestrations.rewind(instance, history, rewind);
    }
  }

  private void admitted(Input.Admitted admitted) {
    memory.admitted(admitted);
    unreadables.addAll(admitted.unreadable(), aside);
    for (Store.Stored stored : admitted.found()) {
      Resident known = memory.get(stored.instance().id());
      handling = stored.instance().id();
      if (known instanceof Instance instance) {
        orchestrations.admit(instance);
      } else if (known instanceof Entity entity) {
        entities.proceed(entity);
      } else if (served.test(stored.instance().name())) {
        install(stored);
      }
    }
  }

  private void install(Store.Stored stored) {
    String id = stored.instance().id();
    handling = id;
    if (memory.knows(stored.instance()) || aside.untouched(id) != null) {
      return;
    }
    if (aside.holds(id)) {
      installAside(stored);
      return;
    }
    Rows.Instance row = stored.instance();
    Resident resident;
    try {
      resident = EntityIds.isEntity(row.id()) ? Entity.of(stored) : Instance.of(stored);
    } catch (RuntimeException | Error e) {
      // Nothing has changed yet, and each try would fail alike: only this one stands still.
      unreadables.add(Unreadable.of(row.id(), row.key(), row, e));
      return;
    }
    memory.install(resident);
    addTimers(stored);
    if (resident instanceof Entity entity) {
      entities.proceed(entity);
    } else {
      orchestrations.loaded((Instance) resident);
    }
  }

  /** Sets it aside while it is listed: if this throws, it must not be touched at all. */
  private void installAside(Store.Stored stored) {
    String id = stored.instance().id();
    Resident resident = EntityIds.isEntity(id) ? Entity.of(stored) : Instance.of(stored);
    memory.install(resident);
    addTimers(stored);
    Blocked block = aside.take(id);
    if (block == null || resident.isBlocked()) {
      return;
    }
    if (Statuses.isEnded(stored.instance().status())) {
      changes.recordBlock(id, null);
    } else if (resident instanceof Entity entity) {
      entities.setAside(entity, block);
    } else if (resident instanceof Instance instance) {
      orchestrations.setAside(instance, block);
    }
  }

  /** Adds timers that may have come due before their owner was in memory. */
  private void addTimers(Store.Stored stored) {
    for (Rows.Timer timer : stored.timers()) {
      timers.add(timer);
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
      return token(lastToken);
    }

    private long token(long count) {
      return ((long) number << 48) | count;
    }

    @Override
    public void withdraw(String executionId, long token) {
      atOnce.add(new Effect.Withdraw(executionId, token));
    }

    @Override
    public void holdBack(String executionId) {
      atOnce.add(new Effect.HoldBack(executionId));
    }

    @Override
    public boolean hasGiven(long token) {
      return token > token(tokenBeforeFirst) && token <= token(lastToken);
    }

    @Override
    public long nextKey() {
      return keys.getAsLong();
    }

    @Override
    public String newGuid() {
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
    public Tracing tracing() {
      return tracing;
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
    public void setTimer(Resident resident, int timerId, long fireAt) {
      changes.timer(resident, timerId, fireAt);
      timers.add(new Rows.Timer(resident.key, timerId, resident.slot, fireAt));
    }

    @Override
    public void put(Resident resident) {
      memory.install(resident);
    }

    @Override
    public void remove(Resident resident) {
      changes.remove(resident);
      memory.remove(resident);
    }
  }
}
