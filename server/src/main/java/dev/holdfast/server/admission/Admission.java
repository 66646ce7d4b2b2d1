package dev.holdfast.server.admission;

import dev.holdfast.core.RefusedException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that all requests under way take together, over HTTP and gRPC alike. A request
 * that would take too much is refused while there is still room to refuse it, because a full heap
 * harms every other request as well.
 *
 * <p>A payload exists several times before its request is answered, see {@link #COPIES}. The memory
 * that instances and turns take after that is bounded elsewhere. Safe for many threads.
 */
public final class Admission {
  /**
   * One byte of a payload takes at most this many bytes of heap on its way in. The copies are: the
   * bytes as read and the buffer that grows, the characters, the text, the message, the event that
   * the engine queues, the rows of the commit, and the values that the store is given.
   */
  public static final int COPIES = 8;

  /**
   * One byte of a payload takes at most this many bytes of heap on its way out: the message, the
   * text of the reply while it grows, its bytes.
   */
  public static final int COPIES_OUT = 6;

  /**
   * A reserve is kept for claims of at most this many bytes, so that large claims do not shut small
   * ones out.
   */
  private static final int SMALL = 64 << 10;

  private final long bytesMax;
  private final AtomicLong held = new AtomicLong();

  /**
   * @param bytesMax the bytes that all claims may hold at a time
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

  /** Returns the bytes that are held now. */
  public long held() {
    return held.get();
  }

  /** Opens a claim that holds nothing yet; its opener must close it. */
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
     * @return false when there is no room for it; this claim then holds no more than before. A
     *     request that is alone may hold more than the limit, because it would otherwise never be
     *     let in
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
     * Counts memory that is in use already, whether there is room or not; later claims are refused
     * for it.
     */
    public synchronized void note(long bytes) {
      if (!closed) {
        held.addAndGet(bytes);
        mine += bytes;
      }
    }

    /**
     * Replaces what this claim holds by {@code bytes}, whether there is room or not: the memory is
     * in use already.
     */
    public synchronized void settle(long bytes) {
      if (!closed) {
        held.addAndGet(bytes - mine);
        mine = bytes;
      }
    }

    /** Gives back everything; later claims fail. Closing twice does no harm. */
    @Override
    public synchronized void close() {
      closed = true;
      held.addAndGet(-mine);
      mine = 0;
    }
  }

  /** Returns why a request was refused, and what helps. */
  public String crowded() {
    return String.format(
        Locale.ROOT,
        "The requests under way take %d MiB of memory, and no more than %d are kept for them. Try"
            + " again in a moment, send less at a time, or give the host a larger heap (-Xmx).",
        held.get() >> 20,
        bytesMax >> 20);
  }
}
