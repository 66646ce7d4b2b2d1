package dev.holdfast.testkit;

import org.jspecify.annotations.Nullable;

/**
 * Describes one run of an activity, which may be a fake. Activities run at least once for each
 * call: after a crash, and after a failure that the orchestrator retries, there are several runs.
 *
 * @param name the name of the activity
 * @param instanceId the instance that called it
 * @param taskId the number of the call within the instance; a second run after a crash has the same
 *     number
 * @param inputJson the input as JSON text; null when there is none
 */
public record Call(String name, String instanceId, int taskId, @Nullable String inputJson) {

  /** Returns the input, converted as the client library converts it; null when there is none. */
  public <T> @Nullable T input(Class<T> type) {
    return ClientJson.read(inputJson, type);
  }
}
