package dev.holdfast.engine.driven;

import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which rows cannot be read, and fails reads of them as a real store does when it finds
 * damage.
 */
public final class Damages {
  private final Map<String, String> tables = new LinkedHashMap<>();

  /** Damages the rows of this instance in this table: from now on they are not what was written. */
  public void damage(String instanceId, String table) {
    tables.put(instanceId, table);
  }

  /** Repairs the rows of this instance. */
  public void mend(String instanceId) {
    tables.remove(instanceId);
  }

  boolean isEmpty() {
    return tables.isEmpty();
  }

  /** Throws when the read needs a damaged row. */
  void check(List<Store.Stored> found, Store.Detail detail) {
    for (Store.Stored stored : found) {
      Rows.Instance row = stored.instance();
      String table = tables.get(row.id());
      if (table != null && reads(table, row, detail)) {
        throw damaged(table, row.key(), row.id());
      }
    }
  }

  private static boolean reads(String table, Rows.Instance row, Store.Detail detail) {
    return switch (table) {
      case "instances" -> true;
      case "inbox" -> detail != Store.Detail.SUMMARY;
      default ->
          detail == Store.Detail.ALL || (detail == Store.Detail.OPEN && row.completedAt() == 0);
    };
  }

  /** Throws when one of these timers is damaged. */
  void check(List<Rows.Timer> timers, Store store) {
    for (Rows.Timer timer : timers) {
      List<Store.Stored> owner = store.loadByKey(List.of(timer.key()), Store.Detail.SUMMARY);
      if (!owner.isEmpty() && "timers".equals(tables.get(owner.get(0).instance().id()))) {
        throw damaged("timers", timer.key(), null);
      }
    }
  }

  private static StoreException damaged(
      String table, long key, @org.jspecify.annotations.Nullable String id) {
    return new StoreException(new StoreException.Damage(table, key, id, "key " + key));
  }
}
