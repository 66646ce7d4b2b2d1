package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.OrchestrationInstance;
import org.junit.jupiter.api.Test;

/** Late answers without tokens, of activities whose streams broke. */
class OrphansTest {
  private static final Handout.Task TASK = new Handout.Task("a", 3);

  private final Orphans orphans = new Orphans();

  private static WorkItem.Activity activity(String execution) {
    return new WorkItem.Activity(
        1,
        null,
        ActivityRequest.newBuilder()
            .setTaskId(TASK.taskId())
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(TASK.instanceId())
                    .setExecutionId(StringValue.of(execution)))
            .build());
  }

  @Test
  void each_worker_that_had_it_may_answer() {
    WorkItem.Activity activity = activity("first");
    orphans.add(activity);
    orphans.add(activity);

    assertThat(orphans.find(TASK)).isEqualTo(activity);
    assertThat(orphans.find(TASK)).isEqualTo(activity);
  }

  @Test
  void an_answer_that_could_be_for_either_of_two_executions_is_for_none() {
    orphans.add(activity("first"));
    orphans.add(activity("first"));
    assertThat(orphans.find(TASK)).isNotNull();
    orphans.add(activity("next"));

    assertThat(orphans.find(TASK)).isNull();
  }
}
