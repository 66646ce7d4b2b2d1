package dev.holdfast.functions.work;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Limits how much large work runs at the same time. Running user code needs several copies of its
 * data: the received bytes, the text for the middleware, the library's messages, and the values
 * that the code reads. A few dozen large histories at once would therefore fill the heap. Small
 * work is not limited. The class is thread-safe.
 */
public final class LargeWork {
  /** One byte of large work takes at most this many bytes of heap. */
  private static final int COPIES = 10;

  private static final int SMALL = 64 << 10;
  private static final int UNIT = 1 << 10;

  private final int units;
  private final Semaphore free;

  /**
   * Creates a limit.
   *
   * @param bytesMax the bytes of heap that all large work together may take; an item that exceeds
   *     this alone runs while no other large work runs
   */
  public LargeWork(long bytesMax) {
    units = (int) Math.min(Integer.MAX_VALUE, Math.max(1, bytesMax / UNIT));
    free = new Semaphore(units, true);
  }

  /** Returns a limit for one kind of work, which is an eighth of this process's heap. */
  public static LargeWork ofHeap() {
    return new LargeWork(Runtime.getRuntime().maxMemory() / 8);
  }

  /**
   * Represents a share that was taken. The first call of close gives it back; repeated calls do no
   * harm.
   */
  public interface Share extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Returns whether work of this size is not limited.
   *
   * @param bytes the size of the data that user code gets
   */
  public static boolean isSmall(long bytes) {
    return bytes < SMALL;
  }

  /**
   * Waits until there is room for the work. Waiting calls get room in their order.
   *
   * @param bytes the size of the data that user code gets
   * @throws InterruptedException this thread was interrupted while it waited, and has taken no room
   */
  public Share enter(long bytes) throws InterruptedException {
    if (isSmall(bytes)) {
      return () -> {};
    }
    int taken = (int) Math.min(units, bytes * COPIES / UNIT);
    free.acquire(taken);
    AtomicBoolean given = new AtomicBoolean();
    return () -> {
      if (given.compareAndSet(false, true)) {
        free.release(taken);
      }
    };
  }
}
