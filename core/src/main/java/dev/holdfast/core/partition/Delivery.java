package dev.holdfast.core.partition;

import dev.holdfast.core.Asker;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Input;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings each input to its instance or entity. An input waits while its instance is being read from
 * the store, and later inputs for the same instance wait behind it.
 */
final class Delivery {
  private final PartitionContext context;
  private final Changes changes;
  private final Memory memory;
  private final Predicate<String> served;
  private final Watchers watchers;
  private final Aside aside;
  private final Orchestrations orchestrations;
  private final Entities entities;
  private final Unreadables unreadables;
  private final Installing installing;

  /**
   * These fields hold the inputs of the current call and the number of those that have been taken.
   */
  private List<? extends Input> taking = List.of();

  private int taken;
  private @Nullable String handling;

  /**
   * Holds the inputs that waited for a read of the store while they are delivered after that read.
   */
  private final ArrayDeque<Queued> inHand = new ArrayDeque<>();

  /** Holds the input that is being delivered; if its delivery throws, the input is lost. */
  private @Nullable Queued failing;

  Delivery(
      PartitionContext context,
      Predicate<String> served,
      Watchers watchers,
      Aside aside,
      Orchestrations orchestrations) {
    this.context = context;
    this.changes = context.changes();
    this.memory = context.memory();
    this.served = served;
    this.watchers = watchers;
    this.aside = aside;
    this.orchestrations = orchestrations;
    this.entities = new Entities(context);
    this.unreadables = new Unreadables(context, watchers);
    this.installing = new Installing(context, aside, orchestrations, entities, unreadables);
  }

  /** Takes the inputs in order. */
  void take(List<? extends Input> inputs) {
    taking = inputs;
    for (taken = 0; taken < inputs.size(); taken++) {
      take(inputs.get(taken));
    }
  }

  /** Delivers the messages that instances of this partition have sent each other. */
  void drainLocal() {
    for (Queued next = context.nextLocal(); next != null; next = context.nextLocal()) {
      deliver(next);
    }
  }

  /** Notes that the delivery of the current input has ended. */
  void done() {
    handling = null;
    failing = null;
  }

  /**
   * Returns the id of the instance to which an input is being delivered; null between deliveries.
   */
  @Nullable String handling() {
    return handling;
  }

  /** Returns the input that is being delivered; null between deliveries. */
  @Nullable Queued failing() {
    return failing;
  }

  /**
   * Returns the inputs that were taken and not delivered, without the one that is being delivered.
   */
  List<Input> undelivered() {
    List<Input> undelivered = new ArrayList<>();
    memory.undelivered().forEach(queued -> undelivered.add(queued.input()));
    inHand.forEach(queued -> undelivered.add(queued.input()));
    if (taken < taking.size()) {
      undelivered.addAll(taking.subList(taken + 1, taking.size()));
    }
    return undelivered;
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
      context.timers().loaded(loaded);
    } else if (input instanceof Input.Admitted admitted) {
      admitted(admitted);
    } else if (input instanceof Input.ServedChanged) {
      memory.scanFromStart();
    } else {
      context.problems().impossible("expected an input of a known kind, but got " + input);
    }
  }

  /**
   * Delivers an input as soon as its instance is in memory and all earlier inputs for it are
   * delivered.
   */
  void deliver(Queued queued) {
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
      // This retry makes the partition read the instance, clear its block if it has one, and wake
      // it.
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

  /** Answers a retry, and treats the answer that the instance was not blocked as a success. */
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
   * Delivers an input to the resident with this id.
   *
   * @param resident the resident; null when no resident has this id
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

  /**
   * Returns whether the input can be handled without a read of the store, because memory knows
   * every open turn and batch.
   */
  private static boolean needsNoLoad(Input.ToInstance input) {
    return (input instanceof Input.Answered answered
            && !(answered.answer().item() instanceof WorkItem.Activity))
        || (input instanceof Input.Start start && start.freshId());
  }

  /** Delivers a timer that is due. */
  void due(Rows.Timer timer) {
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
      handling = stored.instance().id();
      installing.install(stored);
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
        // The input arrived after a rewind, or the instance has changed since the read was
        // requested.
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
        installing.install(stored);
      }
    }
  }
}
