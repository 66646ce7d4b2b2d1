package dev.holdfast.core.contract;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Draws commits from a seed; each fits what the earlier ones have left, except that with {@code
 * mistakes} some do not.
 *
 * <p>There are few executions and many changes: ids are reused, rows are written and removed again,
 * executions end and are replaced.
 */
public final class RandomCommits {

  /** Records are written in these namespaces. */
  public static final List<String> NAMESPACES = List.of("cron", "nonces");

  private static final int EXECUTIONS_MAX = 12;

  private final Random random;
  private final double mistakes;
  private final TreeMap<Long, Known> known = new TreeMap<>();
  private long nextKey = 1;
  private int words;

  /** Holds what the generator remembers of an execution. */
  private static final class Known {
    private Rows.Instance row;
    private int events;
    private long nextSeq;
    private final TreeSet<Long> inbox = new TreeSet<>();
    private final TreeSet<Integer> timers = new TreeSet<>();

    private Known(Rows.Instance row) {
      this.row = row;
    }
  }

  /** Draws commits without mistakes. */
  public RandomCommits(long seed) {
    this(seed, 0);
  }

  /**
   * @param mistakes how likely each number in a change is wrong, 0…1; above 0, call {@link #follow}
   *     after each commit
   */
  public RandomCommits(long seed, double mistakes) {
    this.random = new Random(seed);
    this.mistakes = mistakes;
  }

  /** Returns the next commit, which has one to four changes. */
  public Commit next() {
    Commit.Builder commit = Commit.builder();
    TreeSet<Long> removed = new TreeSet<>();
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      change(commit, removed);
    }
    return commit.build();
  }

  /** Forgets what was drawn and continues from what the store has. */
  public void follow(Store store) {
    known.clear();
    List<Long> keys =
        store.query(Store.Query.all(Integer.MAX_VALUE)).stream().map(Rows.Instance::key).toList();
    for (Store.Stored stored : store.loadByKey(keys, Store.Detail.ALL)) {
      Known each = new Known(stored.instance());
      for (Rows.History chunk : stored.history()) {
        each.events = chunk.seq() + chunk.count();
      }
      stored.inbox().forEach(message -> each.inbox.add(message.seq()));
      each.nextSeq = each.inbox.isEmpty() ? nextKey : each.inbox.last() + 1;
      stored.timers().forEach(timer -> each.timers.add(timer.timerId()));
      known.put(stored.instance().key(), each);
    }
  }

  private void change(Commit.Builder commit, Set<Long> removed) {
    if (known.isEmpty() || (random.nextInt(8) == 0 && known.size() < EXECUTIONS_MAX)) {
      insert(commit, "instance-" + random.nextInt(2 * EXECUTIONS_MAX));
      return;
    }
    Known target = pick(known.values());
    long key = mistake() ? random.nextInt(20) : target.row.key();
    if (removed.contains(key)) {
      return;
    }
    switch (random.nextInt(10)) {
      case 0 -> remove(commit, removed, key);
      case 1 -> {
        remove(commit, removed, key);
        insert(commit, target.row.id());
      }
      case 2 -> update(commit, target, key);
      case 3 -> putMessage(commit, target, key);
      case 4 -> consume(commit, target, key);
      case 5 -> putTimer(commit, target, key);
      case 6 -> dropTimer(commit, target, key);
      case 7 -> putRecord(commit);
      default -> append(commit, target, key);
    }
  }

  private void insert(Commit.Builder commit, String id) {
    boolean taken = known.values().stream().anyMatch(each -> each.row.id().equals(id));
    if (taken && !mistake()) {
      return;
    }
    long key = mistake() ? 1 + random.nextInt(20) : nextKey;
    nextKey = Math.max(nextKey, key) + 1 + random.nextInt(2);
    Rows.Instance row = SampleRows.ready(SampleRows.running(key, id), random.nextBoolean());
    commit.insert(row);
    known.put(key, new Known(row));
  }

  private void remove(Commit.Builder commit, Set<Long> removed, long key) {
    commit.remove(key);
    removed.add(key);
    known.remove(key);
  }

  private void update(Commit.Builder commit, Known target, long key) {
    Rows.Instance row = target.row;
    Rows.Instance next =
        switch (random.nextInt(3)) {
          case 0 -> SampleRows.ready(row, !row.ready());
          case 1 -> SampleRows.told(row, word());
          default ->
              SampleRows.ended(row, random.nextInt(8), SampleRows.EPOCH + random.nextInt(50));
        };
    if (mistake()) {
      next = SampleRows.running(key, "instance-" + random.nextInt(EXECUTIONS_MAX));
    }
    commit.update(next);
    target.row = next;
  }

  private void append(Commit.Builder commit, Known target, long key) {
    int seq = mistake() ? random.nextInt(5) : target.events;
    int count = 1 + random.nextInt(3);
    commit.append(new Rows.History(key, seq, count, random.nextInt(4) == 0, payload()));
    target.events = seq + count;
  }

  private void putMessage(Commit.Builder commit, Known target, long key) {
    long seq = mistake() ? random.nextInt(5) : target.nextSeq;
    commit.put(new Rows.Inbox(key, seq, payload()));
    target.inbox.add(seq);
    target.nextSeq = Math.max(target.nextSeq, seq) + 1;
  }

  private void consume(Commit.Builder commit, Known target, long key) {
    if (mistake()) {
      commit.consume(key, random.nextInt(5));
    } else if (!target.inbox.isEmpty()) {
      long seq = pick(target.inbox);
      commit.consume(key, seq);
      target.inbox.remove(seq);
    }
  }

  private void putTimer(Commit.Builder commit, Known target, long key) {
    int timerId = random.nextInt(6) - 1;
    if (mistake() || !target.timers.contains(timerId)) {
      long fireAt = SampleRows.EPOCH + random.nextInt(100);
      commit.put(SampleRows.timer(key, timerId, target.row.id(), fireAt));
      target.timers.add(timerId);
    }
  }

  private void dropTimer(Commit.Builder commit, Known target, long key) {
    if (mistake()) {
      commit.dropTimer(key, random.nextInt(6) - 1);
    } else if (!target.timers.isEmpty()) {
      int timerId = pick(target.timers);
      commit.dropTimer(key, timerId);
      target.timers.remove(timerId);
    }
  }

  private void putRecord(Commit.Builder commit) {
    ByteString bytes = random.nextInt(3) == 0 ? null : payload();
    commit.put(new Rows.Keyed(pick(NAMESPACES), "name-" + random.nextInt(5), bytes));
  }

  /**
   * Draws a payload: mostly a word, sometimes nothing, sometimes more than a page of any database.
   */
  private ByteString payload() {
    return switch (random.nextInt(12)) {
      case 0 -> ByteString.EMPTY;
      case 1 -> SampleRows.bytes(word().repeat(random.nextInt(3_000)));
      default -> SampleRows.bytes(word());
    };
  }

  private String word() {
    words++;
    return "word " + words + ";";
  }

  private boolean mistake() {
    return mistakes > 0 && random.nextDouble() < mistakes;
  }

  private <T> T pick(Collection<T> from) {
    return new ArrayList<>(from).get(random.nextInt(from.size()));
  }
}
