package dev.holdfast.functions.work;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Daemon threads that run tasks which are mostly short but may block.
 *
 * <p>A hand-off to another thread costs more than a short task. So a few steady threads take task
 * after task from one queue, and a new task wakes another thread only while fewer than those are at
 * work. Tasks that block are noticed by {@link PoolWatch}, which then lets further threads take
 * over, up to the limit; they leave again when idle. Beyond the limit there are threads for names
 * that wait while others hold their places ({@link Room}).
 */
public class WorkPool implements AutoCloseable {

  private static final String SHUTTING_DOWN = "the app is shutting down";

  /**
   * A thread that could run is given more time before it counts as blocked: it may just have lost
   * its core. A read from a socket looks the same to us.
   */
  private static final int PATIENT_LOOKS = 10;

  private static final Duration INTERRUPTED_GRACE = Duration.ofSeconds(2);

  /** Something to run. */
  public interface Task {

    /** Never throws. */
    void run();

    /** Whose task it is: a name that holds places gets no further ones when others wait. */
    String name();

    /** What this one is wrapped around; itself when around nothing. */
    default Task inner() {
      return this;
    }

    /** Called instead of {@link #run} when the pool closes before the task's turn. */
    void abandon(String reason);
  }

  private final String name;
  private final int steady;
  private final int most;
  private final Room room;
  private final Duration idle;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private final ArrayDeque<Task> queue = new ArrayDeque<>();
  private final ArrayDeque<Worker> idlers = new ArrayDeque<>();
  private final List<Worker> workers = new ArrayList<>();
  private final PoolWatch watch;
  private int stuck;

  /** How many tasks have been under way for long. Written under the lock. */
  private volatile int held;

  private int named;
  private volatile boolean closed;

  /**
   * Starts no thread yet.
   *
   * @param steady how many threads work as long as none of them blocks
   * @param most how many tasks may be under way at once
   * @param idle how long a thread beyond the steady ones waits for work before it ends
   */
  public WorkPool(String name, int steady, int most, Duration idle) {
    this(name, steady, Room.of(most), idle);
  }

  /** As the other, with places beyond the limit; see {@link #look}. */
  public WorkPool(String name, int steady, Room room, Duration idle) {
    this(name, steady, room, idle, System::nanoTime);
  }

  WorkPool(String name, int steady, Room room, Duration idle, LongSupplier nanoTime) {
    this.name = name;
    this.room = room;
    this.most = room.most();
    this.steady = Math.min(Math.max(1, steady), most);
    this.idle = idle;
    this.nanoTime = nanoTime;
    this.watch = new PoolWatch(name, this);
  }

  /** Queues the tasks in order and returns at once. */
  public void submit(Collection<? extends Task> tasks) {
    Worker woken = null;
    boolean refused;
    boolean waiting;
    lock.lock();
    try {
      refused = closed;
      if (!refused) {
        queue.addAll(tasks);
        woken = anotherIfNeeded();
      }
      waiting = woken == null && !queue.isEmpty();
    } finally {
      lock.unlock();
    }
    if (refused) {
      tasks.forEach(task -> task.abandon(SHUTTING_DOWN));
    } else if (woken != null) {
      woken.wake();
    } else if (waiting) {
      watch.look();
    }
  }

  // With the lock held. The caller wakes the worker after it has let go of the lock.
  private @Nullable Worker anotherIfNeeded() {
    int atWork = workers.size() - idlers.size() - stuck;
    return queue.isEmpty() || atWork >= steady ? null : another();
  }

  private @Nullable Worker another() {
    int atWork = workers.size() - idlers.size();
    if (atWork >= most && firstExtra(atWork) < 0) {
      return null;
    }
    Worker idler = idlers.pollLast();
    if (idler != null) {
      return idler;
    }
    try {
      Worker worker = new Worker(this, name + "-" + ++named);
      workers.add(worker);
      return worker;
    } catch (Throwable e) {
      return null; // No memory for it now: the task waits, and the watch looks again soon.
    }
  }

  /**
   * The next task for this worker; null when there is none and the worker has joined the idle ones.
   */
  @Nullable Task next(Worker worker) {
    Task task;
    Worker woken = null;
    boolean waiting;
    lock.lock();
    try {
      task = poll();
      if (task == null) {
        rest(worker);
      } else {
        worker.take(task, nanoTime.getAsLong());
        woken = anotherIfNeeded();
      }
      waiting = woken == null && !queue.isEmpty();
    } finally {
      lock.unlock();
    }
    if (woken != null) {
      woken.wake();
    } else if (waiting) {
      watch.look();
    }
    return task;
  }

  // The worker that asks counts as at work.
  private @Nullable Task poll() {
    int others = workers.size() - idlers.size() - 1;
    if (others < most) {
      return queue.poll();
    }
    int which = firstExtra(others);
    if (which < 0) {
      return null;
    }
    Iterator<Task> tasks = queue.iterator();
    Task task = tasks.next();
    for (int i = 0; i < which; i++) {
      task = tasks.next();
    }
    tasks.remove();
    return task;
  }

  /**
   * Where in the queue the first task is that may have a place beyond the limit; -1 when none may.
   *
   * @param atWork how many places are taken
   */
  private int firstExtra(int atWork) {
    int used = Math.max(0, atWork - most);
    if (used >= Math.min(held, room.extra())) {
      return -1;
    }
    int i = 0;
    for (Task task : queue) {
      if (mayHaveExtra(task.name(), used, 0)) {
        return i;
      }
      i++;
    }
    return -1;
  }

  /** Whoever comes later finds half of what was left, so that the last place is gone late. */
  private boolean mayHaveExtra(String who, int used, int more) {
    int free = room.extra() - used - more;
    return used + more < Math.min(held, room.extra()) && 2 * (atWork(who) + more) < free;
  }

  private int atWork(String who) {
    int count = 0;
    for (Worker worker : workers) {
      Task task = worker.task();
      count += task != null && task.name().equals(who) ? 1 : 0;
    }
    return count;
  }

  /**
   * How many more tasks of this name would begin at once although the places are taken, because
   * some are held.
   */
  public int extra(String who) {
    if (held == 0) {
      return 0;
    }
    lock.lock();
    try {
      int used = Math.max(0, workers.size() - idlers.size() - most);
      int more = 0;
      while (mayHaveExtra(who, used, more)) {
        more++;
      }
      for (Task task : queue) {
        more -= task.name().equals(who) ? 1 : 0;
      }
      return Math.max(0, more);
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many tasks have been under way for longer than {@link Room#heldAfter}, by the last look.
   */
  public int held() {
    return held;
  }

  /**
   * Looks which places are held by now; to be called from time to time. Names that wait get others
   * instead.
   */
  public void look() {
    Worker woken = null;
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      int count = 0;
      for (Worker worker : workers) {
        boolean over = now - worker.since() > room.heldAfter().toNanos();
        count += worker.task() != null && over ? 1 : 0;
      }
      held = count;
      if (held > 0 && !queue.isEmpty()) {
        woken = another();
      }
    } finally {
      lock.unlock();
    }
    if (woken != null) {
      woken.wake();
    } else {
      lookIfAnyWaits();
    }
  }

  /** What waits may need another thread in place of one that is gone. */
  private void lookIfAnyWaits() {
    if (!closed && queued() > 0) {
      watch.look();
    }
  }

  private void rest(Worker worker) {
    if (worker.clearStuck()) {
      stuck--;
    }
    worker.fallAsleep();
    idlers.addLast(worker);
    if (closed) {
      quiet.signalAll();
    }
  }

  /** Whether a worker that waited in vain shall end. */
  boolean leaves(Worker worker) {
    lock.lock();
    try {
      if ((workers.size() <= steady && !closed) || !idlers.remove(worker)) {
        return false;
      }
      workers.remove(worker);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A worker whose thread could not be started, or has ended. Harmless when repeated. */
  void forget(Worker worker) {
    lock.lock();
    try {
      if (workers.remove(worker)) {
        idlers.remove(worker);
        stuck -= worker.clearStuck() ? 1 : 0;
      }
      if (closed) {
        quiet.signalAll();
      }
    } finally {
      lock.unlock();
    }
    lookIfAnyWaits();
  }

  Duration idle() {
    return idle;
  }

  boolean isClosing() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whatever this thread runs, it does not end: it is not one of the pool's any more, and another
   * may take its place. The thread goes when it has ended after all.
   */
  void disown(Thread thread) {
    Worker woken = null;
    lock.lock();
    try {
      for (Worker worker : workers) {
        if (worker.isOn(thread)) {
          worker.disown();
          stuck -= worker.clearStuck() ? 1 : 0;
          workers.remove(worker);
          woken = anotherIfNeeded();
          break;
        }
      }
      if (closed) {
        quiet.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (woken != null) {
      woken.wake();
    }
  }

  /** A worker that was counted as stuck has finished its task. */
  void unstuck(Worker worker) {
    lock.lock();
    try {
      if (worker.clearStuck()) {
        stuck--;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Looks who gets on. If tasks wait while threads are blocked, others take over.
   *
   * @return whether tasks are waiting
   */
  boolean inspect() {
    List<Worker> woken = new ArrayList<>();
    boolean waiting;
    lock.lock();
    try {
      int running = 0;
      for (Worker worker : workers) {
        int looks = worker.looksAtSameTask();
        boolean runnable = worker.isRunnable();
        boolean blocked = looks > (runnable ? PATIENT_LOOKS : 0);
        if (blocked && worker.markStuck()) {
          stuck++;
        }
        running += worker.isBusy() && runnable && !blocked ? 1 : 0;
      }
      for (int i = running; i < Math.min(steady, running + queue.size()); i++) {
        Worker worker = another();
        if (worker != null) {
          woken.add(worker);
        }
      }
      waiting = !queue.isEmpty();
    } finally {
      lock.unlock();
    }
    woken.forEach(Worker::wake);
    return waiting;
  }

  /** Takes these tasks out of the queue; they are neither run nor abandoned by the pool. */
  public List<Task> take(Predicate<? super Task> which) {
    List<Task> taken = new ArrayList<>();
    lock.lock();
    try {
      for (Iterator<Task> tasks = queue.iterator(); tasks.hasNext(); ) {
        Task task = tasks.next();
        if (which.test(task)) {
          tasks.remove();
          taken.add(task);
        }
      }
    } finally {
      lock.unlock();
    }
    return taken;
  }

  /**
   * A task that is under way.
   *
   * @param nanos for how long
   */
  public record Running(Task task, Thread thread, long nanos) {}

  /** What is under way, in no order. */
  public List<Running> running() {
    List<Running> running = new ArrayList<>();
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      for (Worker worker : workers) {
        Task task = worker.task();
        if (task != null) {
          running.add(new Running(task, worker.thread(), Math.max(0, now - worker.since())));
        }
      }
    } finally {
      lock.unlock();
    }
    return running;
  }

  /** What waits, the next first. */
  public List<Task> waiting() {
    lock.lock();
    try {
      return List.copyOf(queue);
    } finally {
      lock.unlock();
    }
  }

  /** How many tasks wait. */
  public int queued() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Tasks queued or under way. */
  public int load() {
    lock.lock();
    try {
      return queue.size() + workers.size() - idlers.size();
    } finally {
      lock.unlock();
    }
  }

  /** How many threads there are. */
  public int threads() {
    lock.lock();
    try {
      return workers.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more tasks, abandons those not begun and waits for the others.
   *
   * @return how many tasks still run after {@code patience}
   */
  public int drain(Duration patience) {
    List<Task> abandoned;
    lock.lock();
    try {
      closed = true;
      abandoned = List.copyOf(queue);
      queue.clear();
    } finally {
      lock.unlock();
    }
    abandoned.forEach(task -> task.abandon(SHUTTING_DOWN));
    return await(patience);
  }

  /** Drains without patience, and interrupts what still runs. */
  @Override
  public void close() {
    if (drain(Duration.ZERO) > 0) {
      snapshot().forEach(Worker::interrupt);
      await(INTERRUPTED_GRACE);
    }
    snapshot().forEach(Worker::nudge);
    watch.stop();
  }

  private List<Worker> snapshot() {
    lock.lock();
    try {
      return List.copyOf(workers);
    } finally {
      lock.unlock();
    }
  }

  private int await(Duration patience) {
    long nanos = patience.toNanos();
    lock.lock();
    try {
      while (workers.size() > idlers.size() && nanos > 0) {
        nanos = quiet.awaitNanos(nanos);
      }
      return workers.size() - idlers.size();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return workers.size() - idlers.size();
    } finally {
      lock.unlock();
    }
  }
}
