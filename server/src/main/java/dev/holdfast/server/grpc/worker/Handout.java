package dev.holdfast.server.grpc.worker;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import org.jspecify.annotations.Nullable;

/** Represents one work item that one worker holds, until it is answered or taken back. */
final class Handout {
  final RemoteWorker worker;
  final WorkItem item;
  final Task task;
  final String token;
  final Executor.Answers answers;

  /** Holds the time of the hand-out; see {@link Workers#now}. */
  final long at;

  /**
   * Holds the item's position in the order in which its worker got its items. The field is guarded
   * by the worker.
   */
  long number;

  /**
   * Says whether the item has taken too long, so that its failure was reported or the item went to
   * other workers. Its worker still holds it, and may answer.
   */
  volatile boolean givenUp;

  /**
   * Says whether the result is no longer needed. The worker still holds the item, because there is
   * no message to cancel it.
   */
  volatile boolean recalled;

  /**
   * Holds the next hand-out of the same task to the same worker, or null. The field is guarded by
   * the worker.
   */
  @Nullable Handout next;

  /** Holds the part that has arrived of an answer in several messages; null when there is none. */
  private @Nullable Chunks chunks;

  /**
   * Identifies the task that an answer without a token belongs to.
   *
   * @param taskId the id of an activity, or {@link #TURN} for a turn
   */
  record Task(String instanceId, int taskId) {
    static final int TURN = Integer.MIN_VALUE;

    static Task of(ActivityResponse response) {
      return new Task(response.getInstanceId(), response.getTaskId());
    }

    static Task of(WorkItem item) {
      return new Task(
          item.instanceId(), item instanceof WorkItem.Activity activity ? activity.taskId() : TURN);
    }
  }

  Handout(RemoteWorker worker, WorkItem item, String token, Executor.Answers answers, long at) {
    this.worker = worker;
    this.item = item;
    this.task = Task.of(item);
    this.token = token;
    this.answers = answers;
    this.at = at;
  }

  synchronized Chunks chunks() {
    Chunks now = chunks;
    if (now == null) {
      now = new Chunks();
      chunks = now;
    }
    return now;
  }
}
