package dev.holdfast.engine.program;

import com.google.protobuf.StringValue;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs the activities that programs call. A result follows from name and input alone: {@code
 * name(input)}.
 *
 * <p>Activities whose names begin with {@code fail} always fail. Those whose names begin with
 * {@code flaky} fail the first few times for each input: they keep count outside the engine,
 * whatever the engine forgets.
 */
public final class Activities {
  private final Map<String, Integer> failuresLeft = new LinkedHashMap<>();
  private final Map<String, Integer> runs = new LinkedHashMap<>();
  private final int flakyFailures;

  /**
   * @param flakyFailures how often a flaky activity fails for one input before it succeeds
   */
  public Activities(int flakyFailures) {
    this.flakyFailures = flakyFailures;
  }

  public static boolean fails(String name) {
    return name.startsWith("fail");
  }

  static boolean isFlaky(String name) {
    return name.startsWith("flaky");
  }

  static String result(String name, String input) {
    return name + "(" + input + ")";
  }

  static String failure(String name, String input) {
    return result(name, input) + " failed";
  }

  /** Runs the activity once. */
  public ActivityResponse run(WorkItem.Activity item) {
    String name = item.name();
    String input = item.request().getInput().getValue();
    runs.merge(result(name, input), 1, Integer::sum);
    ActivityResponse.Builder response =
        ActivityResponse.newBuilder().setInstanceId(item.instanceId()).setTaskId(item.taskId());
    if (fails(name) || (isFlaky(name) && failsNow(result(name, input)))) {
      return response
          .setFailureDetails(
              TaskFailureDetails.newBuilder()
                  .setErrorType("ActivityFailed")
                  .setErrorMessage(failure(name, input)))
          .build();
    }
    return response.setResult(StringValue.of(result(name, input))).build();
  }

  private boolean failsNow(String call) {
    int left = failuresLeft.getOrDefault(call, flakyFailures);
    failuresLeft.put(call, Math.max(0, left - 1));
    return left > 0;
  }

  /** Counts how often an activity of this name was run with this input. */
  public int runs(String name, String input) {
    return runs.getOrDefault(result(name, input), 0);
  }
}
