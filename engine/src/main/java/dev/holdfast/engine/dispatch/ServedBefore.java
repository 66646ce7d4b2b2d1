package dev.holdfast.engine.dispatch;

import dev.holdfast.core.EntityIds;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import java.util.List;

/**
 * Fills {@link ServedNames} in a hub that was created by a version without these records. The
 * orchestrators, entities and activities of its open instances must have been served before,
 * because the instances would have failed otherwise. This happens once in the life of an old hub.
 */
public final class ServedBefore {
  private static final List<Integer> OPEN =
      List.of(
          OrchestrationStatus.ORCHESTRATION_STATUS_PENDING_VALUE,
          OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING_VALUE,
          OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED_VALUE);

  private static final int PAGE = 500;

  /** At most this many instances are read for the activities that they have called. */
  private static final int READ_MAX = 20_000;

  private final Store store;
  private final ServedNames names;

  public ServedBefore(Store store, ServedNames names) {
    this.store = store;
    this.names = names;
  }

  /** Reads the served names from the store; this may take long. */
  public void learn() {
    for (Store.Tally line : store.tally(OPEN)) {
      String name = line.name();
      if (EntityIds.isEntity(name)) {
        names.served(WorkItem.Kind.ENTITY, List.of(name.substring(1)));
      } else {
        names.served(WorkItem.Kind.ORCHESTRATOR, List.of(name));
      }
    }
    Store.Query query = Store.Query.all(PAGE).withStatuses(OPEN).withoutEntities();
    int read = 0;
    List<Rows.Instance> page = store.query(query);
    while (!page.isEmpty() && read < READ_MAX) {
      page.forEach(this::learn);
      read += page.size();
      page = store.query(query.after(Store.Place.of(page.get(page.size() - 1))));
    }
  }

  private void learn(Rows.Instance instance) {
    try {
      for (Store.Stored stored : store.load(List.of(instance.id()), Store.Detail.OPEN)) {
        for (Rows.History chunk : stored.history()) {
          for (HistoryEvent event : HistoryBytes.events(chunk.bytes())) {
            if (event.hasTaskScheduled()) {
              names.served(WorkItem.Kind.ACTIVITY, List.of(event.getTaskScheduled().getName()));
            }
          }
        }
      }
    } catch (StoreException e) {
      // An instance whose rows cannot be read is skipped here; it is reported when it should run.
      return;
    }
  }
}
