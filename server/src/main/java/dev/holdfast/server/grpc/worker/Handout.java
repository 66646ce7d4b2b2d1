package dev.holdfast.server.grpc.worker;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import org.jspecify.annotations.Nullable;

/** One work item with one worker, until it is answered or taken back. */
final class Handout {
  final RemoteWorker worker;
  final WorkItem item;
  final Task task;
  final String token;
  final Executor.Answers answers;

  /** When it was handed out; see {@link Workers#now}. */
  final long at;

  /** Its place in the order in which its worker got its items. Guarded by the worker. */
  long number;

  /**
   * It took too long: its failure was told, or the item went to others. Its worker still has it,
   * and may answer.
   */
  volatile boolean givenUp;

  /** Nobody needs its result any more. Its worker still has it, and cannot be told. */
  volatile boolean recalled;

  /** Another one of the same task with the same worker, handed out later. Guarded by the worker. */
  @Nullable Handout next;

  /** What has come of an answer in several messages. */
  private @Nullable Chunks chunks;

  /**
   * What an answer without a token says it is for.
   *
   * @param taskId of an activity; {@link #TURN} for a turn
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
