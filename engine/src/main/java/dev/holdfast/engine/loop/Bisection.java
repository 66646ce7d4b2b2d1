package dev.holdfast.engine.loop;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the instance whose changes make a store permanently reject a commit: the commit is split in
 * halves until the rejected part concerns one instance. This writes nothing. It must run on the
 * thread that commits.
 *
 * <p>Parts of a commit that concern different instances can be written apart, so a half is rejected
 * only because of its own content.
 */
final class Bisection {
  private final Store store;
  private final long now;
  private final List<Suspect> found = new ArrayList<>();

  /** Holds all changes that a commit makes to one instance. */
  private static final class Share {
    private final String instanceId;
    private final Commit.Builder commit = Commit.builder();

    Share(String instanceId) {
      this.instanceId = instanceId;
    }
  }

  private Bisection(Store store, long now) {
    this.store = store;
    this.now = now;
  }

  /**
   * Finds the instances whose parts of the commit are rejected.
   *
   * @param now the hub's time
   * @return the instances; empty when no part is rejected by itself, or when the store cannot write
   *     at all
   * @throws dev.holdfast.core.StoreException the store cannot be read
   */
  static List<Suspect> of(Store store, Commit commit, long now) {
    if (store.objection(Commit.EMPTY) != null) {
      return List.of();
    }
    Bisection bisection = new Bisection(store, now);
    bisection.look(bisection.shares(commit));
    return bisection.found;
  }

  private void look(List<Share> shares) {
    if (shares.isEmpty()) {
      return;
    }
    Commit.Builder together = Commit.builder();
    shares.forEach(share -> together.add(share.commit.build()));
    String objection = store.objection(together.build());
    if (objection == null) {
      return;
    }
    if (shares.size() == 1) {
      found.add(
          new Suspect(
              shares.get(0).instanceId,
              new Blocked(Blocked.Kind.NOT_WRITABLE, "the store refuses: " + objection, "", now)));
      return;
    }
    int half = shares.size() / 2;
    look(shares.subList(0, half));
    look(shares.subList(half, shares.size()));
  }

  private List<Share> shares(Commit commit) {
    Map<Long, String> ids = ids(commit);
    Map<String, Share> shares = new LinkedHashMap<>();
    for (Commit.Execution change : commit.executions()) {
      String id = ids.getOrDefault(change.key(), "");
      shares.computeIfAbsent(id, Share::new).commit.add(change);
    }
    for (Rows.Keyed record : commit.records()) {
      shares.computeIfAbsent(owner(record), Share::new).commit.put(record);
    }
    // It is unknown which instance this part belongs to, so no instance can be set aside for it.
    shares.remove("");
    return new ArrayList<>(shares.values());
  }

  /**
   * Maps keys to instance ids. A changed execution does not name its instance, so the store is
   * asked.
   */
  private Map<Long, String> ids(Commit commit) {
    Map<Long, String> ids = new LinkedHashMap<>();
    List<Long> unknown = new ArrayList<>();
    for (Commit.Execution change : commit.executions()) {
      Rows.Instance row = change.instance();
      if (row == null) {
        unknown.add(change.key());
      } else {
        ids.put(change.key(), row.id());
      }
    }
    for (Store.Stored stored : store.loadByKey(unknown, Store.Detail.SUMMARY)) {
      ids.put(stored.instance().key(), stored.instance().id());
    }
    return ids;
  }

  private static String owner(Rows.Keyed record) {
    ByteString bytes = record.bytes();
    if (record.namespace().equals(Blocked.NAMESPACE)) {
      return record.name();
    }
    return record.namespace().equals(Mailbag.NAMESPACE) && bytes != null
        ? Mailbag.input(bytes).instanceId()
        : "";
  }
}
