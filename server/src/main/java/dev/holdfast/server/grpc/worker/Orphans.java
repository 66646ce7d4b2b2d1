package dev.holdfast.server.grpc.worker;

import com.google.protobuf.StringValue;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.OrchestrationInstance;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the activities of workers whose stream broke. After a break the worker may continue
 * them and answer over a new connection; the first answer counts, no matter which worker sends it.
 *
 * <p>Only the newest {@link #KEPT_MAX} activities are kept; a late answer without a token to an
 * older activity is dropped, and the activity runs again.
 */
final class Orphans {
  private static final int KEPT_MAX = 10_000;

  private final Map<Handout.Task, Orphan> byTask =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Handout.Task, Orphan> eldest) {
          return size() > KEPT_MAX;
        }
      };

  /**
   * Represents an activity whose worker has lost its stream.
   *
   * @param ambiguous whether more than one execution has scheduled the activity, so that an answer
   *     without a token cannot be assigned to one of them
   */
  private record Orphan(WorkItem.Activity activity, boolean ambiguous) {}

  synchronized void add(WorkItem item) {
    if (item instanceof WorkItem.Activity activity) {
      Handout.Task task = Handout.Task.of(item);
      Orphan before = byTask.remove(task);
      boolean ambiguous =
          before != null
              && (before.ambiguous()
                  || !before.activity().executionId().equals(activity.executionId()));
      byTask.put(task, new Orphan(activity, ambiguous));
    }
  }

  /**
   * Returns the activity that an answer without a token belongs to; null when it cannot be known.
   * The activity stays in memory after an answer, because several workers may have received it and
   * each of them may answer.
   */
  synchronized WorkItem.@Nullable Activity find(Handout.Task task) {
    Orphan orphan = byTask.get(task);
    return orphan == null || orphan.ambiguous() ? null : orphan.activity();
  }

  /**
   * Returns the activity that a token and its answer name, even when the activity is not in memory;
   * null when they name none.
   */
  static WorkItem.@Nullable Activity fromToken(String token, ActivityResponse response) {
    int colon = token.indexOf(':');
    if (colon < 0 || response.getInstanceId().isEmpty()) {
      return null;
    }
    return new WorkItem.Activity(
        0,
        null,
        ActivityRequest.newBuilder()
            .setTaskId(response.getTaskId())
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(response.getInstanceId())
                    .setExecutionId(StringValue.of(token.substring(colon + 1))))
            .build());
  }
}
