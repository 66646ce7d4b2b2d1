package dev.holdfast.core.partition;

import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.TaskScheduledEvent;

/** Makes the work items of the activities that orchestrators schedule. */
final class ActivityItems {
  private final PartitionContext context;

  ActivityItems(PartitionContext context) {
    this.context = context;
  }

  /** Makes an item that has just enough content to identify an activity that was handed out. */
  static WorkItem.Activity handedOut(Instance instance, OpenTask task) {
    return new WorkItem.Activity(
        task.token(),
        null,
        ActivityRequest.newBuilder()
            .setName(task.name())
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(instance.id)
                    .setExecutionId(instance.row().state().getExecutionId()))
            .setTaskId(task.id())
            .build());
  }

  /** Makes the work item of an activity that is open. */
  WorkItem.Activity item(Instance instance, OpenTask task) {
    task.handedOut(context.nextToken());
    TaskScheduledEvent scheduled = task.asked.getTaskScheduled();
    ActivityRequest.Builder request =
        ActivityRequest.newBuilder()
            .setName(scheduled.getName())
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(instance.id)
                    .setExecutionId(instance.row().state().getExecutionId()))
            .setTaskId(task.id());
    if (task.attempt() > 1) {
      request.setAttempt(task.attempt());
    }
    if (scheduled.getTagsCount() > 0) {
      request.putAllTags(scheduled.getTagsMap());
    }
    if (scheduled.hasVersion()) {
      request.setVersion(scheduled.getVersion());
    }
    if (scheduled.hasInput()) {
      request.setInput(scheduled.getInput());
    }
    if (scheduled.hasParentTraceContext()) {
      request.setParentTraceContext(scheduled.getParentTraceContext());
    }
    String version = null;
    if (scheduled.hasVersion()) {
      version = scheduled.getVersion().getValue();
    } else if (instance.row().state().hasVersion()) {
      version = instance.row().state().getVersion().getValue();
    }
    return new WorkItem.Activity(task.token(), version, request.build());
  }
}
