package dev.holdfast.testkit;

import dev.holdfast.engine.Why;
import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes assertions about the state and the history of an instance. Each method throws an {@link
 * AssertionError} with the history when the assertion does not hold, and returns this object
 * otherwise.
 *
 * <p>The calls of an orchestrator are read from its history. Each attempt of a retried activity is
 * a call, but a run that was repeated because of a crash is not; {@link TestHub#calls()} has all
 * runs.
 */
public final class InstanceAssert {
  private final TestInstance instance;

  InstanceAssert(TestInstance instance) {
    this.instance = instance;
  }

  /** Asserts that the instance has completed. */
  public InstanceAssert hasCompleted() {
    check(instance.status().equals("Completed"), "to have completed");
    return this;
  }

  /** Asserts that the instance has completed with this output; both are compared as JSON. */
  public InstanceAssert hasCompletedWith(@Nullable Object output) {
    hasCompleted();
    check(
        Objects.equals(tree(instance.outputJson()), tree(ClientJson.write(output))),
        "to have completed with " + ClientJson.write(output));
    return this;
  }

  private static @Nullable Object tree(@Nullable String json) {
    return ClientJson.read(json, Object.class);
  }

  /**
   * Asserts that the instance has failed, and that the type or the message of the failure contains
   * this text.
   */
  public InstanceAssert hasFailedWith(String text) {
    String failure = instance.failure();
    check(
        instance.status().equals("Failed") && failure != null && failure.contains(text),
        "to have failed with '" + text + "'");
    return this;
  }

  /** Asserts that the instance was terminated. */
  public InstanceAssert wasTerminated() {
    check(instance.status().equals("Terminated"), "to have been terminated");
    return this;
  }

  /** Asserts that the instance has not ended. */
  public InstanceAssert isRunning() {
    check(!instance.hasEnded(), "to be running");
    return this;
  }

  /** Asserts that the instance waits for this event; this works only for registered functions. */
  public InstanceAssert isWaitingForEvent(String event) {
    Why why = instance.explanation();
    check(
        why != null
            && why.waitingFor().stream()
                .anyMatch(it -> it.kind().equals("event") && it.what().equalsIgnoreCase(event)),
        "to wait for event '" + event + "', but this is what is known: " + known(why));
    return this;
  }

  private static String known(@Nullable Why why) {
    return why == null ? "nothing" : why.summary().replaceAll("\\.$", "");
  }

  /** Asserts that the custom status is this value; both are compared as JSON. */
  public InstanceAssert hasCustomStatus(@Nullable Object status) {
    check(
        Objects.equals(instance.customStatus(Object.class), tree(ClientJson.write(status))),
        "to have the custom status " + ClientJson.write(status));
    return this;
  }

  /** Asserts that the orchestrator called exactly these activities, in this order. */
  public InstanceAssert calledExactly(String... activities) {
    check(
        same(calls(), Arrays.asList(activities)),
        "to have called exactly " + Arrays.toString(activities) + ", but it called " + calls());
    return this;
  }

  /**
   * Asserts that the orchestrator called these activities in this order, with any other calls
   * between them.
   */
  public InstanceAssert calledInOrder(String... activities) {
    int found = 0;
    for (String call : calls()) {
      if (found < activities.length && call.equalsIgnoreCase(activities[found])) {
        found++;
      }
    }
    check(
        found == activities.length,
        "to have called, in this order, "
            + Arrays.toString(activities)
            + ", but it called "
            + calls());
    return this;
  }

  /** Asserts that the orchestrator called an activity this many times, failed attempts included. */
  public InstanceAssert called(String activity, int times) {
    long calls = calls().stream().filter(activity::equalsIgnoreCase).count();
    check(
        calls == times,
        "to have called '%s' %d times, but it did so %d times".formatted(activity, times, calls));
    return this;
  }

  /** Asserts that the orchestrator did not call these activities. */
  public InstanceAssert neverCalled(String... activities) {
    for (String activity : activities) {
      called(activity, 0);
    }
    return this;
  }

  /** Asserts that an activity was tried again this many times after it had failed. */
  public InstanceAssert retried(String activity, int times) {
    Map<Integer, String> names = new HashMap<>();
    int failures = 0;
    int retries = 0;
    for (HistoryEvent event : instance.history().events()) {
      if (event.hasTaskScheduled()) {
        names.put(event.getEventId(), event.getTaskScheduled().getName());
        if (event.getTaskScheduled().getName().equalsIgnoreCase(activity) && failures > retries) {
          retries++;
        }
      } else if (event.hasTaskFailed()
          && activity.equalsIgnoreCase(names.get(event.getTaskFailed().getTaskScheduledId()))) {
        failures++;
      }
    }
    check(
        retries == times,
        "to have retried '%s' %d times, but it did so %d times"
            .formatted(activity, times, retries));
    return this;
  }

  /**
   * Asserts that after the failure of another activity the orchestrator called exactly these
   * activities, in this order, as a saga does to undo its steps.
   */
  public InstanceAssert compensatedWith(String... activities) {
    List<String> undo = Arrays.stream(activities).map(it -> it.toLowerCase(Locale.ROOT)).toList();
    Map<Integer, String> names = new HashMap<>();
    List<String> since = new ArrayList<>();
    boolean failed = false;
    for (HistoryEvent event : instance.history().events()) {
      if (event.hasTaskScheduled()) {
        names.put(event.getEventId(), event.getTaskScheduled().getName());
        since.add(event.getTaskScheduled().getName());
      } else if (event.hasTaskFailed()
          && !undo.contains(
              names
                  .getOrDefault(event.getTaskFailed().getTaskScheduledId(), "")
                  .toLowerCase(Locale.ROOT))) {
        failed = true;
        since.clear();
      }
    }
    check(failed, "to have compensated a failure, but no activity has failed");
    check(
        same(since, Arrays.asList(activities)),
        "to have compensated with "
            + Arrays.toString(activities)
            + ", but after the last failure it called "
            + since);
    return this;
  }

  /** Asserts that this event has arrived and that the orchestrator has read it. */
  public InstanceAssert receivedEvent(String event) {
    check(
        instance.history().events().stream()
            .anyMatch(
                it -> it.hasEventRaised() && it.getEventRaised().getName().equalsIgnoreCase(event)),
        "to have received event '" + event + "'");
    return this;
  }

  /** Asserts that functions of this instance have logged a line with this text. */
  public InstanceAssert logged(String text) {
    check(
        instance.logs().stream().anyMatch(it -> it.contains(text)),
        "to have logged '" + text + "', but it logged " + instance.logs());
    return this;
  }

  /**
   * Asserts that the history is equal to the file with this name in {@code
   * src/test/resources/snapshots}. The comparison ignores times, numbers and generated ids. The
   * first run writes the file and fails, so that a person checks the file; {@code
   * -Dholdfast.snapshots=update} writes all files again.
   */
  public InstanceAssert matchesSnapshot(String name) {
    Snapshots.check(
        Snapshots.FOLDER,
        name,
        instance.history().lines(),
        "update".equals(System.getProperty("holdfast.snapshots")));
    return this;
  }

  private List<String> calls() {
    return instance.history().events().stream()
        .filter(HistoryEvent::hasTaskScheduled)
        .map(it -> it.getTaskScheduled().getName())
        .toList();
  }

  private static boolean same(List<String> calls, List<String> wanted) {
    if (calls.size() != wanted.size()) {
      return false;
    }
    for (int i = 0; i < calls.size(); i++) {
      if (!calls.get(i).equalsIgnoreCase(wanted.get(i))) {
        return false;
      }
    }
    return true;
  }

  private void check(boolean holds, String expected) {
    if (!holds) {
      throw new AssertionError(
          "Expected instance '%s' %s. %s Its history:%n  %s"
              .formatted(
                  instance.id(),
                  expected,
                  instance.hasEnded() ? instance.ended() : "It is " + instance.status() + ".",
                  String.join(System.lineSeparator() + "  ", instance.history().lines())));
    }
  }
}
