package dev.holdfast.server.grpc.remote;

import com.google.protobuf.Empty;
import dev.holdfast.core.Executor;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.WorkItem;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches work items from a remote hub, lets the executors of this host run them, and sends the
 * answers. A broken connection is opened again, without a limit of attempts.
 *
 * <p>The object is started once, and later drained and closed; any thread may call all methods.
 */
public final class RemoteWork implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("Host.Remote");
  private static final long FIRST_RETRY_MILLIS = 200;
  private static final long LAST_RETRY_MILLIS = 15_000;
  private static final long GREETING_SECONDS = 30;

  /** Hubs send a ping at least this often, so a longer silence means that the stream is dead. */
  private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

  private static final long AFTER_FAILURE_NANOS = Duration.ofMillis(100).toNanos();
  private static final Duration WATCH_EVERY = Duration.ofSeconds(10);

  /** A hub that sends nothing at first is assumed to serve the stream after this time. */
  private static final Duration ACCEPTED_AFTER = Duration.ofSeconds(2);

  private final RemoteConnection connection;
  private final Supplier<WorkWanted> wanted;
  private final ScheduledExecutorService clock =
      Executors.newScheduledThreadPool(1, RemoteWork::thread);
  private final Backoff backoff;
  private final WorkInHand inHand;
  private final Duration acceptedAfter;

  /** Holds the current stream. This field and all fields below are guarded by this object. */
  private @Nullable Stream stream;

  private int failures;
  private boolean stopped;
  private @Nullable String trouble;
  private boolean told;

  /**
   * Creates an object that has not been started.
   *
   * @param executors the executors; an item goes to the first one that takes it
   * @param wanted supplies the description of the requested work for each new stream
   * @param dice spreads the attempts of many workers over time
   */
  public RemoteWork(
      RemoteConnection connection,
      List<Executor> executors,
      Supplier<WorkWanted> wanted,
      RandomGenerator dice) {
    this(connection, executors, wanted, dice, ACCEPTED_AFTER);
  }

  /**
   * Creates an object with another waiting time, for tests.
   *
   * @param acceptedAfter the time after which a silent stream is assumed to be served
   */
  RemoteWork(
      RemoteConnection connection,
      List<Executor> executors,
      Supplier<WorkWanted> wanted,
      RandomGenerator dice,
      Duration acceptedAfter) {
    this.connection = connection;
    this.acceptedAfter = acceptedAfter;
    this.wanted = wanted;
    this.backoff = new Backoff(FIRST_RETRY_MILLIS, LAST_RETRY_MILLIS, dice);
    this.inHand =
        new WorkInHand(
            connection,
            new AnswerDelivery(connection, clock, backoff, this::keyRefused),
            executors,
            clock,
            this::lost);
    this.trouble = "The hub at " + connection.target().address() + " has not answered yet.";
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "holdfast-remote");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to connect to the hub, and returns at once. */
  public void start() {
    long every = WATCH_EVERY.toSeconds();
    // The executor silently ends a periodic task that throws, so every exception is caught.
    Runnable look = () -> attempt(this::watch);
    var unused = clock.scheduleWithFixedDelay(look, every, every, TimeUnit.SECONDS);
    clock.execute(() -> attempt(this::greet));
  }

  /** Returns one sentence that says why the hub sends no work now; null while all is well. */
  public synchronized @Nullable String trouble() {
    return trouble;
  }

  /**
   * Opens a new stream when the functions of this host have changed in a way that the hub must
   * know.
   */
  public synchronized void wantedChanged() {
    Stream now = stream;
    if (now != null && !now.request.equals(wanted.get().request())) {
      log.info("The hub is told about the functions that there are now.");
      stream = null;
      now.cancel("the functions have changed");
      clock.execute(() -> attempt(this::open));
    }
  }

  /**
   * Runs a step. Any exception or error of the step, including a lack of memory, is logged, and the
   * connection is made again.
   */
  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      while (!renewed(e)) {
        // No other code would reconnect, so this thread tries again until there is enough memory.
        LockSupport.parkNanos(this, AFTER_FAILURE_NANOS);
      }
    }
  }

  private boolean renewed(Throwable because) {
    try {
      Stream now;
      synchronized (this) {
        now = stream;
      }
      broke(now, "A step of the connection to the task hub has failed (" + because + ").");
      if (now != null) {
        now.cancel("a step of this host failed");
      }
      log.error("The connection to the task hub failed in a step and is made anew.", because);
      return true;
    } catch (Throwable again) {
      return false;
    }
  }

  /**
   * Breaks the connection, so that the hub hands out again the items that it has sent over this
   * connection.
   */
  private void lost(Throwable because) {
    Stream now;
    synchronized (this) {
      now = stream;
    }
    if (now != null) {
      attempt(
          () -> {
            throw new IllegalStateException("what a work item needs could not be done", because);
          });
    }
  }

  /**
   * Asks the hub for a greeting before the stream is opened: a hub that accepts connections but
   * cannot serve yet answers it late or with an error.
   */
  private void greet() {
    synchronized (this) {
      if (stopped) {
        return;
      }
    }
    connection.tryNow();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(GREETING_SECONDS, TimeUnit.SECONDS);
    var unused =
        connection
            .call(TaskHubSidecarServiceGrpc.getHelloMethod(), options, Empty.getDefaultInstance())
            .whenComplete(
                (hello, thrown) -> {
                  if (thrown == null) {
                    attempt(this::open);
                  } else {
                    broke(null, thrown);
                  }
                });
  }

  private void open() {
    Stream next;
    synchronized (this) {
      if (stopped) {
        return;
      }
      next = new Stream(wanted.get());
      stream = next;
    }
    ClientCalls.asyncServerStreamingCall(
        connection
            .calls()
            .newCall(TaskHubSidecarServiceGrpc.getGetWorkItemsMethod(), CallOptions.DEFAULT),
        next.request,
        next);
    Runnable accept = () -> accepted(next);
    var unused = clock.schedule(accept, acceptedAfter.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Notes that the hub has accepted this stream, and so knows which names this host serves. Before
   * that, the hub may fail an instance whose name no worker has ever served, so this host does not
   * report itself as ready.
   */
  private synchronized void accepted(Stream which) {
    if (stream != which || which.accepted) {
      return;
    }
    which.accepted = true;
    trouble = null;
    told = false;
    WorkWanted now = which.wanted;
    log.info(
        "Connected to the task hub '{}' at {}: {} orchestrators, {} activities and {} entities are served{}.",
        connection.target().askedHub(),
        connection.target().address(),
        now.orchestrators().size(),
        now.activities().size(),
        now.entities().size(),
        now.versions().isEmpty() ? "" : ", of version " + String.join(", ", now.versions()));
  }

  /** Handles one stream of work items; its methods are called by one thread at a time. */
  private final class Stream implements ClientResponseObserver<GetWorkItemsRequest, WorkItem> {
    private final WorkWanted wanted;
    private final GetWorkItemsRequest request;

    /** This field is guarded by the outer object. */
    private boolean accepted;

    private volatile @Nullable ClientCallStreamObserver<GetWorkItemsRequest> call;
    private volatile long lastHeard = System.nanoTime();

    Stream(WorkWanted wanted) {
      this.wanted = wanted;
      this.request = wanted.request();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<GetWorkItemsRequest> started) {
      call = started;
    }

    @Override
    public void onNext(WorkItem item) {
      lastHeard = System.nanoTime();
      heard(this);
      inHand.take(item);
    }

    @Override
    public void onError(Throwable thrown) {
      broke(this, thrown);
    }

    @Override
    public void onCompleted() {
      broke(this, Status.UNAVAILABLE.withDescription("it ended the stream").asException());
    }

    void cancel(String why) {
      ClientCallStreamObserver<GetWorkItemsRequest> now = call;
      if (now != null) {
        now.cancel(why, null);
      }
    }
  }

  private synchronized void heard(Stream from) {
    if (stream == from) {
      failures = 0;
      accepted(from);
    }
  }

  /**
   * Notes that a stream has ended or could not be opened; the next attempt follows after a pause.
   */
  private void broke(@Nullable Stream which, Throwable thrown) {
    broke(which, connection.troubles().words(thrown));
  }

  private synchronized void broke(@Nullable Stream which, String reason) {
    if (stopped || stream != which) {
      return;
    }
    stream = null;
    failures++;
    trouble = reason;
    if (!told) {
      told = true;
      log.warn("{} This host keeps trying, and work goes on as soon as that succeeds.", reason);
    }
    try {
      var unused =
          clock.schedule(
              () -> attempt(this::greet), backoff.millis(failures), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("No further attempt: the host has stopped.");
    }
  }

  /**
   * Ends the stream and opens it again once there is a valid key. A stream may stay open after its
   * key has become invalid, but the hub takes no answers with an invalid key; after the end of the
   * stream the hub gives the work to other workers.
   */
  private void keyRefused(Throwable thrown) {
    Stream now;
    synchronized (this) {
      now = stream;
    }
    if (now != null) {
      broke(now, thrown);
      now.cancel("the hub does not accept the token any more");
    }
  }

  private void watch() {
    Stream now;
    synchronized (this) {
      now = stream;
    }
    if (now != null && System.nanoTime() - now.lastHeard > SILENCE_MAX.toNanos()) {
      now.cancel("nothing was heard for " + SILENCE_MAX.toSeconds() + " s");
    }
  }

  /** Gives back every item that arrives from now on; running items may still be answered. */
  public void drain() {
    inHand.drain();
  }

  /**
   * Waits until the hub has the answers to all items that were taken; returns false when this takes
   * longer than {@code atMost}.
   */
  public boolean awaitAnswered(Duration atMost) throws InterruptedException {
    return inHand.awaitAnswered(atMost);
  }

  /**
   * Ends the stream; the hub hands out again the items that were not answered. A repeated close
   * does no harm.
   */
  @Override
  public void close() {
    Stream last;
    synchronized (this) {
      stopped = true;
      last = stream;
      stream = null;
    }
    if (last != null) {
      last.cancel("the host stops");
    }
    clock.shutdownNow();
  }
}
