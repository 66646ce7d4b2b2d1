package dev.holdfast.engine.dispatch;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.clock.HubClock;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Handles items that executors give back. It takes answers that are not results, so that the items
 * are offered again, and ignores answers that come too late.
 *
 * <p>Only the loop's thread calls the methods.
 */
final class Returned {
  private static final long ABANDONED_DELAY_MIN = 100_000;
  private static final long ABANDONED_DELAY_MAX = 30_000_000;
  private static final int ABANDONED_MAX = 20;

  /** Only the newest SETTLED_MAX tokens are kept; an older duplicate may run once more. */
  private static final int SETTLED_MAX = 10_000;

  /** A batch of an entity may fail as a whole this many times before its operations fail. */
  private static final int BATCH_FAILED_MAX = 3;

  /**
   * An item may be lost this many times and go out again at once; after that it must pause, because
   * it may kill every worker.
   */
  private static final int LOST_FREELY = 3;

  private final Queues queues;
  private final ServedNames names;
  private final Consumer<Answer> failures;
  private final LinkedHashMap<String, Integer> abandoned = new LinkedHashMap<>();
  private final LinkedHashMap<String, Integer> lost = new LinkedHashMap<>();

  /**
   * Holds the newest tokens of items that have become void, or that are answered although another
   * executor may still hold them.
   */
  private final Set<Long> settled =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
              return size() > SETTLED_MAX;
            }
          });

  /**
   * Maps tasks to the items that executors have held since before the partitions were read anew
   * from the store.
   */
  private final Map<String, Out> out = new LinkedHashMap<>();

  private int firstNumber;

  /**
   * Creates the object without items.
   *
   * @param failures takes the answers that are given instead of an executor
   */
  Returned(Queues queues, ServedNames names, Consumer<Answer> failures) {
    this.queues = queues;
    this.names = names;
    this.failures = failures;
  }

  /** Returns the number of tasks that are remembered as given back or lost. */
  int count() {
    return abandoned.size() + lost.size();
  }

  /**
   * Notes that no answer to the item is needed any more. Later answers that give the item back are
   * ignored, so its entries would never be removed otherwise.
   */
  void settle(WorkItem item) {
    settle(task(item), item.token());
  }

  /**
   * Does the same as {@link #settle(WorkItem)}, for callers that know only the ids of the item.
   *
   * @param taskId the id of an activity; ignored for other kinds
   */
  void settle(WorkItem.Kind kind, String executionId, int taskId, long token) {
    settle(task(kind, executionId, taskId), token);
  }

  private void settle(String task, long token) {
    abandoned.remove(task);
    lost.remove(task);
    settled.add(token);
  }

  /**
   * Returns whether an executor has held the item since before the partitions were read anew from
   * the store; if so, the item is kept until that executor answers.
   */
  boolean isStillOut(WorkItem item) {
    Out held = out.isEmpty() ? null : out.get(task(item));
    if (held == null) {
      return false;
    }
    held.again = item;
    return true;
  }

  /**
   * Takes back the activities of this execution that are kept until an executor answers.
   *
   * @return a list that the caller may add to
   */
  List<WorkItem.Activity> holdBack(String executionId) {
    List<WorkItem.Activity> held = new ArrayList<>();
    for (Out one : out.values()) {
      if (one.again instanceof WorkItem.Activity again && again.executionId().equals(executionId)) {
        one.again = null;
        held.add(again);
      }
    }
    return held;
  }

  /**
   * Begins again with partitions read from the store.
   *
   * @param number the number of the first new partition
   * @param held the activities that executors hold
   */
  void beginAgain(int number, List<WorkItem.Activity> held) {
    firstNumber = number;
    held.forEach(item -> out.putIfAbsent(task(item), new Out()));
    out.values().forEach(one -> one.again = null);
    abandoned.clear();
    lost.clear();
  }

  /**
   * Handles answers that are not results: the item is offered again, now or later.
   *
   * @return false when the answer is a result, which the partition must handle
   */
  boolean takes(Answer answer, long now) {
    boolean nothingDone = answer instanceof Answer.EntityDone done && isNothingDone(done);
    boolean result = isResult(answer) && !nothingDone;
    if (!result && settled.contains(answer.item().token())) {
      return true; // The item is not needed any more; another executor may have answered.
    }
    if (firstNumber > 0 && heardOfBefore(answer, result || nothingDone, now)) {
      return true;
    }
    if (nothingDone) {
      if (!isOfBefore(answer.item())) {
        retry((Answer.EntityDone) answer, now);
      }
      return true;
    }
    if (result) {
      if (names.hasTried()) {
        names.answered(answer.item().kind(), answer.item().name(), isFailure(answer));
      }
      if (!abandoned.isEmpty() || !lost.isEmpty()) {
        String task = task(answer.item());
        boolean mayWait = abandoned.remove(task) != null;
        mayWait |= lost.remove(task) != null;
        if (mayWait) {
          // The executor that was thought lost has answered, so no other executor needs to run the
          // item.
          queues.remove(answer.item().kind(), one -> isSame(one, answer.item()));
          settled.add(answer.item().token());
        }
      }
      return false;
    }
    if (answer instanceof Answer.Deferred deferred) {
      long at = HubClock.micros(deferred.notBefore());
      queues.addLater(answer.item(), Math.max(at, now));
    } else if (answer instanceof Answer.Abandoned given) {
      putOff(given, now);
    } else if (answer instanceof Answer.Lost gone) {
      int times = lost.merge(task(gone.item()), 1, Integer::sum);
      long delay = times <= LOST_FREELY ? 0 : delay(times - LOST_FREELY);
      queues.addLater(gone.item(), now + delay);
    } else if (answer instanceof Answer.NobodyServes) {
      queues.addLater(answer.item(), now + ABANDONED_DELAY_MIN);
    } else {
      return false; // The dispatcher does not know this kind of answer; the partition reports it.
    }
    return true;
  }

  /**
   * Describes an item that an executor has held since before the partitions were read anew from the
   * store.
   */
  private static final class Out {
    private @Nullable WorkItem again;
  }

  /** Returns whether the item belongs to a partition that was given up. */
  private boolean isOfBefore(WorkItem item) {
    return item.token() != 0 && (item.token() >>> 48) < firstNumber;
  }

  /**
   * Takes an answer to an item of a partition that was given up; returns true when the caller has
   * nothing more to do.
   */
  private boolean heardOfBefore(Answer answer, boolean result, long now) {
    Out one = out.isEmpty() ? null : out.remove(task(answer.item()));
    if (result || (one == null && !isOfBefore(answer.item()))) {
      return false;
    }
    if (one != null && one.again != null) {
      queues.addLater(one.again, now);
    }
    return true;
  }

  /**
   * Returns whether the answer belongs to the waiting item. A later attempt may have the id of a
   * failed activity, so the token tells them apart; token 0 identifies only the task.
   */
  private static boolean isSame(WorkItem waits, WorkItem answered) {
    return waits.token() == answered.token()
        || (answered.token() == 0 && task(waits).equals(task(answered)));
  }

  /** Returns whether no operation has run and the response permits another attempt. */
  private static boolean isNothingDone(Answer.EntityDone done) {
    return done.response().getResultsCount() == 0
        && !done.response().getFailureDetails().getIsNonRetriable();
  }

  private void retry(Answer.EntityDone done, long now) {
    TaskFailureDetails failure = done.response().getFailureDetails();
    int times = abandoned.merge(task(done.item()), 1, Integer::sum);
    if (times < BATCH_FAILED_MAX) {
      queues.addLater(done.item(), now + delay(times));
      return;
    }
    abandoned.remove(task(done.item()));
    boolean told = done.response().hasFailureDetails();
    failures.accept(
        FailedAnswer.of(
            done.item(),
            told ? failure.getErrorType() : "NothingDone",
            told
                ? failure.getErrorMessage()
                : "The worker gave the operations of entity '%s' back without results %d times."
                    .formatted(done.item().name(), times)));
  }

  private static boolean isResult(Answer answer) {
    return answer instanceof Answer.TurnDone
        || answer instanceof Answer.ActivityDone
        || answer instanceof Answer.EntityDone
        || answer instanceof Answer.Blocked;
  }

  /**
   * Returns whether the answer is a failure, which may come from an executor that does not know the
   * name.
   */
  private static boolean isFailure(Answer answer) {
    if (answer instanceof Answer.TurnDone turn) {
      return turn.response().getActionsList().stream()
          .anyMatch(
              it ->
                  it.getCompleteOrchestration().getOrchestrationStatus()
                      == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED);
    }
    return answer instanceof Answer.ActivityDone activity
        ? activity.response().hasFailureDetails()
        : answer instanceof Answer.EntityDone entity && entity.response().hasFailureDetails();
  }

  private void putOff(Answer.Abandoned given, long now) {
    String task = task(given.item());
    int times = abandoned.merge(task, 1, Integer::sum);
    if (times >= ABANDONED_MAX) {
      abandoned.remove(task);
      failures.accept(
          FailedAnswer.of(
              given.item(),
              "SetAside",
              "%s '%s' was given back unfinished %d times, last because: %s"
                  .formatted(
                      FailedAnswer.what(given.item()),
                      given.item().name(),
                      times,
                      given.reason())));
      return;
    }
    queues.addLater(given.item(), now + delay(times));
  }

  private static long delay(int times) {
    return Math.min(ABANDONED_DELAY_MAX, ABANDONED_DELAY_MIN << Math.min(times - 1, 20));
  }

  private static String task(WorkItem item) {
    return task(
        item.kind(), item.executionId(), item instanceof WorkItem.Activity a ? a.taskId() : 0);
  }

  private static String task(WorkItem.Kind kind, String executionId, int taskId) {
    return kind == WorkItem.Kind.ACTIVITY ? kind + executionId + taskId : kind + executionId;
  }
}
