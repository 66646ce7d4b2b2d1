package dev.holdfast.engine.program;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a worker is shown of an execution, and checks it against the rules of the protocol:
 * where this throws, a real SDK would fail, hang or go astray.
 */
final class SeenByWorker {
  final OrchestratorRequest request;

  /** Holds the history and the new events, in order. */
  final List<HistoryEvent> events;

  final ExecutionStartedEvent started;
  final int startedAt;

  /**
   * Maps eventIds to requests, without releases of locks, which may have the id of another event.
   */
  final Map<Integer, HistoryEvent> asked = new LinkedHashMap<>();

  /** Holds the ids under which locks were released. */
  final Set<Integer> released = new LinkedHashSet<>();

  /** Maps the eventId of a request to the position of the answer to its newest attempt. */
  final Map<Integer, Integer> answered = new LinkedHashMap<>();

  /** Maps eventIds to the positions of failures after which the activity was scheduled again. */
  final Map<Integer, List<Integer>> retried = new LinkedHashMap<>();

  /** Maps request ids to the eventIds of requests that entities answer. */
  private final Map<String, Integer> requests = new LinkedHashMap<>();

  /** Maps names to the positions of raised events. */
  final Map<String, List<Integer>> raised = new LinkedHashMap<>();

  /** Holds the number of the turn in which each event was read. */
  private final int[] turnOf;

  private final List<Timestamp> turns = new ArrayList<>();

  SeenByWorker(ByteString bytes) {
    request = parse(bytes);
    expect(request.getNewEventsCount() > 0, "new events", "none");
    expect(
        request.getNewEvents(0).hasOrchestratorStarted(),
        "new events to begin with OrchestratorStarted",
        request.getNewEvents(0));
    expect(request.hasEntityParameters(), "entity parameters", "none");
    events = new ArrayList<>(request.getPastEventsList());
    events.addAll(request.getNewEventsList());
    turnOf = new int[events.size()];
    int position = -1;
    int lastId = -1;
    for (int i = 0; i < events.size(); i++) {
      HistoryEvent event = events.get(i);
      expect(event.hasTimestamp(), "a timestamp", event);
      expect(HistoryBytes.forWorkers(event), "only what workers know", event);
      if (Ledgers.isRelease(event)) {
        released.add(event.getEventId());
        turnOf[i] = turns.size() - 1;
        continue;
      }
      if (event.getEventId() >= 0 && !asksAgain(event)) {
        expect(event.getEventId() > lastId, "an eventId above " + lastId, event);
        lastId = event.getEventId();
      }
      if (event.hasExecutionStarted()) {
        expect(position < 0, "one ExecutionStarted", event);
        position = i;
      }
      take(event, i);
      turnOf[i] = turns.size() - 1;
    }
    expect(position >= 0, "an ExecutionStarted", "none");
    startedAt = position;
    started = events.get(position).getExecutionStarted();
    expect(
        started.getOrchestrationInstance().getInstanceId().equals(request.getInstanceId())
            && started.getOrchestrationInstance().getExecutionId().equals(request.getExecutionId()),
        "ExecutionStarted to name " + request.getInstanceId() + " " + request.getExecutionId(),
        started.getOrchestrationInstance());
  }

  /** Returns whether the event is a retry under the id of an earlier attempt, which has failed. */
  private boolean asksAgain(HistoryEvent event) {
    Integer before = answered.get(event.getEventId());
    return event.hasTaskScheduled() && before != null && events.get(before).hasTaskFailed();
  }

  static OrchestratorRequest parse(ByteString bytes) {
    try {
      return OrchestratorRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("expected an OrchestratorRequest, but it does not parse", e);
    }
  }

  private void take(HistoryEvent event, int position) {
    switch (event.getEventTypeCase()) {
      case ORCHESTRATORSTARTED -> {
        expect(
            turns.isEmpty()
                || Times.micros(event.getTimestamp())
                    >= Times.micros(turns.get(turns.size() - 1)) + Times.MILLI,
            "time to go on by a millisecond at least from turn to turn",
            event);
        turns.add(event.getTimestamp());
      }
      case TASKSCHEDULED -> {
        if (asksAgain(event)) {
          retried
              .computeIfAbsent(event.getEventId(), id -> new ArrayList<>(1))
              .add(answered.remove(event.getEventId()));
        }
        asked.put(event.getEventId(), event);
      }
      case TIMERCREATED, SUBORCHESTRATIONINSTANCECREATED -> asked.put(event.getEventId(), event);
      case EVENTSENT -> {
        asked.put(event.getEventId(), event);
        if (event.getEventSent().getInstanceId().startsWith("@")) {
          // A ledger's input names the request, so no JSON needs to be parsed here.
          requests.put(
              LegacyMessages.requestId(event.getEventSent().getInput().getValue()),
              event.getEventId());
        }
      }
      case TASKCOMPLETED -> answer(event.getTaskCompleted().getTaskScheduledId(), event, position);
      case TASKFAILED -> answer(event.getTaskFailed().getTaskScheduledId(), event, position);
      case SUBORCHESTRATIONINSTANCECOMPLETED ->
          answer(
              event.getSubOrchestrationInstanceCompleted().getTaskScheduledId(), event, position);
      case SUBORCHESTRATIONINSTANCEFAILED ->
          answer(event.getSubOrchestrationInstanceFailed().getTaskScheduledId(), event, position);
      case TIMERFIRED -> {
        int id = event.getTimerFired().getTimerId();
        answer(id, event, position);
        expect(
            event.getTimerFired().getFireAt().equals(askedFor(id).getTimerCreated().getFireAt()),
            "the time that was asked for, " + askedFor(id),
            event);
        expect(
            Times.micros(turns.get(turns.size() - 1))
                > Times.microsUp(event.getTimerFired().getFireAt()),
            "the turn that reads a timer to be later than it",
            event);
      }
      case EVENTRAISED -> {
        Integer legacy = requests.get(event.getEventRaised().getName());
        if (legacy != null) {
          answer(legacy, event, position);
        } else {
          raised
              .computeIfAbsent(event.getEventRaised().getName(), n -> new ArrayList<>(1))
              .add(position);
        }
      }
      case ENTITYOPERATIONSIGNALED -> asked.put(event.getEventId(), event);
      case ENTITYOPERATIONCALLED -> asks(event.getEntityOperationCalled().getRequestId(), event);
      case ENTITYLOCKREQUESTED ->
          asks(event.getEntityLockRequested().getCriticalSectionId(), event);
      case ENTITYOPERATIONCOMPLETED ->
          answer(requested(event.getEntityOperationCompleted().getRequestId()), event, position);
      case ENTITYOPERATIONFAILED ->
          answer(requested(event.getEntityOperationFailed().getRequestId()), event, position);
      case ENTITYLOCKGRANTED ->
          answer(requested(event.getEntityLockGranted().getCriticalSectionId()), event, position);
      default -> {
        // Programs do not look at the other events.
      }
    }
  }

  private void asks(String requestId, HistoryEvent event) {
    asked.put(event.getEventId(), event);
    requests.put(requestId, event.getEventId());
  }

  private int requested(String requestId) {
    Integer id = requests.get(requestId);
    if (id == null) {
      throw new IllegalStateException(
          "expected an answer to something that was asked, but " + requestId + " was not");
    }
    return id;
  }

  private HistoryEvent askedFor(int id) {
    HistoryEvent event = asked.get(id);
    if (event == null) {
      throw new IllegalStateException(
          "expected something with eventId " + id + ", but there is none");
    }
    return event;
  }

  private void answer(int id, HistoryEvent event, int position) {
    expect(asked.containsKey(id), "an answer after what was asked", event);
    expect(answered.put(id, position) == null, "one answer to " + askedFor(id), event);
  }

  /** Returns the orchestrator's "now" when it had read as far as this. */
  Timestamp timeAt(int position) {
    return turns.get(turnOf[position]);
  }

  /** Returns whether the event at this position is read in the turn that runs now. */
  boolean isNow(int position) {
    return turnOf[position] == turns.size() - 1;
  }

  private void expect(boolean holds, String expected, @Nullable Object but) {
    if (!holds) {
      throw new IllegalStateException(
          "a worker expects %s, but was shown:%n%s%nin the request%n%s"
              .formatted(expected, but, request));
    }
  }
}
