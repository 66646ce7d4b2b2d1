package dev.holdfast.engine.program;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.CreateSubOrchestrationAction;
import dev.holdfast.protocol.CreateTimerAction;
import dev.holdfast.protocol.EntityLockRequestedEvent;
import dev.holdfast.protocol.EntityOperationCalledEvent;
import dev.holdfast.protocol.EntityOperationSignaledEvent;
import dev.holdfast.protocol.EntityUnlockSentEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.ScheduleTaskAction;
import dev.holdfast.protocol.SendEntityMessageAction;
import dev.holdfast.protocol.SendEventAction;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one turn of a {@link Program} as an SDK does: from the bytes of a request to its answer,
 * knowing nothing else.
 *
 * <p>The interpreter replays from the first step, and it is strict: history that lacks what an
 * earlier turn scheduled, or holds something else, is an error. So each turn proves that memory,
 * rows and requests agree.
 */
public final class Interpreter {
  private final SeenByWorker seen;
  private final Program program;
  private final Program.Habits habits;
  private final Memo memo;
  private final List<OrchestratorAction> actions = new ArrayList<>();
  private final Map<String, Integer> nextRaised = new LinkedHashMap<>();
  private final List<Leaf> launched = new ArrayList<>();
  private @Nullable String lastChild;
  private String section = "";
  private List<String> locked = List.of();

  /** Says that the locks have been granted, so the block that holds them has begun. */
  private boolean holding;

  private @Nullable String status;
  private int nextId;

  /** Marks the position in history that the program has reached. */
  private int cursor;

  private Interpreter(ByteString request, Programs programs) {
    this.seen = new SeenByWorker(request);
    this.program = programs.get(seen.started.getName());
    this.habits = program.habits();
    this.memo = Memo.of(seen.started.getInput().getValue());
    this.nextId = habits.firstId();
    this.cursor = seen.startedAt;
  }

  /**
   * Returns the answer to a turn.
   *
   * @param request a serialized OrchestratorRequest
   * @throws IllegalStateException the request breaks the rules of the protocol, or replay does not
   *     fit it
   */
  public static OrchestratorResponse run(ByteString request, Programs programs) {
    return new Interpreter(request, programs).run();
  }

  /**
   * Returns the answer of a worker that reads only the first new events and leaves the others for
   * the next turn.
   *
   * @param count the number of new events to read, with OrchestratorStarted; at least 2
   */
  public static OrchestratorResponse runSome(ByteString request, int count, Programs programs) {
    OrchestratorRequest whole = SeenByWorker.parse(request);
    if (count >= whole.getNewEventsCount()) {
      return run(request, programs);
    }
    OrchestratorRequest part =
        whole.toBuilder()
            .clearNewEvents()
            .addAllNewEvents(whole.getNewEventsList().subList(0, count))
            .build();
    return run(part.toByteString(), programs).toBuilder()
        .setNumEventsProcessed(Int32Value.of(count))
        .build();
  }

  private OrchestratorResponse run() {
    try {
      while (memo.step < program.steps().size()) {
        take(program.steps().get(memo.step));
        memo.step++;
      }
      complete(
          CompleteOrchestrationAction.newBuilder()
              .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED)
              .setResult(StringValue.of(memo.output())));
    } catch (Blocked e) {
      // The program waits for something that has not happened yet.
      unwound();
    } catch (Ended e) {
      unwound();
      complete(e.completion);
    }
    OrchestratorResponse.Builder response =
        OrchestratorResponse.newBuilder()
            .setInstanceId(seen.request.getInstanceId())
            .addAllActions(actions);
    if (status != null || habits.statusAlways()) {
      response.setCustomStatus(StringValue.of(status == null ? "" : status));
    }
    return response.build();
  }

  /** Leaves the block that holds the locks, for whatever reason. */
  private void unwound() {
    if (habits.releasesWhenUnwound() && holding) {
      unlock();
    }
  }

  private void complete(CompleteOrchestrationAction.Builder completion) {
    actions.add(
        OrchestratorAction.newBuilder()
            .setId(nextId++)
            .setCompleteOrchestration(completion)
            .build());
  }

  private void take(Step step) {
    if (step instanceof Step.Awaitable awaitable) {
      awaitAll(List.of(awaitable));
      holding |= step instanceof Step.Lock;
    } else if (step instanceof Step.All all) {
      awaitAll(all.branches());
    } else if (step instanceof Step.Any any) {
      awaitAny(any.branches());
    } else if (step instanceof Step.Retry retry) {
      retry(retry);
    } else if (step instanceof Step.Launch launch) {
      launched.add(child(launch.program(), launch.input(), launch.ids(), true));
    } else if (step instanceof Step.Send send) {
      send(send);
    } else if (step instanceof Step.Signal signal) {
      signal(signal);
    } else if (step instanceof Step.Unlock) {
      unlock();
    } else if (step instanceof Step.Status set) {
      status = set.text();
    } else if (step instanceof Step.Fail fail) {
      throw failed(fail.message());
    } else if (step instanceof Step.Again) {
      throw again();
    } else {
      throw new IllegalStateException("expected a step of a known kind, but got " + step);
    }
  }

  /**
   * Describes something that was started and is awaited.
   *
   * @param id the id of its action; −1 for an event
   * @param event the name of the event; null for others
   */
  private record Leaf(int id, @Nullable String event, boolean caught) {}

  private Leaf start(Step.Awaitable step) {
    if (step instanceof Step.Call call) {
      return activity(call.activity(), call.input(), call.caught());
    }
    if (step instanceof Step.Sleep sleep) {
      return timer(sleep.time());
    }
    if (step instanceof Step.Child child) {
      return child(child.program(), child.input(), child.ids(), child.caught());
    }
    if (step instanceof Step.Join join) {
      Leaf leaf = launched.remove(0);
      return new Leaf(leaf.id(), null, join.caught());
    }
    if (step instanceof Step.Ask ask) {
      return ask(ask);
    }
    if (step instanceof Step.Lock lock) {
      return lock(lock);
    }
    return new Leaf(-1, ((Step.Await) step).event(), true);
  }

  /** Returns an id that is unique per request, and the same on every replay. */
  private String requestId() {
    return "%s.%s.%d"
        .formatted(seen.request.getInstanceId(), seen.request.getExecutionId().getValue(), nextId);
  }

  /** Returns the entry for a ledger: the caller, and the number of its request. */
  private String entry() {
    return seen.request.getInstanceId()
        + "/"
        + seen.request.getExecutionId().getValue()
        + "."
        + nextId;
  }

  private Leaf ask(Step.Ask ask) {
    String input = (entry() + " " + ask.rest()).trim();
    if (habits.legacyEntities()) {
      tell(
          ask.entity(),
          "op",
          LegacyMessages.operation(requestId(), ask.operation(), false, input, ""));
    } else {
      tell(
          SendEntityMessageAction.newBuilder()
              .setEntityOperationCalled(
                  EntityOperationCalledEvent.newBuilder()
                      .setRequestId(requestId())
                      .setOperation(ask.operation())
                      .setInput(StringValue.of(input))
                      .setTargetInstanceId(StringValue.of(ask.entity()))));
    }
    return new Leaf(nextId - 1, null, ask.caught());
  }

  private void signal(Step.Signal signal) {
    // A delayed signal keeps no order with the others.
    String entry = signal.after().isZero() ? entry() : entry() + "later";
    String input = (entry + " " + signal.rest()).trim();
    long due =
        signal.after().isZero()
            ? 0
            : Times.micros(seen.timeAt(cursor)) + signal.after().toNanos() / 1_000;
    if (habits.legacyEntities()) {
      String time =
          due == 0
              ? ""
              : Instant.ofEpochSecond(due / Times.SECOND, due % Times.SECOND * 1_000).toString();
      tell(
          signal.entity(),
          due == 0 ? "op" : "op@" + time,
          LegacyMessages.operation(requestId(), signal.operation(), true, input, time));
      return;
    }
    EntityOperationSignaledEvent.Builder event =
        EntityOperationSignaledEvent.newBuilder()
            .setRequestId(requestId())
            .setOperation(signal.operation())
            .setInput(StringValue.of(input))
            .setTargetInstanceId(StringValue.of(signal.entity()));
    if (due != 0) {
      event.setScheduledTime(Times.timestamp(due));
    }
    tell(SendEntityMessageAction.newBuilder().setEntityOperationSignaled(event));
  }

  private Leaf lock(Step.Lock lock) {
    section = requestId();
    locked = lock.entities();
    if (habits.legacyEntities()) {
      tell(locked.get(0), "op", LegacyMessages.lock(section, locked));
    } else {
      tell(
          SendEntityMessageAction.newBuilder()
              .setEntityLockRequested(
                  EntityLockRequestedEvent.newBuilder()
                      .setCriticalSectionId(section)
                      .addAllLockSet(locked)));
    }
    return new Leaf(nextId - 1, null, false);
  }

  private void unlock() {
    for (String entity : locked) {
      int id = nextId++;
      boolean before = seen.released.contains(id);
      if (!before && !habits.releasesWhenUnwound() && !seen.isNow(cursor)) {
        throw new IllegalStateException(
            "replay expects history to hold release %d of %s, but it does not:%n%s"
                .formatted(id, entity, seen.request));
      }
      if (!before || habits.repeatsSent() || habits.releasesWhenUnwound()) {
        actions.add(release(entity).setId(id).build());
      }
    }
    locked = List.of();
    holding = false;
  }

  private OrchestratorAction.Builder release(String entity) {
    return habits.legacyEntities()
        ? event(entity, "release", LegacyMessages.release(section))
        : OrchestratorAction.newBuilder()
            .setSendEntityMessage(
                SendEntityMessageAction.newBuilder()
                    .setEntityUnlockSent(
                        EntityUnlockSentEvent.newBuilder()
                            .setCriticalSectionId(section)
                            .setTargetInstanceId(StringValue.of(entity))));
  }

  private void tell(SendEntityMessageAction.Builder message) {
    var unused = ask(OrchestratorAction.newBuilder().setSendEntityMessage(message));
  }

  private void tell(String entity, String event, String json) {
    OrchestratorAction.Builder action = event(entity, event, json);
    int id = nextId;
    if (ask(action) != null && habits.repeatsSent()) {
      actions.add(action.setId(id).build());
    }
  }

  private static OrchestratorAction.Builder event(String to, String name, String data) {
    return OrchestratorAction.newBuilder()
        .setSendEvent(
            SendEventAction.newBuilder()
                .setInstance(OrchestrationInstance.newBuilder().setInstanceId(to))
                .setName(name)
                .setData(StringValue.of(data)));
  }

  private Leaf activity(String name, String input, boolean caught) {
    HistoryEvent before =
        ask(
            OrchestratorAction.newBuilder()
                .setScheduleTask(
                    ScheduleTaskAction.newBuilder().setName(name).setInput(StringValue.of(input))));
    check(before == null || before.getTaskScheduled().getName().equals(name), name, before);
    return new Leaf(nextId - 1, null, caught);
  }

  private Leaf timer(Duration time) {
    Timestamp fireAt = Times.timestamp(Times.micros(seen.timeAt(cursor)) + time.toNanos() / 1_000);
    HistoryEvent before =
        ask(
            OrchestratorAction.newBuilder()
                .setCreateTimer(CreateTimerAction.newBuilder().setFireAt(fireAt)));
    check(before == null || before.getTimerCreated().getFireAt().equals(fireAt), fireAt, before);
    return new Leaf(nextId - 1, null, true);
  }

  private Leaf child(String name, String input, Step.ChildId ids, boolean caught) {
    String hex = "%04x".formatted(nextId);
    String execution = seen.request.getExecutionId().getValue();
    String id =
        switch (ids) {
          case OF_EXECUTION -> execution + ":" + hex;
          case OF_INSTANCE -> seen.request.getInstanceId() + ":" + hex;
          case OF_HUB -> "";
        };
    HistoryEvent before =
        ask(
            OrchestratorAction.newBuilder()
                .setCreateSubOrchestration(
                    CreateSubOrchestrationAction.newBuilder()
                        .setInstanceId(id)
                        .setName(name)
                        .setInput(StringValue.of(input))));
    lastChild = id.isEmpty() ? execution + ":" + hex : id;
    check(
        before == null
            || (before.getSubOrchestrationInstanceCreated().getName().equals(name)
                // A rewound execution has a new id, and its children keep the ids that they had.
                && (ids == Step.ChildId.OF_INSTANCE
                    ? before.getSubOrchestrationInstanceCreated().getInstanceId().equals(id)
                    : true)),
        name + " " + id,
        before);
    if (before != null) {
      lastChild = before.getSubOrchestrationInstanceCreated().getInstanceId();
    }
    return new Leaf(nextId - 1, null, caught);
  }

  /** Emits an action, or finds in history that it was emitted before. */
  private @Nullable HistoryEvent ask(OrchestratorAction.Builder action) {
    int id = nextId++;
    HistoryEvent before = seen.asked.get(id);
    if (before == null) {
      if (!seen.isNow(cursor)) {
        throw new IllegalStateException(
            "replay expects history to hold action %d, which an earlier turn has asked for, but it does not:%n%s%n%s"
                .formatted(id, action, seen.request));
      }
      actions.add(action.setId(id).build());
    }
    return before;
  }

  private void check(boolean fits, Object expected, @Nullable HistoryEvent event) {
    if (!fits) {
      throw new IllegalStateException(
          "replay expects %s, but history says:%n%s%nin%n%s"
              .formatted(expected, event, seen.request));
    }
  }

  private void awaitAll(List<Step.Awaitable> branches) {
    List<Leaf> leaves = new ArrayList<>();
    branches.forEach(branch -> leaves.add(start(branch)));
    int latest = cursor;
    String failure = null;
    boolean complete = true;
    List<String> results = new ArrayList<>();
    for (Leaf leaf : leaves) {
      int position = positionOf(leaf);
      if (position < 0) {
        complete = false;
        continue;
      }
      latest = Math.max(latest, position);
      String failed = failureAt(leaf, position);
      if (failed == null) {
        results.add(resultAt(leaf, position));
      } else if (leaf.caught()) {
        results.add("!" + failed);
      } else {
        failure = failure == null ? failed : failure;
      }
    }
    if (!complete) {
      throw new Blocked();
    }
    cursor = latest;
    if (failure != null) {
      throw failed(failure);
    }
    memo.results.addAll(results);
  }

  private void awaitAny(List<Step.Awaitable> branches) {
    List<Leaf> leaves = new ArrayList<>();
    branches.forEach(branch -> leaves.add(start(branch)));
    int first = Integer.MAX_VALUE;
    for (Leaf leaf : leaves) {
      int position = positionOf(leaf);
      if (position >= 0) {
        first = Math.min(first, position);
      }
    }
    if (first == Integer.MAX_VALUE) {
      throw new Blocked();
    }
    cursor = Math.max(cursor, first);
    memo.results.add("any");
  }

  private void retry(Step.Retry retry) {
    int firstId = nextId;
    for (int attempt = 1; ; attempt++) {
      Leaf leaf =
          attempt == 1 || !habits.retriesUnderOneId()
              ? activity(retry.activity(), retry.input(), false)
              : again(retry, firstId, attempt);
      int position = habits.retriesUnderOneId() ? passed(firstId, attempt) : passed(leaf);
      String failed = failureAt(leaf, position);
      if (failed == null) {
        memo.results.add(resultAt(leaf, position));
        return;
      }
      if (attempt == retry.attempts()) {
        throw failed(failed);
      }
      passed(timer(retry.between()));
    }
  }

  /** Schedules the same activity again, under the same id. */
  private Leaf again(Step.Retry retry, int id, int attempt) {
    List<Integer> failed = seen.retried.getOrDefault(id, List.of());
    if (failed.size() < attempt - 1) {
      if (!seen.isNow(cursor)) {
        throw new IllegalStateException(
            "replay expects history to hold attempt %d of action %d, but it does not:%n%s"
                .formatted(attempt, id, seen.request));
      }
      ScheduleTaskAction.Builder task =
          ScheduleTaskAction.newBuilder()
              .setName(retry.activity())
              .setInput(StringValue.of(retry.input()));
      actions.add(OrchestratorAction.newBuilder().setId(id).setScheduleTask(task).build());
      throw new Blocked();
    }
    return new Leaf(id, null, false);
  }

  private int passed(int id, int attempt) {
    List<Integer> failed = seen.retried.getOrDefault(id, List.of());
    return failed.size() < attempt
        ? passed(new Leaf(id, null, false))
        : passed(failed.get(attempt - 1));
  }

  private int passed(Leaf leaf) {
    return passed(positionOf(leaf));
  }

  private int passed(int position) {
    if (position < 0) {
      throw new Blocked();
    }
    cursor = Math.max(cursor, position);
    return position;
  }

  /** Returns where in history the leaf is answered; −1 when it is not. */
  private int positionOf(Leaf leaf) {
    if (leaf.event() != null) {
      return nextEvent(leaf.event());
    }
    Integer position = seen.answered.get(leaf.id());
    return position == null ? -1 : position;
  }

  /** Reads the next event of the name that is no repetition by its sender. */
  private int nextEvent(String name) {
    List<Integer> positions = seen.raised.getOrDefault(name, List.of());
    int expected = memo.read.getOrDefault(name, 0) + 1;
    int next = nextRaised.getOrDefault(name, 0);
    while (next < positions.size()) {
      int position = positions.get(next++);
      nextRaised.put(name, next);
      Numbered event = numbered(position);
      if (memo.attempts.contains(event.attempt())) {
        throw new IllegalStateException(
            "expected each event once, but %s %s came twice:%n%s"
                .formatted(name, event, seen.request));
      }
      memo.attempts.add(event.attempt());
      if (event.number() > expected) {
        throw new IllegalStateException(
            "expected %s number %d, but %s came:%n%s"
                .formatted(name, expected, event, seen.request));
      }
      if (event.number() == expected) {
        memo.read.put(name, expected);
        return position;
      }
    }
    return -1;
  }

  private Numbered numbered(int position) {
    return Numbered.parse(seen.events.get(position).getEventRaised().getInput().getValue());
  }

  private @Nullable String failureAt(Leaf leaf, int position) {
    HistoryEvent event = seen.events.get(position);
    if (leaf.event() != null) {
      return null;
    }
    if (event.hasTaskFailed()) {
      return event.getTaskFailed().getFailureDetails().getErrorMessage();
    }
    if (event.hasEntityOperationFailed()) {
      return "refused";
    }
    if (event.hasEventRaised()) {
      return event.getEventRaised().getInput().getValue().contains("failureDetails")
          ? "refused"
          : null;
    }
    return event.hasSubOrchestrationInstanceFailed()
        ? event.getSubOrchestrationInstanceFailed().getFailureDetails().getErrorMessage()
        : null;
  }

  private String resultAt(Leaf leaf, int position) {
    HistoryEvent event = seen.events.get(position);
    return switch (event.getEventTypeCase()) {
      case TASKCOMPLETED -> event.getTaskCompleted().getResult().getValue();
      case SUBORCHESTRATIONINSTANCECOMPLETED ->
          "[" + event.getSubOrchestrationInstanceCompleted().getResult().getValue() + "]";
      case TIMERFIRED -> "slept";
      case EVENTRAISED ->
          leaf.event() != null
              ? leaf.event() + "#" + numbered(position).number()
              : legacyResult(event.getEventRaised().getInput().getValue());
      case ENTITYOPERATIONCOMPLETED ->
          operationOf(event.getEntityOperationCompleted().getOutput().getValue());
      case ENTITYLOCKGRANTED -> "locked";
      default -> throw new IllegalStateException("expected an answer, but got " + event);
    };
  }

  /** Takes the operation out of a ledger's result; the caller in it differs from run to run. */
  private static String operationOf(String result) {
    return result.split(" ", 2)[0];
  }

  private static String legacyResult(String json) {
    String open = "{\"result\":\"";
    return json.startsWith(open) ? operationOf(json.substring(open.length())) : "locked";
  }

  private void send(Step.Send send) {
    String to =
        switch (send.to()) {
          case Step.Send.PARENT ->
              seen.started.getParentInstance().getOrchestrationInstance().getInstanceId();
          case Step.Send.CHILD -> lastChild == null ? "" : lastChild;
          default -> send.to();
        };
    if (to.isEmpty()) {
      return;
    }
    for (int i = 0; i < send.count(); i++) {
      int number = memo.sent.merge(to + " " + send.event(), 1, Integer::sum);
      String attempt =
          "%s.%s.%d"
              .formatted(
                  seen.request.getInstanceId(), seen.request.getExecutionId().getValue(), nextId);
      OrchestratorAction.Builder action =
          event(to, send.event(), new Numbered(number, attempt).toString());
      int id = nextId;
      if (ask(action) != null && habits.repeatsSent()) {
        actions.add(action.setId(id).build());
      }
    }
  }

  private Ended failed(String message) {
    return new Ended(
        CompleteOrchestrationAction.newBuilder()
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
            .setFailureDetails(
                TaskFailureDetails.newBuilder()
                    .setErrorType("ProgramFailed")
                    .setErrorMessage(message)));
  }

  private Ended again() {
    memo.step++;
    List<HistoryEvent> carried = new ArrayList<>();
    for (int i = 0; i < seen.events.size(); i++) {
      HistoryEvent event = seen.events.get(i);
      if (event.hasEventRaised()) {
        String name = event.getEventRaised().getName();
        List<Integer> positions = seen.raised.getOrDefault(name, List.of());
        if (positions.indexOf(i) >= nextRaised.getOrDefault(name, 0)) {
          carried.add(habits.carryReversed() ? 0 : carried.size(), event);
        }
      }
    }
    return new Ended(
        CompleteOrchestrationAction.newBuilder()
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
            .setResult(StringValue.of(memo.text()))
            .addAllCarryoverEvents(carried));
  }

  /** Says that the program can go no further in this turn. */
  private static final class Blocked extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Blocked() {
      super(null, null, false, false);
    }
  }

  /** Says that the execution ends here. */
  private static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient CompleteOrchestrationAction.Builder completion;

    Ended(CompleteOrchestrationAction.Builder completion) {
      super(null, null, false, false);
      this.completion = completion;
    }
  }
}
