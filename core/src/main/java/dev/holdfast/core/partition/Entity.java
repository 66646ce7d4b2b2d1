package dev.holdfast.core.partition;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.StoreException;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds one entity in the memory of its partition: its state, its lock, and the operations that it
 * has received and not yet performed.
 *
 * <p>An entity is stored in the same rows as an execution: the summary holds the state as its input
 * and the lock in its tags, the inbox holds the operations, and timers hold the delayed ones. There
 * is no history. The name in its summary is the entity's name with an at-sign before it, a form
 * that no orchestrator's name has.
 */
final class Entity extends Resident {
  private static final String LOCKED_BY = "lockedBy";
  private static final String SECTION = "criticalSection";

  /** Holds the operations that may run now, in order. */
  private final ArrayDeque<Operation> queue = new ArrayDeque<>();

  /**
   * Holds the operations that the holder of the lock has requested within its critical section;
   * these operations run before those of the queue.
   */
  private final ArrayDeque<Operation> urgent = new ArrayDeque<>();

  /** Maps the ids of timers to the operations that these timers delay. */
  private final LinkedHashMap<Integer, Operation> delayed = new LinkedHashMap<>();

  /** Holds the messages that have arrived and have no row yet. */
  private final List<Message> fresh = new ArrayList<>();

  private @Nullable Batch batch;
  private @Nullable Lock lock;

  /** Describes the operations that an executor runs now. */
  record Batch(long token, long openedAt, List<Operation> operations) {}

  /**
   * Describes a lock: until the holder, an orchestration, releases it, the entity runs only
   * operations that the holder requests.
   */
  record Lock(String holder, String section) {}

  Entity(Rows.Instance row) {
    this(row, false);
  }

  private Entity(Rows.Instance row, boolean isWritten) {
    super(row, isWritten);
    Map<String, String> tags = row().state().getTagsMap();
    String holder = tags.get(LOCKED_BY);
    this.lock = holder == null ? null : new Lock(holder, tags.getOrDefault(SECTION, ""));
  }

  /** Returns the name that the summary of an entity has, given the entity's name in lower case. */
  static String rowName(String name) {
    return "@" + name;
  }

  /**
   * Builds the memory of a stored entity.
   *
   * @throws StoreException one of its messages does not parse
   */
  static Entity of(Store.Stored stored) {
    Entity entity = new Entity(stored.instance(), true);
    for (Rows.Inbox row : stored.inbox()) {
      entity.messageRead(row.seq());
      Operation operation = entity.read(row);
      int timerId = operation.timerId();
      if (stored.timers().stream().anyMatch(timer -> timer.timerId() == timerId)) {
        entity.delay(Operation.stored(operation.message, operation.content));
      } else {
        entity.enqueue(operation);
      }
    }
    return entity;
  }

  private Operation read(Rows.Inbox row) {
    try {
      HistoryEvent event = HistoryEvent.parseFrom(row.bytes());
      EntityMessage content = EntityMessage.of(event);
      if (content != null) {
        return new Operation(
            new Message(row.seq(), event, 0, Message.Source.INSTANCE, true), content);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("inbox row " + row.seq() + " of " + id + " does not parse", e);
    }
    throw new StoreException(
        "expected what an entity understands in inbox row " + row.seq() + " of " + id);
  }

  void enqueue(Operation operation) {
    (isFromHolder(operation.content) ? urgent : queue).addLast(operation);
  }

  /** Keeps an operation until its timer is due. */
  void delay(Operation operation) {
    delayed.put(operation.timerId(), operation);
  }

  /** Lets a delayed operation, which is due, wait like the others. */
  void undelay(Operation operation) {
    delayed.remove(operation.timerId());
    enqueue(operation);
  }

  /** Returns the delayed operations by the ids of their timers. */
  Map<Integer, Operation> delayed() {
    return Collections.unmodifiableMap(delayed);
  }

  /** Returns the operation that has waited longest; null when none waits. */
  @Nullable Operation first() {
    return queue.peekFirst();
  }

  /** Removes the operation that has waited longest, because it is being dealt with. */
  void removeFirst() {
    queue.removeFirst();
  }

  /**
   * Lets operations of the lock's holder pass the others. This changes memory only: the order
   * follows from the lock.
   */
  void letHolderPass() {
    for (Iterator<Operation> waiting = queue.iterator(); waiting.hasNext(); ) {
      Operation one = waiting.next();
      if (isFromHolder(one.content) && one.content.kind() != EntityMessage.Kind.LOCK) {
        waiting.remove();
        urgent.addLast(one);
      }
    }
  }

  /** Removes the requests for a lock in this critical section and returns them. */
  List<Operation> removeRequests(String section) {
    List<Operation> removed = new ArrayList<>(0);
    for (Iterator<Operation> waiting = queue.iterator(); waiting.hasNext(); ) {
      Operation one = waiting.next();
      if (one.content.kind() == EntityMessage.Kind.LOCK
          && one.content.requestId().equals(section)) {
        waiting.remove();
        removed.add(one);
      }
    }
    return removed;
  }

  /**
   * Takes operations for a batch, up to the next request for a lock. This changes memory only: a
   * crash gives them back.
   *
   * @param bytesMax no further operation is taken when those taken have this size
   * @param broken true when a test has broken locks on purpose
   */
  List<Operation> take(int max, int bytesMax, boolean broken) {
    ArrayDeque<Operation> from = lock != null ? urgent : queue;
    if (from.isEmpty() && broken) {
      from = queue;
    }
    List<Operation> operations = new ArrayList<>();
    int bytes = 0;
    while (operations.size() < max
        && bytes < bytesMax
        && !from.isEmpty()
        && from.getFirst().content.kind() != EntityMessage.Kind.LOCK) {
      Operation next = from.removeFirst();
      bytes += next.message.event.getSerializedSize();
      operations.add(next);
    }
    return operations;
  }

  /** Puts operations that were not performed back to the head. This changes memory only. */
  void giveBack(List<Operation> operations) {
    for (int i = operations.size() - 1; i >= 0; i--) {
      Operation left = operations.get(i);
      (isFromHolder(left.content) ? urgent : queue).addFirst(left);
    }
  }

  @Nullable Batch batch() {
    return batch;
  }

  /** Notes, in memory only, what an executor gets. */
  void begin(Batch begun) {
    batch = begun;
  }

  /** Notes, in memory only, that no executor has a batch any more. */
  void ended() {
    batch = null;
  }

  @Nullable Lock lock() {
    return lock;
  }

  void lock(Changes.Pen pen, @Nullable Lock next) {
    lock = next;
    if (next == null) {
      while (!urgent.isEmpty()) {
        queue.addFirst(urgent.removeLast());
      }
    }
  }

  /** Returns the messages without a row for adding and taking them out. */
  List<Message> fresh(Changes.Pen pen) {
    return fresh;
  }

  boolean isFromHolder(EntityMessage message) {
    return lock != null && lock.holder().equals(message.caller());
  }

  /** Returns whether the entity can continue without a further message. */
  boolean hasSomethingToDo() {
    return batch != null || !urgent.isEmpty() || (lock == null && !queue.isEmpty());
  }

  /** Returns whether the entity could lose all its rows without any loss of information. */
  boolean isNothing() {
    return state() == null
        && lock == null
        && batch == null
        && queue.isEmpty()
        && urgent.isEmpty()
        && delayed.isEmpty();
  }

  /** Returns the number of operations that wait or run, without delayed ones. */
  int backlog() {
    return queue.size() + urgent.size() + (batch == null ? 0 : batch.operations().size());
  }

  /** Returns the number of messages that the entity has not dealt with, delayed ones included. */
  int messages() {
    return backlog() + delayed.size();
  }

  String name() {
    return EntityIds.name(id);
  }

  /** Returns the state as JSON text; null when the entity has none. */
  @Nullable String state() {
    return row().state().hasInput() ? row().state().getInput().getValue() : null;
  }

  /** Returns the summary of this entity with another state and another lock. */
  OrchestrationState changed(@Nullable String state, @Nullable Lock locked, long at) {
    OrchestrationState.Builder next =
        row().state().toBuilder().setLastUpdatedTimestamp(Times.timestamp(at)).clearTags();
    if (state == null) {
      next.clearInput();
    } else {
      next.setInput(StringValue.of(state));
    }
    if (locked != null) {
      next.putTags(LOCKED_BY, locked.holder()).putTags(SECTION, locked.section());
    }
    return next.build();
  }

  /** Returns the lock of an entity with this summary; null when it is not locked. */
  static @Nullable Lock lock(OrchestrationState state) {
    String holder = state.getTagsMap().get(LOCKED_BY);
    return holder == null ? null : new Lock(holder, state.getTagsOrDefault(SECTION, ""));
  }

  @Override
  boolean mustBeReady() {
    return !isBlocked() && hasSomethingToDo();
  }

  @Override
  boolean canBeForgotten() {
    return !insertPending()
        && batch == null
        && fresh.isEmpty()
        && (parked() || isBlocked() || !hasSomethingToDo());
  }

  /**
   * Returns all operations in order of arrival, except that operations of the holder of a lock come
   * before others.
   */
  List<Operation> operations() {
    List<Operation> all = new ArrayList<>(messages());
    if (batch != null) {
      all.addAll(batch.operations());
    }
    all.addAll(urgent);
    all.addAll(queue);
    all.addAll(delayed.values());
    return all;
  }

  @Override
  long bytes() {
    long bytes = row().state().getSerializedSize();
    if (batch != null) {
      bytes += bytes(batch.operations());
    }
    return bytes + bytes(urgent) + bytes(queue) + bytes(delayed.values());
  }

  private static long bytes(Collection<Operation> operations) {
    return bytes(
        () -> operations.stream().map(operation -> operation.message).iterator(),
        operations.size());
  }

  @Override
  Iterable<Message> unread() {
    return operations().stream().map(operation -> operation.message).toList();
  }

  @Override
  void timerHasRow(Changes.Pen pen, int timerId) {
    Operation operation = delayed.get(timerId);
    if (operation != null) {
      operation.hasTimer(pen, true);
    }
  }
}
