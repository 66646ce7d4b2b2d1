package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.HistoryEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Represents a piece of work for user code: one orchestrator turn, one activity, or a batch of
 * operations on one entity.
 *
 * <p>A work item may be handed out more than once (crash, lost executor); it gets a new {@link
 * #token} each time, and the answer contains the token.
 */
public sealed interface WorkItem {

  enum Kind {
    ORCHESTRATOR("orchestrator"),
    ACTIVITY("activity"),
    ENTITY("entity");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** Returns the name of this kind for people, for use in the middle of a sentence. */
    public String word() {
      return word;
    }
  }

  Kind kind();

  /**
   * Returns the name of the function that must run, as the instance or the orchestrator spelled it.
   */
  String name();

  /**
   * Returns the required version; null means that no version is set, which differs from the empty
   * version.
   */
  @Nullable String version();

  String instanceId();

  String executionId();

  /** Returns a token that is unique per hand-out within this process. */
  long token();

  /**
   * Represents one turn of an orchestrator.
   *
   * @param request a serialized {@code OrchestratorRequest}, with the history in {@code pastEvents}
   *     and the new messages in {@code newEvents}. The request shares parts with the instance's
   *     memory, so it must not be changed.
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
   * Represents one run of an activity.
   *
   * @param version the activity's own version or, if it has none, the version of its orchestration
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

    /** Returns the eventId of the TaskScheduled event that asked for this run. */
    public int taskId() {
      return request.getTaskId();
    }
  }

  /**
   * Represents a batch of operations on one entity, which run one after another in the given order.
   *
   * @param state the entity's state as JSON text; null when it has none
   * @param operations events of the kinds EntityOperationSignaled and EntityOperationCalled; the
   *     engine handles locks itself, so they are never among them
   */
  record EntityBatch(
      long token,
      String instanceId,
      String executionId,
      @Nullable String state,
      List<HistoryEvent> operations)
      implements WorkItem {
    public EntityBatch {
      operations = List.copyOf(operations);
    }

    @Override
    public Kind kind() {
      return Kind.ENTITY;
    }

    @Override
    public String name() {
      return EntityIds.name(instanceId);
    }

    @Override
    public @Nullable String version() {
      return null;
    }
  }
}
