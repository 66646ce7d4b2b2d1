package dev.holdfast.testkit;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Statuses;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a history as lines that are equal for all runs of the same code. The lines have no turns,
 * times and numbers, and have names instead of generated ids.
 */
final class HistoryText {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");

  /**
   * This text replaces the names of answers of entities, because released libraries use events
   * whose names are generated ids.
   */
  private static final String ANSWER = "the answer of an entity";

  private final String instanceId;
  private final Map<Integer, String> names = new HashMap<>();
  private final List<String> lines = new ArrayList<>();

  private HistoryText(String instanceId) {
    this.instanceId = instanceId;
  }

  static List<String> lines(String instanceId, List<HistoryEvent> events) {
    HistoryText text = new HistoryText(instanceId);
    events.forEach(text::add);
    return List.copyOf(text.lines);
  }

  private void add(HistoryEvent event) {
    switch (event.getEventTypeCase()) {
      case EXECUTIONSTARTED ->
          line(
              "started " + event.getExecutionStarted().getName(),
              event.getExecutionStarted().hasInput(),
              event.getExecutionStarted().getInput());
      case EXECUTIONCOMPLETED -> completed(event);
      case EXECUTIONTERMINATED ->
          line(
              "terminated",
              event.getExecutionTerminated().hasInput(),
              event.getExecutionTerminated().getInput());
      case EXECUTIONSUSPENDED -> line("suspended");
      case EXECUTIONRESUMED -> line("resumed");
      case CONTINUEASNEW ->
          line(
              "continued as new",
              event.getContinueAsNew().hasInput(),
              event.getContinueAsNew().getInput());
      case TASKSCHEDULED -> {
        names.put(event.getEventId(), event.getTaskScheduled().getName());
        line(
            "called " + event.getTaskScheduled().getName(),
            event.getTaskScheduled().hasInput(),
            event.getTaskScheduled().getInput());
      }
      case TASKCOMPLETED ->
          line(
              name(event.getTaskCompleted().getTaskScheduledId()) + " returned",
              event.getTaskCompleted().hasResult(),
              event.getTaskCompleted().getResult());
      case TASKFAILED ->
          failed(
              event.getTaskFailed().getTaskScheduledId(),
              event.getTaskFailed().getFailureDetails());
      case SUBORCHESTRATIONINSTANCECREATED -> {
        var child = event.getSubOrchestrationInstanceCreated();
        names.put(event.getEventId(), child.getName());
        line("started child " + child.getName(), child.hasInput(), child.getInput());
      }
      case SUBORCHESTRATIONINSTANCECOMPLETED -> {
        var child = event.getSubOrchestrationInstanceCompleted();
        line(name(child.getTaskScheduledId()) + " returned", child.hasResult(), child.getResult());
      }
      case SUBORCHESTRATIONINSTANCEFAILED ->
          failed(
              event.getSubOrchestrationInstanceFailed().getTaskScheduledId(),
              event.getSubOrchestrationInstanceFailed().getFailureDetails());
      case TIMERCREATED -> {
        Duration time = between(event.getTimestamp(), event.getTimerCreated().getFireAt());
        names.put(event.getEventId(), "timer of " + words(time));
        line("set a " + name(event.getEventId()));
      }
      case TIMERFIRED -> line(name(event.getTimerFired().getTimerId()) + " fired");
      case EVENTRAISED -> raised(event);
      case EVENTSENT ->
          line(
              "sent "
                  + event.getEventSent().getName()
                  + " to "
                  + event.getEventSent().getInstanceId());
      case ENTITYOPERATIONCALLED ->
          line(
              "called "
                  + event.getEntityOperationCalled().getOperation()
                  + " of "
                  + event.getEntityOperationCalled().getTargetInstanceId().getValue());
      case ENTITYOPERATIONSIGNALED ->
          line(
              "signalled "
                  + event.getEntityOperationSignaled().getOperation()
                  + " of "
                  + event.getEntityOperationSignaled().getTargetInstanceId().getValue());
      case ENTITYOPERATIONCOMPLETED ->
          line(
              "the entity returned",
              event.getEntityOperationCompleted().hasOutput(),
              event.getEntityOperationCompleted().getOutput());
      case ENTITYOPERATIONFAILED ->
          line("the entity failed: " + words(event.getEntityOperationFailed().getFailureDetails()));
      case ENTITYLOCKREQUESTED ->
          line("locks " + String.join(", ", event.getEntityLockRequested().getLockSetList()));
      case ENTITYLOCKGRANTED -> line("has the locks");
      case ENTITYUNLOCKSENT -> line("released a lock");
      default -> {
        // Turns show how the engine works, not what the instance did.
      }
    }
  }

  private void completed(HistoryEvent event) {
    var ended = event.getExecutionCompleted();
    String status = Statuses.name(ended.getOrchestrationStatus());
    if (ended.hasFailureDetails()) {
      TaskFailureDetails failure = ended.getFailureDetails();
      line(status + ": " + words(failure.hasSeen() ? failure.getSeen() : failure));
    } else {
      line(status, ended.hasResult(), ended.getResult());
    }
  }

  private void raised(HistoryEvent event) {
    var raised = event.getEventRaised();
    boolean answer = UUID.matcher(raised.getName()).matches();
    line(
        "received " + (answer ? ANSWER : "event " + raised.getName()),
        raised.hasInput(),
        raised.getInput());
  }

  private void failed(int taskId, TaskFailureDetails failure) {
    line(name(taskId) + " failed: " + words(failure));
  }

  private String name(int taskId) {
    return names.getOrDefault(taskId, "something");
  }

  private static String words(TaskFailureDetails failure) {
    return failure.getErrorType() + ": " + failure.getErrorMessage();
  }

  static String words(Duration time) {
    Duration whole = time.plusMillis(500);
    return whole.toSeconds() == 0
        ? time.toMillis() + " ms"
        : Duration.ofSeconds(whole.toSeconds())
            .toString()
            .substring(1)
            .replace("T", "")
            .toLowerCase(java.util.Locale.ROOT);
  }

  private static Duration between(Timestamp from, Timestamp to) {
    return Duration.between(instant(from), instant(to));
  }

  static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private void line(String text, boolean hasValue, @Nullable StringValue value) {
    line(hasValue && value != null ? text + " " + value.getValue() : text);
  }

  private void line(String text) {
    String same = instanceId.isEmpty() ? text : text.replace(instanceId, "<this instance>");
    lines.add(UUID.matcher(same).replaceAll("<uuid>").replaceAll("\\R", "\\\\n"));
  }
}
