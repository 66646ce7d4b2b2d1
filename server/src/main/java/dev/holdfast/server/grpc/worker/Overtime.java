package dev.holdfast.server.grpc.worker;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what is with a worker for too long although its connection lives
 * (docs/decisions/0013-work-that-hangs.md).
 *
 * <p>A turn is pure, so it goes to another worker. An activity is not: only an attempt over the
 * limit that somebody has set for its name has failed, and the orchestrator decides whether there
 * is another one. A batch of an entity stays. What waits behind an item that was given up, at a
 * worker that runs one after the other, goes to others too: it has not even been read.
 */
final class Overtime {
  private static final Logger log = LoggerFactory.getLogger("Host.Workers");

  private final WorkerSettings settings;
  private final BiPredicate<WorkItem, RemoteWorker> othersHaveRoom;

  /**
   * @param othersHaveRoom whether any worker but this one takes the item right now
   */
  Overtime(WorkerSettings settings, BiPredicate<WorkItem, RemoteWorker> othersHaveRoom) {
    this.settings = settings;
    this.othersHaveRoom = othersHaveRoom;
  }

  /**
   * @param now as {@link System#nanoTime} tells it
   */
  void look(RemoteWorker worker, long now) {
    List<Handout> all = worker.inOrder();
    Handout first = first(all);
    boolean firstGivenUp = first != null && first.givenUp;
    for (Handout handout : all) {
      if (handout.givenUp) {
        continue;
      }
      boolean waits = worker.isSerial() && handout != first;
      if (handout.item instanceof WorkItem.Activity activity) {
        Duration limit = settings.activityTimeouts().get(activity.name());
        if (!waits && limit != null && now - worker.since(handout) > limit.toNanos()) {
          fail(handout, activity, limit, handout == first);
        } else if (waits && firstGivenUp) {
          moveOn(handout, false, "it waited behind work that hangs");
        }
      } else if (handout.item instanceof WorkItem.EntityBatch) {
        // Its code may reach outside and take its time; only what waits behind others moves on.
        if (waits && firstGivenUp) {
          moveOn(handout, false, "it waited behind work that hangs");
        }
      } else if (now - handout.at > settings.turnTimeout().toNanos()) {
        moveOn(
            handout,
            handout == first,
            "its worker did not answer for " + settings.turnTimeout().toMillis() + " ms");
      }
    }
  }

  /** Batches of entities never hold others up, wherever they run one after the other. */
  private static @Nullable Handout first(List<Handout> all) {
    for (Handout one : all) {
      if (one.item.kind() != WorkItem.Kind.ENTITY) {
        return one;
      }
    }
    return null;
  }

  private void moveOn(Handout handout, boolean first, String why) {
    RemoteWorker worker = handout.worker;
    if (othersHaveRoom.test(handout.item, worker) && worker.giveUp(handout, first)) {
      log.warn(
          "{} '{}' of {} goes from worker {} to another: {}.",
          handout.item.kind().word(),
          handout.item.name(),
          handout.item.instanceId(),
          worker.caller(),
          why);
      handout.answers.answer(new Answer.Lost(handout.item, why));
    }
  }

  private static void fail(
      Handout handout, WorkItem.Activity activity, Duration limit, boolean first) {
    RemoteWorker worker = handout.worker;
    if (!worker.giveUp(handout, first)) {
      return;
    }
    String message =
        "Activity '%s' was with worker %s for longer than its limit of %s ms and was given up; it may still have had its effect. Raise activityTimeouts.%s in host.json if it needs longer."
            .formatted(activity.name(), worker.caller(), limit.toMillis(), activity.name());
    log.warn("{} Instance {}.", message, activity.instanceId());
    handout.answers.answer(
        new Answer.ActivityDone(
            activity,
            ActivityResponse.newBuilder()
                .setInstanceId(activity.instanceId())
                .setTaskId(activity.taskId())
                .setFailureDetails(
                    TaskFailureDetails.newBuilder()
                        .setErrorType(TimeoutException.class.getName())
                        .setErrorMessage(message))
                .build()));
  }
}
