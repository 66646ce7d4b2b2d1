package dev.holdfast.server.grpc.worker;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import org.jspecify.annotations.Nullable;

/** Represents one work item at one worker, until it is answered or taken back. */
final class Handout {
  final RemoteWorker worker;
  final WorkItem item;
  final Task task;
  final String token;
  final Executor.Answers answers;

  /** The item was handed out at this time; see {@link Workers#now}. */
  final long at;

  /**
   * This is the item's place in the order in which its worker got its items. Guarded by the worker.
   */
  long number;

  /**
   * This is true when the item took too long: its failure was reported, or the item went to other
   * workers. Its worker still has it, and may answer.
   */
  volatile boolean givenUp;

  /**
   * This is true when the result is no longer needed. The worker still has the item, and cannot be
   * told.
   */
  volatile boolean recalled;

  /**
   * This is the next hand-out of the same task to the same worker, or null. Guarded by the worker.
   */
  @Nullable Handout next;

  /** This is the part that has come so far of an answer in several messages. */
  private @Nullable Chunks chunks;

  /**
   * Identifies the task that an answer without a token is for.
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
