package dev.holdfast.functions.work;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Daemon threads that run tasks which are mostly short but may block.
 *
 * <p>A hand-off to another thread costs more than a short task. So a few steady threads take task
 * after task from one queue, and a new task wakes another thread only while fewer than those are at
 * work. Tasks that block are noticed by {@link PoolWatch}, which then lets further threads take
 * over, up to the limit; they leave again when idle.
 */
public final class WorkPool implements AutoCloseable {

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

    /** Called instead of {@link #run} when the pool closes before the task's turn. */
    void abandon(String reason);
  }

  private final String name;
  private final int steady;
  private final int most;
  private final Duration idle;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private final ArrayDeque<Task> queue = new ArrayDeque<>();
  private final ArrayDeque<Worker> idlers = new ArrayDeque<>();
  private final List<Worker> workers = new ArrayList<>();
  private final PoolWatch watch;
  private int stuck;
  private int named;
  private boolean closed;

  /**
   * Starts no thread yet.
   *
   * @param steady how many threads work as long as none of them blocks
   * @param most how many tasks may be under way at once
   * @param idle how long a thread beyond the steady ones waits for work before it ends
   */
  public WorkPool(String name, int steady, int most, Duration idle) {
    this.name = name;
    this.most = Math.max(1, most);
    this.steady = Math.min(Math.max(1, steady), this.most);
    this.idle = idle;
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
    Worker idler = idlers.pollLast();
    if (idler != null) {
      return idler;
    }
    if (workers.size() >= most) {
      return null;
    }
    Worker worker = new Worker(this, name + "-" + ++named);
    workers.add(worker);
    return worker;
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
      task = queue.poll();
      if (task == null) {
        rest(worker);
      } else {
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

  /** A worker whose thread could not be started. */
  void forget(Worker worker) {
    lock.lock();
    try {
      workers.remove(worker);
    } finally {
      lock.unlock();
    }
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
