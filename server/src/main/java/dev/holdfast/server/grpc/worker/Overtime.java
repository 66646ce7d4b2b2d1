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
 * Handles work items that stay with a worker for too long although its connection is alive
 * (docs/decisions/0013-work-that-hangs.md).
 *
 * <p>A turn is pure, so it goes to another worker. An activity is not pure: an attempt fails only
 * when it exceeds the limit that the user has set for the activity's name, and the orchestrator
 * decides whether there is another attempt. A batch of an entity is not pure either, but no
 * orchestrator decides about it: when it exceeds the limit of the entity's name, it goes to another
 * worker or again to this one; without a limit it stays. The first answer with results counts, so a
 * limit that is too short causes no delay. When a worker runs items one after the other and one of
 * them is given up, the items that wait behind it go to other workers too, because the worker has
 * not even read them.
 */
final class Overtime {
  private static final Logger log = LoggerFactory.getLogger("Host.Workers");

  private final WorkerSettings settings;
  private final BiPredicate<WorkItem, RemoteWorker> othersHaveRoom;

  /**
   * Creates an object that watches the items of workers.
   *
   * @param othersHaveRoom returns whether any worker other than the given one takes the item right
   *     now
   */
  Overtime(WorkerSettings settings, BiPredicate<WorkItem, RemoteWorker> othersHaveRoom) {
    this.settings = settings;
    this.othersHaveRoom = othersHaveRoom;
  }

  /**
   * Gives up the items of one worker that have taken too long.
   *
   * @param now the time from {@link Workers#now}
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
      } else if (handout.item instanceof WorkItem.EntityBatch batch) {
        Duration limit = settings.entityTimeouts().get(batch.name());
        if (limit != null && now - worker.since(handout) > limit.toNanos()) {
          handOutAgain(handout, limit);
        } else if (waits && firstGivenUp) {
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

  /**
   * Returns the first item that can delay others; batches of entities never do, even when the
   * worker runs its other items one after the other.
   */
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
      giveAway(handout, "to another", why);
    }
  }

  /**
   * Hands a batch out again, unless no worker has room, because waiting in a queue would not help
   * the batch.
   */
  private void handOutAgain(Handout handout, Duration limit) {
    RemoteWorker worker = handout.worker;
    boolean toOthers = othersHaveRoom.test(handout.item, worker);
    if ((toOthers || worker.places(WorkItem.Kind.ENTITY) > 0) && worker.giveUp(handout, false)) {
      giveAway(
          handout,
          toOthers ? "to another" : "to the same again, for there is no other",
          "it was not done within its limit of %s ms (entityTimeouts.%s in host.json), and its operations may be done twice"
              .formatted(limit.toMillis(), handout.item.name()));
    }
  }

  private static void giveAway(Handout handout, String whereTo, String why) {
    log.warn(
        "{} '{}' of {} goes from worker {} {}: {}.",
        handout.item.kind().word(),
        handout.item.name(),
        handout.item.instanceId(),
        handout.worker.caller(),
        whereTo,
        why);
    handout.answers.answer(new Answer.Lost(handout.item, why));
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
