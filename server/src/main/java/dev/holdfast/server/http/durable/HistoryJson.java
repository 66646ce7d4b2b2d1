package dev.holdfast.server.http.durable;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Statuses;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.SubOrchestrationInstanceCreatedEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TaskScheduledEvent;
import dev.holdfast.server.json.JsonWriter;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the history as the status payload shows it: turns are left out, each scheduling event is
 * merged into its outcome, inputs are written as stored text, and results as JSON.
 */
final class HistoryJson {
  private final JsonWriter json;
  private final boolean showInput;
  private final boolean showOutput;
  private final boolean inputsOfTasks;

  /**
   * Maps event ids to the events that have scheduled tasks so far; an outcome takes its name and
   * input from the event. Later attempts may have the id of the first attempt.
   */
  private final Map<Integer, HistoryEvent> scheduled = new HashMap<>();

  private final Map<Integer, HistoryEvent> unanswered = new HashMap<>();

  private final Iterator<HistoryEvent> rest;
  private boolean begun;

  /**
   * Begins to write the history as an array; each call of {@link #next} writes one event.
   *
   * @param showOutput whether results are written
   * @param inputsOfTasks whether the inputs of activities and sub-orchestrations are written;
   *     otherwise they are null
   */
  HistoryJson(
      JsonWriter json,
      List<HistoryEvent> events,
      boolean showInput,
      boolean showOutput,
      boolean inputsOfTasks) {
    this.json = json;
    this.rest = events.iterator();
    events.forEach(this::remember);
    this.showInput = showInput;
    this.showOutput = showOutput;
    this.inputsOfTasks = inputsOfTasks;
  }

  /** Writes the next event, or the end of the array; returns false after the end. */
  boolean next() {
    if (!begun) {
      begun = true;
      json.array();
    }
    if (rest.hasNext()) {
      event(rest.next());
      return true;
    }
    json.endArray();
    return false;
  }

  private void remember(HistoryEvent event) {
    switch (event.getEventTypeCase()) {
      case TASKSCHEDULED, SUBORCHESTRATIONINSTANCECREATED ->
          unanswered.put(event.getEventId(), event);
      case TASKCOMPLETED -> unanswered.remove(event.getTaskCompleted().getTaskScheduledId());
      case TASKFAILED -> unanswered.remove(event.getTaskFailed().getTaskScheduledId());
      case SUBORCHESTRATIONINSTANCECOMPLETED ->
          unanswered.remove(event.getSubOrchestrationInstanceCompleted().getTaskScheduledId());
      case SUBORCHESTRATIONINSTANCEFAILED ->
          unanswered.remove(event.getSubOrchestrationInstanceFailed().getTaskScheduledId());
      default -> {
        // Events of other kinds are not merged.
      }
    }
  }

  private void event(HistoryEvent event) {
    switch (event.getEventTypeCase()) {
      case ORCHESTRATORSTARTED, ORCHESTRATORCOMPLETED -> {
        // Events about turns are left out, because they show how the engine works and not what the
        // instance did.
      }
      case TASKSCHEDULED, SUBORCHESTRATIONINSTANCECREATED -> {
        scheduled.put(event.getEventId(), event);
        if (event.equals(unanswered.get(event.getEventId()))) {
          open(event);
        }
      }
      case TASKCOMPLETED ->
          completed(
              event,
              event.getTaskCompleted().getTaskScheduledId(),
              value(event.getTaskCompleted().hasResult(), event.getTaskCompleted().getResult()));
      case SUBORCHESTRATIONINSTANCECOMPLETED -> {
        var completed = event.getSubOrchestrationInstanceCompleted();
        completed(
            event,
            completed.getTaskScheduledId(),
            value(completed.hasResult(), completed.getResult()));
      }
      case TASKFAILED -> failed(event, event.getTaskFailed().getTaskScheduledId());
      case SUBORCHESTRATIONINSTANCEFAILED ->
          failed(event, event.getSubOrchestrationInstanceFailed().getTaskScheduledId());
      case EXECUTIONSTARTED -> started(event);
      case EXECUTIONCOMPLETED -> ended(event);
      default -> other(event);
    }
  }

  private void open(HistoryEvent event) {
    begin(event);
    if (event.hasTaskScheduled()) {
      TaskScheduledEvent task = event.getTaskScheduled();
      json.field("Name", task.getName());
      taskInput(value(task.hasInput(), task.getInput()));
      EventParts.trace(json, task.hasParentTraceContext(), task.getParentTraceContext());
      EventParts.tags(json, task.getTagsMap());
    } else {
      SubOrchestrationInstanceCreatedEvent child = event.getSubOrchestrationInstanceCreated();
      json.field("Name", child.getName());
      json.field("InstanceId", child.getInstanceId());
      taskInput(value(child.hasInput(), child.getInput()));
      json.field("ClientSpanId", (String) null);
      EventParts.tags(json, child.getTagsMap());
    }
    end(event);
  }

  private void completed(HistoryEvent event, int taskId, @Nullable String result) {
    begin(event);
    result(result);
    json.field("Timestamp", TimeText.ticks(event.getTimestamp()));
    whatItAnswers(taskId);
    json.end();
  }

  private void failed(HistoryEvent event, int taskId) {
    begin(event);
    EventParts.outcome(json, event);
    json.field("Timestamp", TimeText.ticks(event.getTimestamp()));
    whatItAnswers(taskId);
    json.end();
  }

  private void whatItAnswers(int taskId) {
    HistoryEvent asked = scheduled.get(taskId);
    if (asked == null) {
      return;
    }
    json.field("ScheduledTime", TimeText.ticks(asked.getTimestamp()));
    if (asked.hasTaskScheduled()) {
      TaskScheduledEvent task = asked.getTaskScheduled();
      json.field("FunctionName", task.getName());
      taskInput(value(task.hasInput(), task.getInput()));
    } else {
      SubOrchestrationInstanceCreatedEvent child = asked.getSubOrchestrationInstanceCreated();
      json.field("FunctionName", child.getName());
      taskInput(value(child.hasInput(), child.getInput()));
    }
  }

  private void started(HistoryEvent event) {
    var started = event.getExecutionStarted();
    begin(event);
    json.field("Correlation", (String) null);
    json.field(
        "ScheduledStartTime",
        time(started.hasScheduledStartTimestamp(), started.getScheduledStartTimestamp()));
    json.field("Generation", 0);
    EventParts.trace(json, started.hasParentTraceContext(), started.getParentTraceContext());
    input(value(started.hasInput(), started.getInput()));
    json.field("Timestamp", TimeText.ticks(event.getTimestamp()));
    json.field("FunctionName", started.getName());
    json.end();
  }

  private void ended(HistoryEvent event) {
    var ended = event.getExecutionCompleted();
    begin(event);
    json.field("OrchestrationStatus", Statuses.name(ended.getOrchestrationStatus()));
    result(value(ended.hasResult(), ended.getResult()));
    json.name("FailureDetails");
    TaskFailureDetails failure = ended.hasFailureDetails() ? ended.getFailureDetails() : null;
    EventParts.failure(json, failure);
    EventParts.seen(json, failure);
    end(event);
  }

  private void other(HistoryEvent event) {
    begin(event);
    switch (event.getEventTypeCase()) {
      case TIMERCREATED ->
          json.field("FireAt", TimeText.ticks(event.getTimerCreated().getFireAt()));
      case TIMERFIRED -> json.field("FireAt", TimeText.ticks(event.getTimerFired().getFireAt()));
      case EVENTRAISED -> {
        var raised = event.getEventRaised();
        json.field("Name", raised.getName());
        input(value(raised.hasInput(), raised.getInput()));
        json.field("ParentTraceContext", (String) null);
      }
      case EVENTSENT -> {
        var sent = event.getEventSent();
        json.field("InstanceId", sent.getInstanceId());
        json.field("Name", sent.getName());
        input(value(sent.hasInput(), sent.getInput()));
      }
      case EXECUTIONTERMINATED -> {
        var terminated = event.getExecutionTerminated();
        input(value(terminated.hasInput(), terminated.getInput()));
      }
      case CONTINUEASNEW -> {
        var next = event.getContinueAsNew();
        input(value(next.hasInput(), next.getInput()));
      }
      default -> EventParts.rare(json, event);
    }
    end(event);
  }

  private void begin(HistoryEvent event) {
    json.object().field("EventType", EventParts.typeName(event.getEventTypeCase()));
  }

  private void end(HistoryEvent event) {
    json.field("Timestamp", TimeText.ticks(event.getTimestamp())).end();
  }

  private void input(@Nullable String stored) {
    if (showInput) {
      json.field("Input", stored);
    }
  }

  private void taskInput(@Nullable String stored) {
    input(inputsOfTasks ? stored : null);
  }

  private void result(@Nullable String stored) {
    if (showOutput) {
      json.name("Result").embed(stored);
    }
  }

  private static @Nullable String value(boolean present, StringValue value) {
    return present ? value.getValue() : null;
  }

  private static @Nullable String time(boolean present, Timestamp time) {
    return present ? TimeText.ticks(time) : null;
  }
}
