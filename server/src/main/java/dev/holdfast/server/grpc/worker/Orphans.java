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
 * Activities that were with a worker whose stream broke. It may well go on with them and answer
 * over a new connection, and the first answer counts, whoever gives it.
 *
 * <p>Only the newest are kept; an older one that is answered late is run again, as if it had not
 * been.
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
   * @param ambiguous it was asked by more than one execution, so nobody can say for which an answer
   *     without a token is
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
   * The activity that an answer without a token is for; null when nobody knows. It may have been
   * with several workers, and each may answer; so it is still remembered when one has.
   */
  synchronized WorkItem.@Nullable Activity find(Handout.Task task) {
    Orphan orphan = byTask.get(task);
    return orphan == null || orphan.ambiguous() ? null : orphan.activity();
  }

  /** The activity that a token names, though nobody remembers it; null when it names none. */
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
