package dev.holdfast.functions.work;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets only so much large work run at once: what is handed to user code is there several times over
 * (as it came, as text for the middleware, as the library's messages, as the values it reads), so
 * that a few dozen large histories at a time would fill the heap. Small work passes by. Safe for
 * many threads.
 */
public final class LargeWork {
  /** Bytes of heap that a byte of such work takes, at the most. */
  private static final int COPIES = 10;

  private static final int SMALL = 64 << 10;
  private static final int UNIT = 1 << 10;

  private final int units;
  private final Semaphore free;

  /**
   * @param bytesMax of heap that all of it may take; what is larger by itself runs alone
   */
  public LargeWork(long bytesMax) {
    units = (int) Math.min(Integer.MAX_VALUE, Math.max(1, bytesMax / UNIT));
    free = new Semaphore(units, true);
  }

  /** Of one kind, in this process: an eighth of its heap. */
  public static LargeWork ofHeap() {
    return new LargeWork(Runtime.getRuntime().maxMemory() / 8);
  }

  /** Room that was taken; closing it gives it back, once, however often it is repeated. */
  public interface Room extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Whether work passes by without asking.
   *
   * @param bytes of what is handed over
   */
  public static boolean isSmall(long bytes) {
    return bytes < SMALL;
  }

  /**
   * Waits until there is room, in the order of asking.
   *
   * @param bytes of what is handed over
   * @throws InterruptedException this thread was interrupted while it waited; it has no room then
   */
  public Room enter(long bytes) throws InterruptedException {
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
