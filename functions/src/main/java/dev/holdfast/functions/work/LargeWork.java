package dev.holdfast.functions.work;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Limits how much large work runs at once. User code needs several copies of what it is handed (the
 * bytes received, the text for the middleware, the library's messages, the values it reads), so
 * that a few dozen large histories at a time would fill the heap. Small work is not limited. This
 * class is safe for many threads.
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
   * @param bytesMax the bytes of heap that all large work together may take; an item that is larger
   *     by itself runs alone
   */
  public LargeWork(long bytesMax) {
    units = (int) Math.min(Integer.MAX_VALUE, Math.max(1, bytesMax / UNIT));
    free = new Semaphore(units, true);
  }

  /** Returns a limit for one kind of work: an eighth of this process's heap. */
  public static LargeWork ofHeap() {
    return new LargeWork(Runtime.getRuntime().maxMemory() / 8);
  }

  /**
   * Represents a share that was taken. Closing gives it back once, however often it is repeated.
   */
  public interface Share extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Returns whether work of this size is not limited.
   *
   * @param bytes the size of what is handed over
   */
  public static boolean isSmall(long bytes) {
    return bytes < SMALL;
  }

  /**
   * Waits until there is room, in the order of the calls.
   *
   * @param bytes the size of what is handed over
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
