package dev.holdfast.server.admission;

import dev.holdfast.core.RefusedException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the memory that all current requests, over HTTP and gRPC, take together. A request that
 * would take too much is refused in time, because a full heap harms all other requests as well.
 *
 * <p>Several copies of a payload exist before its request is answered, see {@link #COPIES}. Other
 * limits bound the memory that instances and turns take after that. The class is thread-safe.
 */
public final class Admission {
  /**
   * One byte of a payload takes at most this many bytes of heap on its way in. The copies are the
   * received bytes and the growing buffer, the characters, the text, the message, the event that
   * the engine queues, the rows of the commit, and the values for the store.
   */
  public static final int COPIES = 8;

  /**
   * One byte of a payload takes at most this many bytes of heap on its way out. The copies are the
   * message, the growing text of the reply, and its bytes.
   */
  public static final int COPIES_OUT = 6;

  /**
   * A reserve is kept for claims of at most this many bytes, so that large claims do not block
   * small ones.
   */
  private static final int SMALL = 64 << 10;

  private final long bytesMax;
  private final AtomicLong held = new AtomicLong();

  /**
   * Creates an admission without claims.
   *
   * @param bytesMax the number of bytes that all claims together may hold at any time
   */
  public Admission(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Returns an admission that lends out a third of this process's heap, so that the work itself
   * keeps the larger part.
   */
  public static Admission ofHeap() {
    return new Admission(Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 3));
  }

  /** Returns the number of bytes that all claims hold now. */
  public long held() {
    return held.get();
  }

  /** Opens a claim that holds no memory yet; the caller must close it. */
  public Claim open() {
    return new Claim();
  }

  /** Counts the memory that one request holds. */
  public final class Claim implements AutoCloseable {
    private long mine;
    private boolean closed;

    private Claim() {}

    /**
     * Claims more memory for this request.
     *
     * @return false when there is no room for it; this claim then holds no more than before. If
     *     there are no other claims, a claim may exceed the limit, because its request would
     *     otherwise never be let in
     */
    public synchronized boolean tryTake(long bytes) {
      if (closed) {
        return false;
      }
      long all = held.addAndGet(bytes);
      long most = bytes <= SMALL ? bytesMax + bytesMax / 4 : bytesMax;
      if (all > most && all > mine + bytes) {
        held.addAndGet(-bytes);
        return false;
      }
      mine += bytes;
      return true;
    }

    /**
     * Claims more memory for this request, as {@link #tryTake} does.
     *
     * @throws RefusedException UNAVAILABLE, when there is no room for it
     */
    public void take(long bytes) {
      if (!tryTake(bytes)) {
        throw new RefusedException(RefusedException.Reason.UNAVAILABLE, crowded());
      }
    }

    /**
     * Adds memory that is already in use, even when there is no room; later claims are then
     * refused.
     */
    public synchronized void note(long bytes) {
      if (!closed) {
        held.addAndGet(bytes);
        mine += bytes;
      }
    }

    /**
     * Sets the memory that this claim holds to {@code bytes}, even when there is no room, because
     * the memory is already in use.
     */
    public synchronized void settle(long bytes) {
      if (!closed) {
        held.addAndGet(bytes - mine);
        mine = bytes;
      }
    }

    /**
     * Gives back all memory; later calls of {@link #tryTake} fail. A repeated close does no harm.
     */
    @Override
    public synchronized void close() {
      closed = true;
      held.addAndGet(-mine);
      mine = 0;
    }
  }

  /** Returns the message for a refused request, with the cause and the cure. */
  public String crowded() {
    return String.format(
        Locale.ROOT,
        "The requests under way take %d MiB of memory, and no more than %d are kept for them. Try"
            + " again in a moment, send less at a time, or give the host a larger heap (-Xmx).",
        held.get() >> 20,
        bytesMax >> 20);
  }
}
