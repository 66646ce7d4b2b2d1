package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.ActivityRequest;
import org.jspecify.annotations.Nullable;

/**
 * Something for user code to do: one orchestrator turn or one activity.
 *
 * <p>A work item may be handed out more than once (crash, lost executor); {@link #token} is fresh
 * each time, and the answer brings it back.
 */
public sealed interface WorkItem {

  enum Kind {
    ORCHESTRATOR,
    ACTIVITY
  }

  Kind kind();

  /** The function that must run, as the instance or the orchestrator spelled it. */
  String name();

  /** The version wanted; null is unset, which differs from empty. */
  @Nullable String version();

  String instanceId();

  String executionId();

  /** Unique per hand-out within this process. */
  long token();

  /**
   * One turn of an orchestrator.
   *
   * @param request a serialized {@code OrchestratorRequest}: history in {@code pastEvents}, what is
   *     new in {@code newEvents}. Parts of it are shared with the instance's memory; nobody changes
   *     it.
   */
  record Turn(
      long token,
      String instanceId,
      String executionId,
      String name,
      @Nullable String version,
      ByteString request)
      implements WorkItem {
    @Override
    public Kind kind() {
      return Kind.ORCHESTRATOR;
    }
  }

  /**
   * One run of an activity.
   *
   * @param version the activity's own version, else that of its orchestration
   */
  record Activity(long token, @Nullable String version, ActivityRequest request)
      implements WorkItem {
    @Override
    public Kind kind() {
      return Kind.ACTIVITY;
    }

    @Override
    public String name() {
      return request.getName();
    }

    @Override
    public String instanceId() {
      return request.getOrchestrationInstance().getInstanceId();
    }

    @Override
    public String executionId() {
      return request.getOrchestrationInstance().getExecutionId().getValue();
    }

    /** The eventId of the TaskScheduled event that asked for this. */
    public int taskId() {
      return request.getTaskId();
    }
  }
}
