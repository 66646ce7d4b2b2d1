package dev.holdfast.server.grpc.remote;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.EntityBatchRequest;
import dev.holdfast.protocol.EntityOperationSignaledEvent;
import dev.holdfast.protocol.EntityRequest;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OperationRequest;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.StreamInstanceHistoryRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the items that a remote hub has sent to this host: each goes to the executor that takes it,
 * and its answer goes back. An item that no executor takes is given back at once. All methods are
 * safe from any thread; only {@link #awaitAnswered} blocks.
 */
final class WorkInHand {
  private static final Logger log = LoggerFactory.getLogger("Host.Remote");

  /** An item that arrives during a drain is kept for this long before it is given back. */
  private static final long GIVE_BACK_MILLIS = 1_000;

  private final RemoteConnection connection;
  private final AnswerDelivery delivery;
  private final List<Executor> executors;
  private final ScheduledExecutorService clock;
  private final Consumer<Throwable> lost;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Held> byNumber = new ConcurrentHashMap<>();

  /** Holds the activities that run now. The field is guarded by this object. */
  private final Map<Task, Held> activities = new HashMap<>();

  /**
   * Counts the items that this host holds and the answers that are being sent. The field is guarded
   * by this object.
   */
  private int unanswered;

  private volatile boolean draining;

  private record Task(String instanceId, String executionId, int taskId) {
    static Task of(WorkItem.Activity activity) {
      return new Task(activity.instanceId(), activity.executionId(), activity.taskId());
    }
  }

  /**
   * Represents an item together with the token that its answer must carry, which is the token of
   * the newest hand-out.
   */
  private static final class Held {
    private volatile String token;

    Held(String token) {
      this.token = token;
    }
  }

  /**
   * Creates an object without items.
   *
   * @param lost receives the notice that an item was lost, so that the caller must make the hub
   *     hand it out again
   */
  WorkInHand(
      RemoteConnection connection,
      AnswerDelivery delivery,
      List<Executor> executors,
      ScheduledExecutorService clock,
      Consumer<Throwable> lost) {
    this.connection = connection;
    this.delivery = delivery;
    this.executors = List.copyOf(executors);
    this.clock = clock;
    this.lost = lost;
  }

  /** Takes an item that the hub has sent. */
  void take(dev.holdfast.protocol.WorkItem sent) {
    String token = sent.getCompletionToken();
    switch (sent.getRequestCase()) {
      case ORCHESTRATORREQUEST -> turn(sent.getOrchestratorRequest(), token);
      case ACTIVITYREQUEST -> activity(sent.getActivityRequest(), token);
      case ENTITYREQUEST -> hold(batch(sent.getEntityRequest()), token);
      case ENTITYREQUESTV2 -> hold(batch(sent.getEntityRequestV2()), token);
      case HEALTHPING, REQUEST_NOT_SET -> {
        // The message is only a ping and contains no work.
      }
    }
  }

  private void turn(OrchestratorRequest request, String token) {
    if (!request.getRequiresHistoryStreaming()) {
      hold(turnOf(request), token);
      return;
    }
    begin();
    untilEnded(
        () ->
            RemoteHistory.fetch(
                    connection,
                    StreamInstanceHistoryRequest.newBuilder()
                        .setInstanceId(request.getInstanceId())
                        .setExecutionId(StringValue.of(request.getExecutionId().getValue()))
                        .setForWorkItemProcessing(true)
                        .build())
                .handle(
                    (history, thrown) -> {
                      if (thrown == null) {
                        hold(turnOf(whole(request, history)), token);
                      } else {
                        log.warn(
                            "The history of instance '{}' cannot be fetched ({}); its turn is given back.",
                            request.getInstanceId(),
                            connection.troubles().words(thrown));
                        giveBack(turnOf(request), token);
                      }
                      return null;
                    }));
  }

  /**
   * Runs a step and calls {@link #end} exactly once, even after an exception; after a failure it
   * makes the hub hand out the lost item again.
   */
  private void untilEnded(Supplier<CompletableFuture<?>> step) {
    try {
      var unused =
          step.get()
              .whenComplete(
                  (done, thrown) -> {
                    end();
                    if (thrown != null) {
                      lost.accept(thrown);
                    }
                  });
    } catch (Throwable e) {
      end();
      lost.accept(e);
    }
  }

  private static OrchestratorRequest whole(
      OrchestratorRequest request, List<HistoryEvent> history) {
    return request.toBuilder()
        .clearPastEvents()
        .addAllPastEvents(history)
        .clearRequiresHistoryStreaming()
        .build();
  }

  private WorkItem.Turn turnOf(OrchestratorRequest request) {
    ExecutionStartedEvent started = started(request);
    return new WorkItem.Turn(
        numbers.incrementAndGet(),
        request.getInstanceId(),
        request.getExecutionId().getValue(),
        started == null ? "" : started.getName(),
        started != null && started.hasVersion() ? started.getVersion().getValue() : null,
        request.toByteString());
  }

  private static @Nullable ExecutionStartedEvent started(OrchestratorRequest request) {
    for (HistoryEvent event : request.getNewEventsList()) {
      if (event.hasExecutionStarted()) {
        return event.getExecutionStarted();
      }
    }
    for (HistoryEvent event : request.getPastEventsList()) {
      if (event.hasExecutionStarted()) {
        return event.getExecutionStarted();
      }
    }
    return null;
  }

  /**
   * Takes an activity. The hub hands an activity out again when the connection was lost; if the
   * activity still runs in this host, it is not begun a second time, and its answer gets the new
   * token.
   */
  private void activity(ActivityRequest request, String token) {
    WorkItem.Activity item =
        new WorkItem.Activity(
            numbers.incrementAndGet(),
            request.hasVersion() ? request.getVersion().getValue() : null,
            request);
    synchronized (this) {
      Held running = activities.get(Task.of(item));
      if (running != null) {
        running.token = token;
        return;
      }
    }
    hold(item, token);
  }

  private WorkItem.EntityBatch batch(EntityRequest request) {
    return new WorkItem.EntityBatch(
        numbers.incrementAndGet(),
        request.getInstanceId(),
        request.getExecutionId(),
        request.hasEntityState() ? request.getEntityState().getValue() : null,
        request.getOperationRequestsList());
  }

  /**
   * Converts the older form of a batch, which does not say whether a caller waits for the answer,
   * or which caller this is.
   */
  private WorkItem.EntityBatch batch(EntityBatchRequest request) {
    return new WorkItem.EntityBatch(
        numbers.incrementAndGet(),
        request.getInstanceId(),
        "",
        request.hasEntityState() ? request.getEntityState().getValue() : null,
        request.getOperationsList().stream().map(WorkInHand::event).toList());
  }

  private static HistoryEvent event(OperationRequest operation) {
    EntityOperationSignaledEvent.Builder signaled =
        EntityOperationSignaledEvent.newBuilder()
            .setOperation(operation.getOperation())
            .setRequestId(operation.getRequestId());
    if (operation.hasInput()) {
      signaled.setInput(operation.getInput());
    }
    return HistoryEvent.newBuilder().setEntityOperationSignaled(signaled).build();
  }

  private void hold(WorkItem item, String token) {
    Executor executor = draining ? null : executorOf(item);
    if (executor == null) {
      giveBack(item, token);
      return;
    }
    Held held = new Held(token);
    byNumber.put(item.token(), held);
    if (item instanceof WorkItem.Activity activity) {
      synchronized (this) {
        activities.put(Task.of(activity), held);
      }
    }
    begin();
    boolean taken = false;
    try {
      executor.execute(List.of(item), this::answered);
      taken = true;
    } finally {
      if (!taken) {
        forget(item);
      }
    }
  }

  /**
   * Drops an item that no executor has begun, so that it is begun when the hub hands it out again.
   */
  private void forget(WorkItem item) {
    Held held = byNumber.remove(item.token());
    if (held != null) {
      end();
      if (item instanceof WorkItem.Activity activity) {
        synchronized (this) {
          activities.remove(Task.of(activity), held);
        }
      }
    }
  }

  private @Nullable Executor executorOf(WorkItem item) {
    for (Executor executor : executors) {
      if (executor.takes(item)) {
        return executor;
      }
    }
    return null;
  }

  /**
   * Gives an item back at once. While this host drains, the method waits a moment first, because
   * the hub may offer the item to this host again.
   */
  private void giveBack(WorkItem item, String token) {
    log.debug("'{}' of instance '{}' is given back to the hub.", item.name(), item.instanceId());
    if (!draining) {
      abandon(item, token);
      return;
    }
    try {
      var unused =
          clock.schedule(() -> abandon(item, token), GIVE_BACK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("The host has stopped; the hub misses the item with the connection.");
    }
  }

  private void abandon(WorkItem item, String token) {
    begin();
    untilEnded(() -> delivery.abandon(item, token));
  }

  private void answered(Answer answer) {
    WorkItem item = answer.item();
    Held held = byNumber.remove(item.token());
    if (held == null) {
      return;
    }
    String token;
    synchronized (this) {
      if (item instanceof WorkItem.Activity activity) {
        activities.remove(Task.of(activity), held);
      }
      token = held.token;
    }
    untilEnded(() -> deliver(answer, token));
  }

  private CompletableFuture<Void> deliver(Answer answer, String token) {
    if (answer instanceof Answer.TurnDone done) {
      return delivery.turn(done.item(), token, done.response());
    }
    if (answer instanceof Answer.ActivityDone done) {
      return delivery.activity(done.item(), token, done.response());
    }
    if (answer instanceof Answer.EntityDone done) {
      return delivery.batch(done.item(), token, done.response());
    }
    if (answer instanceof Answer.Blocked blocked) {
      return delivery.blocked(blocked.item(), token, blocked.block());
    }
    return delivery.abandon(answer.item(), token);
  }

  private synchronized void begin() {
    unanswered++;
  }

  private synchronized void end() {
    unanswered--;
    if (unanswered == 0) {
      notifyAll();
    }
  }

  /** Gives back every item that arrives from now on. */
  void drain() {
    draining = true;
  }

  /**
   * Waits until the hub has the answers to all items that were taken; returns false when this takes
   * longer than {@code atMost}.
   */
  synchronized boolean awaitAnswered(Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (unanswered > 0) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
