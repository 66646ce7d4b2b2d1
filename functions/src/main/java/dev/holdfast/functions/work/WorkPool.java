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
 * Runs tasks that are mostly short but may block, on daemon threads.
 *
 * <p>A hand-off to another thread costs more than a short task. So a few steady threads take task
 * after task from one queue, and a new task wakes another thread only while fewer steady threads
 * than these are busy. {@link PoolWatch} notices tasks that block, and then lets further threads
 * take over, up to the limit; further threads end when they are idle. Beyond the limit, extra
 * threads run tasks of names that wait while tasks of other names hold their places ({@link
 * PlaceLimits}).
 */
public class WorkPool implements AutoCloseable {

  private static final String SHUTTING_DOWN = "the app is shutting down";

  /**
   * A runnable thread counts as blocked only after this many inspections, because it may just have
   * lost its core. A thread that reads from a socket also seems runnable.
   */
  private static final int PATIENT_LOOKS = 10;

  private static final Duration INTERRUPTED_GRACE = Duration.ofSeconds(2);

  /** Represents a task to run. */
  public interface Task {

    /** Runs the task; it must not throw. */
    void run();

    /**
     * Returns the name of the task's owner: while tasks of other owners wait, an owner whose tasks
     * hold places gets no extra places.
     */
    String name();

    /** Returns the task that this one wraps, or this task when it wraps none. */
    default Task inner() {
      return this;
    }

    /**
     * Ends the task without running it; the pool calls this instead of {@link #run} when it closes
     * before the task has begun.
     */
    void abandon(String reason);
  }

  private final String name;
  private final int steady;
  private final int most;
  private final PlaceLimits limits;
  private final Duration idle;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private final ArrayDeque<Task> queue = new ArrayDeque<>();
  private final ArrayDeque<Worker> idlers = new ArrayDeque<>();
  private final List<Worker> workers = new ArrayList<>();
  private final PoolWatch watch;
  private int stuck;

  /** Holds the number of tasks that have run for long; only code that has the lock writes it. */
  private volatile int held;

  private int named;
  private volatile boolean closed;

  /**
   * Creates a pool without extra places, which starts its threads on demand.
   *
   * @param steady the number of threads that work as long as none of them blocks
   * @param most the number of tasks that may run at once
   * @param idle how long a thread beyond the steady ones waits for work before it ends
   */
  public WorkPool(String name, int steady, int most, Duration idle) {
    this(name, steady, PlaceLimits.of(most), idle);
  }

  /** Creates a pool with extra places beyond its limit; see {@link #look}. */
  public WorkPool(String name, int steady, PlaceLimits limits, Duration idle) {
    this(name, steady, limits, idle, System::nanoTime);
  }

  WorkPool(String name, int steady, PlaceLimits limits, Duration idle, LongSupplier nanoTime) {
    this.name = name;
    this.limits = limits;
    this.most = limits.most();
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

  // The caller must hold the lock, and wake the worker after it has released the lock.
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
      // There is no memory for a thread now, so the task waits, and the watch inspects the pool
      // again soon.
      return null;
    }
  }

  /**
   * Returns the next task for this worker; null when there is none and the worker has joined the
   * idle ones.
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

  // The asking worker is not counted among the others.
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
   * Returns the position in the queue of the first task that may run beyond the limit; -1 when no
   * task may.
   *
   * @param atWork the number of places that are taken
   */
  private int firstExtra(int atWork) {
    int used = Math.max(0, atWork - most);
    if (used >= Math.min(held, limits.extra())) {
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

  /**
   * Returns whether a name may get another extra place. It may only while twice the number of its
   * running tasks is less than the number of free extra places, so that one name does not take them
   * all.
   */
  private boolean mayHaveExtra(String who, int used, int more) {
    int free = limits.extra() - used - more;
    return used + more < Math.min(held, limits.extra()) && 2 * (atWork(who) + more) < free;
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
   * Returns how many more tasks of this name would begin at once although all places are taken,
   * because some places are held.
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
   * Returns how many tasks had run for longer than {@link PlaceLimits#heldAfter} at the last
   * inspection.
   */
  public int held() {
    return held;
  }

  /**
   * Counts the places that are held, and gives extra places to names that wait. The method must be
   * called at intervals.
   */
  public void look() {
    Worker woken = null;
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      int count = 0;
      for (Worker worker : workers) {
        boolean over = now - worker.since() > limits.heldAfter().toNanos();
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

  /**
   * Wakes the watch if tasks wait, because they may need another thread in place of one that has
   * ended.
   */
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

  /** Returns whether a worker that waited in vain should end; if so, removes the worker. */
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

  /**
   * Removes a worker whose thread could not be started or has ended. A repeated call does no harm.
   */
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
   * Removes a thread whose task does not end, so that another may take its place. The thread ends
   * if its task ever ends.
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

  /** Notes that a worker that was counted as stuck has finished its task. */
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
   * Examines which workers make progress. If tasks wait while threads are blocked, further threads
   * take over.
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

  /** Takes the selected tasks out of the queue; the pool then neither runs nor abandons them. */
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
   * Describes a task that is running.
   *
   * @param nanos how long the task has run
   */
  public record Running(Task task, Thread thread, long nanos) {}

  /** Returns the running tasks in no particular order. */
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

  /** Returns the waiting tasks in the order in which they will run. */
  public List<Task> waiting() {
    lock.lock();
    try {
      return List.copyOf(queue);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of waiting tasks. */
  public int queued() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of waiting and running tasks. */
  public int load() {
    lock.lock();
    try {
      return queue.size() + workers.size() - idlers.size();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of threads. */
  public int threads() {
    lock.lock();
    try {
      return workers.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops taking tasks, abandons tasks that have not begun and waits for the running ones.
   *
   * @return the number of tasks that still run after {@code patience}
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

  /** Drains the pool without waiting, and interrupts running tasks. */
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
