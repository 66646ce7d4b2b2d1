package dev.holdfast.core.partition;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.Unreadable;

/**
 * Puts executions that were read from the store into memory, and sets aside those that must not
 * run.
 */
final class Installing {
  private final Changes changes;
  private final Memory memory;
  private final TimerQueue timers;
  private final Aside aside;
  private final Orchestrations orchestrations;
  private final Entities entities;
  private final Unreadables unreadables;

  Installing(
      PartitionContext context,
      Aside aside,
      Orchestrations orchestrations,
      Entities entities,
      Unreadables unreadables) {
    this.changes = context.changes();
    this.memory = context.memory();
    this.timers = context.timers();
    this.aside = aside;
    this.orchestrations = orchestrations;
    this.entities = entities;
    this.unreadables = unreadables;
  }

  /**
   * Puts the execution into memory, unless memory already knows it or its rows must not be touched.
   */
  void install(Store.Stored stored) {
    String id = stored.instance().id();
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
      // Nothing has changed yet, and every retry would fail in the same way, so only this execution
      // is blocked.
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

  /**
   * Puts a stored execution into memory and sets it aside. If this throws, the execution must be
   * left untouched.
   */
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
}
