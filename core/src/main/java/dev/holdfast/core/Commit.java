package dev.holdfast.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Describes as data everything that the store must write. The store writes the whole commit or
 * nothing, and need not understand it.
 *
 * <p>Commits compose with {@link #then}: {@code a.then(b)} is one commit with the result of a
 * followed by b, in which a row that is inserted and removed leaves no trace and two versions of a
 * row become one. For every store {@code apply(a); apply(b)} is the same as {@code
 * apply(a.then(b))}.
 */
public final class Commit {

  public static final Commit EMPTY = new Commit(Map.of(), Map.of());

  private final Map<Long, Execution> executions;
  private final Map<RecordName, Rows.Keyed> records;

  private Commit(Map<Long, Execution> executions, Map<RecordName, Rows.Keyed> records) {
    this.executions = executions;
    this.records = records;
  }

  /** Returns the changes by execution, in the order in which the executions were first touched. */
  public Collection<Execution> executions() {
    return executions.values();
  }

  public Collection<Rows.Keyed> records() {
    return records.values();
  }

  public boolean isEmpty() {
    return executions.isEmpty() && records.isEmpty();
  }

  /**
   * Returns one commit with the result of this one followed by {@code next}. Neither is changed.
   */
  public Commit then(Commit next) {
    if (isEmpty()) {
      return next;
    }
    if (next.isEmpty()) {
      return this;
    }
    return new Builder().add(this).add(next).build();
  }

  /** Returns a builder for a commit that is empty at first; changes are added in order. */
  public static Builder builder() {
    return new Builder();
  }

  private record RecordName(String namespace, String name) {}

  /**
   * Holds the changes of one execution.
   *
   * <p>When {@link #removed} is set, the store removes all rows of the execution from every table,
   * and the other members are empty. A commit never removes and writes the same key, because keys
   * are not used again.
   */
  public static final class Execution {
    private final long key;
    private boolean inserted;
    private boolean removed;
    private Rows.@Nullable Instance instance;
    private final List<Rows.History> history = new ArrayList<>(2);
    private final TreeMap<Long, Rows.Inbox> inbox = new TreeMap<>();
    private final List<Long> consumed = new ArrayList<>(0);
    private final TreeMap<Integer, Rows.Timer> timers = new TreeMap<>();
    private final List<Integer> timersGone = new ArrayList<>(0);

    private Execution(long key) {
      this.key = key;
    }

    public long key() {
      return key;
    }

    /**
     * Returns true when no earlier commit has written this execution, so that its instance row is
     * new.
     */
    public boolean inserted() {
      return inserted;
    }

    public boolean removed() {
      return removed;
    }

    /** Returns the new version of the summary; null when it did not change. */
    public Rows.@Nullable Instance instance() {
      return instance;
    }

    /** Returns the history to append, in order. */
    public List<Rows.History> history() {
      return history;
    }

    /** Returns the inbox rows to insert. */
    public Collection<Rows.Inbox> inbox() {
      return inbox.values();
    }

    /**
     * Returns the sequence numbers of inbox rows to delete, all of which earlier commits have
     * inserted.
     */
    public List<Long> consumed() {
      return consumed;
    }

    /** Returns the timer rows to insert. */
    public Collection<Rows.Timer> timers() {
      return timers.values();
    }

    /** Returns the ids of timer rows to delete, all of which earlier commits have inserted. */
    public List<Integer> timersGone() {
      return timersGone;
    }

    private void add(Execution next) {
      if (next.removed) {
        clear();
        removed = true;
        return;
      }
      if (removed) {
        throw new IllegalStateException(
            "expected key " + key + " to stay removed, but it is written again");
      }
      inserted |= next.inserted;
      if (next.instance != null) {
        instance = next.instance;
      }
      for (Rows.History chunk : next.history) {
        append(chunk);
      }
      for (Long seq : next.consumed) {
        consume(seq);
      }
      inbox.putAll(next.inbox);
      for (Integer timerId : next.timersGone) {
        dropTimer(timerId);
      }
      timers.putAll(next.timers);
    }

    private void append(Rows.History chunk) {
      if (!history.isEmpty()) {
        Rows.History last = history.get(history.size() - 1);
        if (last.walk() == chunk.walk() && last.seq() + last.count() == chunk.seq()) {
          history.set(
              history.size() - 1,
              new Rows.History(
                  key,
                  last.seq(),
                  last.count() + chunk.count(),
                  last.walk(),
                  last.bytes().concat(chunk.bytes())));
          return;
        }
      }
      history.add(chunk);
    }

    private void consume(long seq) {
      if (inbox.remove(seq) == null) {
        consumed.add(seq);
      }
    }

    private void dropTimer(int timerId) {
      if (timers.remove(timerId) == null) {
        timersGone.add(timerId);
      }
    }

    private void clear() {
      instance = null;
      history.clear();
      inbox.clear();
      consumed.clear();
      timers.clear();
      timersGone.clear();
    }

    private boolean leavesNoTrace() {
      return removed && inserted;
    }
  }

  /** Collects changes in order. A builder is used once. */
  public static final class Builder {
    private final LinkedHashMap<Long, Execution> executions = new LinkedHashMap<>();
    private final LinkedHashMap<RecordName, Rows.Keyed> records = new LinkedHashMap<>();

    private Builder() {}

    /** Inserts a new execution with its first summary. */
    public Builder insert(Rows.Instance instance) {
      Execution execution = execution(instance.key());
      execution.inserted = true;
      execution.instance = instance;
      return this;
    }

    /** Puts a new version of a summary that an earlier commit, or this one, has inserted. */
    public Builder update(Rows.Instance instance) {
      execution(instance.key()).instance = instance;
      return this;
    }

    /** Removes the execution's rows from every table. */
    public Builder remove(long key) {
      Execution execution = execution(key);
      execution.clear();
      execution.removed = true;
      return this;
    }

    public Builder append(Rows.History chunk) {
      execution(chunk.key()).append(chunk);
      return this;
    }

    public Builder put(Rows.Inbox message) {
      execution(message.key()).inbox.put(message.seq(), message);
      return this;
    }

    /** Deletes an inbox row, or undoes its insertion in this commit. */
    public Builder consume(long key, long seq) {
      execution(key).consume(seq);
      return this;
    }

    public Builder put(Rows.Timer timer) {
      execution(timer.key()).timers.put(timer.timerId(), timer);
      return this;
    }

    /** Deletes a timer row, or undoes its insertion in this commit. */
    public Builder dropTimer(long key, int timerId) {
      execution(key).dropTimer(timerId);
      return this;
    }

    public Builder put(Rows.Keyed keyed) {
      records.put(new RecordName(keyed.namespace(), keyed.name()), keyed);
      return this;
    }

    /** Adds all changes that a later commit makes to one execution. */
    public Builder add(Execution later) {
      execution(later.key).add(later);
      return this;
    }

    /** Adds all changes of a later commit. */
    public Builder add(Commit later) {
      for (Execution next : later.executions.values()) {
        execution(next.key).add(next);
      }
      records.putAll(later.records);
      return this;
    }

    public boolean isEmpty() {
      return executions.isEmpty() && records.isEmpty();
    }

    public Commit build() {
      executions.values().removeIf(Execution::leavesNoTrace);
      return isEmpty() ? EMPTY : new Commit(executions, records);
    }

    private Execution execution(long key) {
      return executions.computeIfAbsent(key, Execution::new);
    }
  }
}
