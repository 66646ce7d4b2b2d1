package dev.holdfast.core.partition;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.ParentInstanceInfo;
import org.jspecify.annotations.Nullable;

/**
 * Starts instances: decides whether a start may take an id that is in use, and makes the new
 * execution's first event.
 */
final class Starts {
  private final PartitionContext context;
  private final Lifecycle lifecycle;
  private final Turns turns;

  Starts(PartitionContext context, Lifecycle lifecycle, Turns turns) {
    this.context = context;
    this.lifecycle = lifecycle;
    this.turns = turns;
  }

  /**
   * Handles a client's start.
   *
   * @param existing the instance that has the requested id; null when there is none
   * @return the new instance; null when the start was refused
   */
  @Nullable Instance start(Input.Start start, @Nullable Instance existing) {
    CreateInstanceRequest request = start.request();
    RefusedException refusal = existing == null ? null : refusal(request, existing);
    if (existing != null && refusal != null) {
      context.changes().whenDurable(existing, new Effect.Refuse(start.asker(), refusal));
      return null;
    }
    if (existing != null) {
      replace(existing);
    }
    long startAt = 0;
    if (request.hasScheduledStartTimestamp()) {
      long wanted = Times.microsUp(request.getScheduledStartTimestamp());
      // The JavaScript SDK sends the epoch when the caller gave no time; a time in the past means
      // now.
      startAt = wanted > context.now() ? wanted : 0;
    }
    HistoryEvent started = executionStarted(request);
    // When the start replaces an instance, the new instance must be in the same commit as the
    // removal, so that the id always has an instance.
    Message.Source source = existing == null ? Message.Source.CLIENT : Message.Source.INSTANCE;
    Instance instance = lifecycle.create(started.getExecutionStarted(), started, startAt, source);
    Message message = java.util.Objects.requireNonNull(instance.last());
    context.changes().whenKept(message, new Effect.Reply<>(start.asker(), instance.id));
    return instance;
  }

  private static @Nullable RefusedException refusal(
      CreateInstanceRequest request, Instance existing) {
    boolean allowed =
        request.hasOrchestrationIdReusePolicy()
            ? request
                .getOrchestrationIdReusePolicy()
                .getReplaceableStatusList()
                .contains(existing.status())
            : existing.hasEnded();
    if (allowed) {
      return null;
    }
    return new RefusedException(
        RefusedException.Reason.ALREADY_EXISTS,
        "An orchestration instance with the id '%s' already exists (%s). Use another id%s."
            .formatted(
                existing.id,
                Statuses.name(existing.status()),
                existing.hasEnded()
                    ? ", or allow this status in the id-reuse policy"
                    : ", or terminate it first"));
  }

  /**
   * Removes the instance that had the id and all its rows. An instance that still runs is
   * terminated first, so that its parent learns of the end.
   */
  private void replace(Instance existing) {
    if (!existing.hasEnded()) {
      lifecycle.terminate(
          existing, turns, "\"Replaced by a new instance with the same id.\"", false);
    }
    context.remove(existing);
  }

  private HistoryEvent executionStarted(CreateInstanceRequest request) {
    ExecutionStartedEvent.Builder started =
        ExecutionStartedEvent.newBuilder()
            .setName(request.getName())
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(request.getInstanceId())
                    .setExecutionId(
                        request.getExecutionId().getValue().isEmpty()
                            ? StringValue.of(context.newGuid())
                            : request.getExecutionId()));
    if (request.getTagsCount() > 0) {
      started.putAllTags(request.getTagsMap());
    }
    if (request.hasVersion()) {
      started.setVersion(request.getVersion());
    }
    if (request.hasInput()) {
      started.setInput(request.getInput());
    }
    if (request.hasScheduledStartTimestamp()) {
      started.setScheduledStartTimestamp(request.getScheduledStartTimestamp());
    }
    if (request.hasParentTraceContext()) {
      started.setParentTraceContext(request.getParentTraceContext());
    }
    Timestamp at = Times.timestamp(context.stamp());
    context.tracing().begin(started, at);
    return Events.inbound(at).setExecutionStarted(started).build();
  }

  /**
   * Starts a child for its parent. The child replaces an ended instance with the same id, because
   * SDKs retry children under the same id. An instance that has not ended makes the child's start
   * fail, but never the parent's commit.
   */
  @Nullable Instance startChild(Input.StartChild child, @Nullable Instance existing) {
    ExecutionStartedEvent started = child.started().getExecutionStarted();
    if (existing != null && !existing.hasEnded()) {
      ParentInstanceInfo parent = started.getParentInstance();
      context.hand(
          new Input.Resolve(
              parent,
              Events.childFailed(
                  Times.timestamp(context.stamp()),
                  parent.getTaskScheduledId(),
                  Events.failure(
                      "OrchestrationAlreadyExists",
                      "Sub-orchestration '%s' cannot start: an instance with this id already exists and is %s."
                          .formatted(existing.id, Statuses.name(existing.status()))))));
      return null;
    }
    if (existing != null) {
      replace(existing);
    }
    return lifecycle.create(started, child.started(), 0, Message.Source.INSTANCE);
  }
}
