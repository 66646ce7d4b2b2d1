package dev.holdfast.server.http.durable;

import com.google.protobuf.StringValue;
import com.google.protobuf.Value;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.HistoryEvent.EventTypeCase;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TraceContext;
import dev.holdfast.server.json.JsonWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes members that several kinds of history events share, and events of rare kinds. */
final class EventParts {
  private EventParts() {}

  static String typeName(EventTypeCase type) {
    return switch (type) {
      case EXECUTIONSTARTED -> "ExecutionStarted";
      case EXECUTIONCOMPLETED -> "ExecutionCompleted";
      case EXECUTIONTERMINATED -> "ExecutionTerminated";
      case TASKSCHEDULED -> "TaskScheduled";
      case TASKCOMPLETED -> "TaskCompleted";
      case TASKFAILED -> "TaskFailed";
      case SUBORCHESTRATIONINSTANCECREATED -> "SubOrchestrationInstanceCreated";
      case SUBORCHESTRATIONINSTANCECOMPLETED -> "SubOrchestrationInstanceCompleted";
      case SUBORCHESTRATIONINSTANCEFAILED -> "SubOrchestrationInstanceFailed";
      case TIMERCREATED -> "TimerCreated";
      case TIMERFIRED -> "TimerFired";
      case ORCHESTRATORSTARTED -> "OrchestratorStarted";
      case ORCHESTRATORCOMPLETED -> "OrchestratorCompleted";
      case EVENTSENT -> "EventSent";
      case EVENTRAISED -> "EventRaised";
      case GENERICEVENT -> "GenericEvent";
      case HISTORYSTATE -> "HistoryState";
      case CONTINUEASNEW -> "ContinueAsNew";
      case EXECUTIONSUSPENDED -> "ExecutionSuspended";
      case EXECUTIONRESUMED -> "ExecutionResumed";
      case ENTITYOPERATIONSIGNALED -> "EntityOperationSignaled";
      case ENTITYOPERATIONCALLED -> "EntityOperationCalled";
      case ENTITYOPERATIONCOMPLETED -> "EntityOperationCompleted";
      case ENTITYOPERATIONFAILED -> "EntityOperationFailed";
      case ENTITYLOCKREQUESTED -> "EntityLockRequested";
      case ENTITYLOCKGRANTED -> "EntityLockGranted";
      case ENTITYUNLOCKSENT -> "EntityUnlockSent";
      case EXECUTIONREWOUND -> "ExecutionRewound";
      case EVENTTYPE_NOT_SET -> "Unknown";
    };
  }

  static void trace(JsonWriter json, boolean present, TraceContext context) {
    json.name("ParentTraceContext");
    if (!present) {
      json.string(null);
      return;
    }
    json.object()
        .field("TraceParent", context.getTraceParent())
        .field("TraceState", text(context.hasTraceState(), context.getTraceState()))
        .end();
  }

  /** Writes tags sorted by name, so that the same history always has the same text. */
  static void tags(JsonWriter json, Map<String, String> tags) {
    json.name("Tags");
    if (tags.isEmpty()) {
      json.string(null);
      return;
    }
    json.object();
    new TreeMap<>(tags).forEach((name, value) -> json.field(name, value));
    json.end();
  }

  /** Writes the failure of an activity or sub-orchestration. */
  static void outcome(JsonWriter json, HistoryEvent event) {
    boolean task = event.hasTaskFailed();
    boolean present =
        task
            ? event.getTaskFailed().hasFailureDetails()
            : event.getSubOrchestrationInstanceFailed().hasFailureDetails();
    TaskFailureDetails failure =
        task
            ? event.getTaskFailed().getFailureDetails()
            : event.getSubOrchestrationInstanceFailed().getFailureDetails();
    json.field("Reason", present ? failure.getErrorMessage() : null);
    json.field("Details", text(failure.hasStackTrace(), failure.getStackTrace()));
    json.name("FailureDetails");
    failure(json, present ? failure : null);
    seen(json, present ? failure : null);
  }

  /**
   * Writes the member SeenFailure, which only Holdfast has, when the library reported another
   * failure than the exception of user code.
   */
  static void seen(JsonWriter json, @Nullable TaskFailureDetails failure) {
    if (failure != null && failure.hasSeen()) {
      failure(json.name("SeenFailure"), failure.getSeen());
    }
  }

  static void failure(JsonWriter json, @Nullable TaskFailureDetails failure) {
    if (failure == null) {
      json.string(null);
      return;
    }
    json.object()
        .field("ErrorType", failure.getErrorType())
        .field("ErrorMessage", failure.getErrorMessage())
        .field("StackTrace", text(failure.hasStackTrace(), failure.getStackTrace()))
        .name("InnerFailure");
    failure(json, failure.hasInnerFailure() ? failure.getInnerFailure() : null);
    json.field("IsNonRetriable", failure.getIsNonRetriable()).name("Properties");
    if (failure.getPropertiesCount() == 0) {
      json.string(null);
    } else {
      members(json, failure.getPropertiesMap());
    }
    json.end();
  }

  private static void members(JsonWriter json, Map<String, Value> members) {
    json.object();
    new TreeMap<>(members).forEach((name, value) -> value(json.name(name), value));
    json.end();
  }

  private static void value(JsonWriter json, Value value) {
    switch (value.getKindCase()) {
      case STRING_VALUE -> json.string(value.getStringValue());
      case BOOL_VALUE -> json.bool(value.getBoolValue());
      case NUMBER_VALUE -> json.embed(number(value.getNumberValue()));
      case STRUCT_VALUE -> members(json, value.getStructValue().getFieldsMap());
      case LIST_VALUE -> {
        json.array();
        value.getListValue().getValuesList().forEach(item -> value(json, item));
        json.endArray();
      }
      case NULL_VALUE, KIND_NOT_SET -> json.string(null);
    }
  }

  /** Formats whole numbers without a fraction. A number that JSON cannot represent becomes text. */
  private static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? String.valueOf((long) number)
        : String.valueOf(number);
  }

  /** Writes events of the kinds whose members are copied unchanged. */
  static void rare(JsonWriter json, HistoryEvent event) {
    switch (event.getEventTypeCase()) {
      case EXECUTIONSUSPENDED ->
          json.field(
              "Reason",
              text(
                  event.getExecutionSuspended().hasInput(),
                  event.getExecutionSuspended().getInput()));
      case EXECUTIONRESUMED ->
          json.field(
              "Reason",
              text(event.getExecutionResumed().hasInput(), event.getExecutionResumed().getInput()));
      case EXECUTIONREWOUND -> {
        var rewound = event.getExecutionRewound();
        json.field("Reason", text(rewound.hasReason(), rewound.getReason()));
        json.field(
            "ParentExecutionId",
            text(rewound.hasParentExecutionId(), rewound.getParentExecutionId()));
        json.field("InstanceId", text(rewound.hasInstanceId(), rewound.getInstanceId()));
      }
      case GENERICEVENT ->
          json.field(
              "Data", text(event.getGenericEvent().hasData(), event.getGenericEvent().getData()));
      default -> {
        // Of other events, a client needs to know only the type.
      }
    }
  }

  private static @Nullable String text(boolean present, StringValue value) {
    return present ? value.getValue() : null;
  }
}
