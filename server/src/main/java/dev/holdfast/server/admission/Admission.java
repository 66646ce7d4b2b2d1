package dev.holdfast.server.admission;

import dev.holdfast.core.RefusedException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the requests under way take together, HTTP and gRPC alike. What would be too much
 * is refused while there is still room to refuse it: a heap that is full spares nobody.
 *
 * <p>A payload is there several times before its request is answered, see {@link #COPIES}. What
 * instances take after that, in memory and in turns, is bounded elsewhere. Safe for many threads.
 */
public final class Admission {
  /**
   * How many bytes of heap a byte of a payload takes on its way in, at the most: as it was read and
   * while it was growing, as characters, as text, in the message, in the event that the engine
   * queues, in the rows of the commit, and as they are given to the store.
   */
  public static final int COPIES = 8;

  /** How many on the way out: in the message, as text of the reply while it grows, as its bytes. */
  public static final int COPIES_OUT = 6;

  /**
   * A reserve is kept for claims up to this many bytes, so that large ones do not shut them out.
   */
  private static final int SMALL = 64 << 10;

  private final long bytesMax;
  private final AtomicLong held = new AtomicLong();

  /**
   * @param bytesMax that may be held at a time
   */
  public Admission(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Of this process: a third of its heap, so that as much is left for what runs. */
  public static Admission ofHeap() {
    return new Admission(Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 3));
  }

  /** Bytes that are held now. */
  public long held() {
    return held.get();
  }

  /** A claim that holds nothing yet; whoever opens it closes it. */
  public Claim open() {
    return new Claim();
  }

  /** What one request holds. */
  public final class Claim implements AutoCloseable {
    private long mine;
    private boolean closed;

    private Claim() {}

    /**
     * Claims more for this request.
     *
     * @return false when there is no room for it; nothing more is held then. A request that is
     *     alone may hold more than there is: it would never be let in otherwise
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
     * As {@link #tryTake}.
     *
     * @throws RefusedException UNAVAILABLE, when there is no room for it
     */
    public void take(long bytes) {
      if (!tryTake(bytes)) {
        throw new RefusedException(RefusedException.Reason.UNAVAILABLE, crowded());
      }
    }

    /** Counts what is held already, whether there is room or not: others will be refused. */
    public synchronized void note(long bytes) {
      if (!closed) {
        held.addAndGet(bytes);
        mine += bytes;
      }
    }

    /** From now on it holds so much, whether there is room or not: what is made is there. */
    public synchronized void settle(long bytes) {
      if (!closed) {
        held.addAndGet(bytes - mine);
        mine = bytes;
      }
    }

    /** Gives back everything; from now on nothing can be claimed. Harmless when repeated. */
    @Override
    public synchronized void close() {
      closed = true;
      held.addAndGet(-mine);
      mine = 0;
    }
  }

  /** Why something was refused, and what helps. */
  public String crowded() {
    return String.format(
        Locale.ROOT,
        "The requests under way take %d MiB of memory, and no more than %d are kept for them. Try"
            + " again in a moment, send less at a time, or give the host a larger heap (-Xmx).",
        held.get() >> 20,
        bytesMax >> 20);
  }
}
