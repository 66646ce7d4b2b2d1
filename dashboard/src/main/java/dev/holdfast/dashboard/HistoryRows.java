package dev.holdfast.dashboard;

import com.google.protobuf.StringValue;
import dev.holdfast.core.FailureText;
import dev.holdfast.core.Statuses;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.dashboard.shown.Moment;
import dev.holdfast.dashboard.shown.Shown;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Describes the events of a history in rows for people. */
public final class HistoryRows {
  private final List<HistoryEvent> events;
  private final Instant now;
  private final boolean payloads;

  HistoryRows(List<HistoryEvent> events, Instant now, boolean payloads) {
    this.events = events;
    this.now = now;
    this.payloads = payloads;
  }

  /**
   * Shows one event.
   *
   * @param number the position of the event in the history, from 1
   * @param what a description of the event in words
   * @param task the id of the task to which the event belongs; -1 when there is none
   * @param link the link to another instance; "" when there is none
   * @param payload the payload of the event; "" when there is none, or when the visitor may not see
   *     it
   * @param bad whether the event reports a failure
   */
  public record Row(
      int number,
      Moment at,
      String what,
      String name,
      int task,
      String link,
      String payload,
      boolean bad) {}

  /** Returns the rows of the events from an index on, at most {@code max}, without turns. */
  List<Row> window(int from, int max) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < Math.min(events.size(), from + max); i++) {
      rows.add(row(i + 1, events.get(i)));
    }
    return rows;
  }

  private Row row(int number, HistoryEvent event) {
    Made made = made(event);
    return new Row(
        number,
        Moment.of(event.getTimestamp(), now),
        made.what(),
        Shown.name(made.name()),
        made.task(),
        made.link(),
        payloads ? Shown.payload(made.payload()) : "",
        made.bad());
  }

  private record Made(
      String what, String name, int task, String link, String payload, boolean bad) {
    static Made of(String what) {
      return new Made(what, "", -1, "", "", false);
    }

    static Made of(String what, String name, int task, StringValue payload) {
      return new Made(what, name, task, "", payload.getValue(), false);
    }

    static Made failed(String what, int task, TaskFailureDetails failure) {
      return new Made(what, "", task, "", FailureText.line(failure), true);
    }

    Made linked(String id) {
      return new Made(what, name, task, id.isEmpty() ? "" : Links.instance(id), payload, bad);
    }
  }

  private static Made made(HistoryEvent event) {
    int id = event.getEventId();
    return switch (event.getEventTypeCase()) {
      case EXECUTIONSTARTED -> {
        var started = event.getExecutionStarted();
        yield Made.of("Instance started", started.getName(), -1, started.getInput());
      }
      case EXECUTIONCOMPLETED -> {
        var ended = event.getExecutionCompleted();
        String what = "Instance ended: " + Statuses.name(ended.getOrchestrationStatus());
        yield ended.hasFailureDetails()
            ? Made.failed(what, -1, ended.getFailureDetails())
            : Made.of(what, "", -1, ended.getResult());
      }
      case EXECUTIONTERMINATED ->
          Made.of("Instance terminated", "", -1, event.getExecutionTerminated().getInput());
      case TASKSCHEDULED -> {
        var task = event.getTaskScheduled();
        yield Made.of("Activity asked for", task.getName(), id, task.getInput());
      }
      case TASKCOMPLETED -> {
        var done = event.getTaskCompleted();
        yield Made.of("Activity done", "", done.getTaskScheduledId(), done.getResult());
      }
      case TASKFAILED -> {
        var failed = event.getTaskFailed();
        yield Made.failed(
            "Activity failed", failed.getTaskScheduledId(), failed.getFailureDetails());
      }
      case SUBORCHESTRATIONINSTANCECREATED -> {
        var child = event.getSubOrchestrationInstanceCreated();
        yield Made.of("Sub-orchestration asked for", child.getName(), id, child.getInput())
            .linked(child.getInstanceId());
      }
      case SUBORCHESTRATIONINSTANCECOMPLETED -> {
        var done = event.getSubOrchestrationInstanceCompleted();
        yield Made.of("Sub-orchestration done", "", done.getTaskScheduledId(), done.getResult());
      }
      case SUBORCHESTRATIONINSTANCEFAILED -> {
        var failed = event.getSubOrchestrationInstanceFailed();
        yield Made.failed(
            "Sub-orchestration failed", failed.getTaskScheduledId(), failed.getFailureDetails());
      }
      case TIMERCREATED ->
          new Made(
              "Timer set",
              "until " + Moment.instant(event.getTimerCreated().getFireAt()),
              id,
              "",
              "",
              false);
      case TIMERFIRED ->
          new Made("Timer fired", "", event.getTimerFired().getTimerId(), "", "", false);
      case ORCHESTRATORSTARTED -> Made.of("Turn began");
      case ORCHESTRATORCOMPLETED -> Made.of("Turn ended");
      case EVENTSENT -> {
        var sent = event.getEventSent();
        yield Made.of("Event sent", sent.getName(), id, sent.getInput())
            .linked(sent.getInstanceId());
      }
      case EVENTRAISED -> {
        var raised = event.getEventRaised();
        yield Made.of(
            raised.getUnfit().isEmpty() ? "Event received" : "Event set aside",
            raised.getName(),
            -1,
            raised.getInput());
      }
      case CONTINUEASNEW -> Made.of("Began anew", "", -1, event.getContinueAsNew().getInput());
      case EXECUTIONSUSPENDED ->
          Made.of("Suspended", "", -1, event.getExecutionSuspended().getInput());
      case EXECUTIONRESUMED -> Made.of("Resumed", "", -1, event.getExecutionResumed().getInput());
      case EXECUTIONREWOUND -> Made.of("Rewound", "", -1, event.getExecutionRewound().getReason());
      case ENTITYOPERATIONSIGNALED -> {
        var signal = event.getEntityOperationSignaled();
        yield Made.of(
            "Entity signalled",
            signal.getOperation() + " on " + signal.getTargetInstanceId().getValue(),
            id,
            signal.getInput());
      }
      case ENTITYOPERATIONCALLED -> {
        var call = event.getEntityOperationCalled();
        yield Made.of(
            "Entity called",
            call.getOperation() + " on " + call.getTargetInstanceId().getValue(),
            id,
            call.getInput());
      }
      case ENTITYOPERATIONCOMPLETED ->
          Made.of("Entity answered", "", -1, event.getEntityOperationCompleted().getOutput());
      case ENTITYOPERATIONFAILED ->
          Made.failed("Entity failed", -1, event.getEntityOperationFailed().getFailureDetails());
      case ENTITYLOCKREQUESTED ->
          new Made(
              "Locks asked for",
              String.join(", ", event.getEntityLockRequested().getLockSetList()),
              id,
              "",
              "",
              false);
      case ENTITYLOCKGRANTED -> Made.of("Locks granted");
      case ENTITYUNLOCKSENT -> Made.of("Locks given back");
      case GENERICEVENT -> Made.of("Event of the engine");
      case HISTORYSTATE -> Made.of("State of the history");
      case EVENTTYPE_NOT_SET -> Made.of("An event that this version does not know");
    };
  }
}
