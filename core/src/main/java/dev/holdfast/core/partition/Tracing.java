package dev.holdfast.core.partition;

import com.google.protobuf.Timestamp;
import dev.holdfast.core.Effect;
import dev.holdfast.core.EndedSpan;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.FailureText;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.ParentInstanceInfo;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives executions whose workers do not trace a place in a trace, and reports spans that have
 * ended.
 *
 * <p>Every id is computed from history, so nothing about spans needs to be remembered: a context
 * that comes from a worker is recognised because its id differs from the id that this class
 * computes.
 */
final class Tracing {
  private final @Nullable Predicate<String> samples;
  private final Changes changes;

  /** Holds the spans that have ended through the current answer. */
  private List<EndedSpan> ended = new ArrayList<>();

  /**
   * Creates the tracing of a partition.
   *
   * @param samples returns whether a new trace is recorded; null when the engine makes no traces
   */
  Tracing(@Nullable Predicate<String> samples, Changes changes) {
    this.samples = samples;
    this.changes = changes;
  }

  /** Begins a trace for a start that came without a context. */
  void begin(ExecutionStartedEvent.Builder started, Timestamp at) {
    if (samples == null || started.hasParentTraceContext()) {
      return;
    }
    long startedAt = Times.microsUp(at);
    String id = started.getOrchestrationInstance().getInstanceId();
    String traceId = hex(id, startedAt, "trace");
    started.setParentTraceContext(
        new TraceParent(
                traceId,
                creation(id, startedAt),
                samples.test(traceId) ? TraceParent.SAMPLED : TraceParent.NOT_SAMPLED,
                "")
            .with(creation(id, startedAt)));
  }

  /**
   * Makes the context of an activity or a child that the orchestrator schedules without one; null
   * when the execution belongs to no trace, or when its worker makes the spans.
   */
  @Nullable TraceContext asked(Instance instance, int eventId) {
    if (samples == null || instance.workerSpan() != null) {
      return null;
    }
    TraceParent parent = TraceParent.of(instance.parentTrace());
    return parent == null ? null : parent.with(task(instance, eventId));
  }

  /**
   * Reports the spans that a turn has ended, before its events are folded into history.
   *
   * @param events the events that the turn adds to history
   */
  void turn(Instance instance, List<HistoryEvent> events) {
    TraceParent trace = traceOf(instance);
    if (trace == null) {
      return;
    }
    for (HistoryEvent event : events) {
      switch (event.getEventTypeCase()) {
        case EXECUTIONSTARTED -> created(instance, trace, event);
        case TASKCOMPLETED, SUBORCHESTRATIONINSTANCECOMPLETED ->
            answered(instance, trace, event, null);
        case TASKFAILED ->
            answered(instance, trace, event, event.getTaskFailed().getFailureDetails());
        case SUBORCHESTRATIONINSTANCEFAILED ->
            answered(
                instance,
                trace,
                event,
                event.getSubOrchestrationInstanceFailed().getFailureDetails());
        case TIMERFIRED -> fired(instance, trace, event);
        case EVENTSENT -> sent(instance, trace, event);
        default -> {
          // Events of other kinds do not end a span.
        }
      }
    }
  }

  /** Returns the trace of the instance if this class reports its spans; null otherwise. */
  private @Nullable TraceParent traceOf(Instance instance) {
    if (samples == null) {
      return null;
    }
    TraceParent trace = TraceParent.of(instance.parentTrace());
    return trace != null && trace.isSampled() ? trace : null;
  }

  /**
   * Reports the creation of the instance, unless the start came with a context, because its sender
   * then has a span for the start.
   */
  private void created(Instance instance, TraceParent trace, HistoryEvent event) {
    long at = Times.microsUp(event.getTimestamp());
    if (instance.rewound() || !trace.spanId().equals(creation(instance.id, at))) {
      return;
    }
    Map<String, Object> attributes = attributes(instance, "orchestration");
    add(
        EndedSpan.Kind.PRODUCER,
        "create_orchestration:" + named(instance),
        trace,
        trace.spanId(),
        "",
        at,
        at,
        attributes,
        null);
  }

  private void answered(
      Instance instance,
      TraceParent trace,
      HistoryEvent event,
      @Nullable TaskFailureDetails failure) {
    OpenTask task = instance.answeredBy(event);
    if (task != null) {
      ended(instance, trace, task, Times.microsUp(event.getTimestamp()), failure);
    }
  }

  private void ended(
      Instance instance,
      TraceParent trace,
      OpenTask task,
      long at,
      @Nullable TaskFailureDetails failure) {
    if (task.told()) {
      return;
    }
    task.tell();
    boolean activity = task.kind == Explanation.Kind.ACTIVITY;
    TraceParent given =
        TraceParent.of(
            activity
                ? task.asked.getTaskScheduled().getParentTraceContext()
                : task.asked.getSubOrchestrationInstanceCreated().getParentTraceContext());
    if (given == null || !given.spanId().equals(task(instance, task.id()))) {
      return;
    }
    String name =
        activity
            ? task.asked.getTaskScheduled().getName()
            : task.asked.getSubOrchestrationInstanceCreated().getName();
    String version =
        activity
            ? task.asked.getTaskScheduled().getVersion().getValue()
            : task.asked.getSubOrchestrationInstanceCreated().getVersion().getValue();
    String type = activity ? "activity" : "orchestration";
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("durabletask.type", type);
    attributes.put("durabletask.task.name", name);
    if (!version.isEmpty()) {
      attributes.put("durabletask.task.version", version);
    }
    attributes.put("durabletask.task.instance_id", activity ? instance.id : task.childId());
    attributes.put("durabletask.task.execution_id", instance.executionId());
    attributes.put("durabletask.task.task_id", (long) task.id());
    add(
        EndedSpan.Kind.CLIENT,
        type + ":" + versioned(name, version),
        trace,
        told(instance, task),
        orchestration(instance),
        Times.microsUp(task.asked.getTimestamp()),
        at,
        attributes,
        failure);
  }

  private void fired(Instance instance, TraceParent trace, HistoryEvent event) {
    OpenTask task = instance.answeredBy(event);
    if (task == null || instance.workerSpan() != null) {
      return;
    }
    Map<String, Object> attributes = attributes(instance, "timer");
    attributes.put("durabletask.task.task_id", (long) task.id());
    attributes.put(
        "durabletask.fire_at",
        java.time.Instant.EPOCH
            .plus(Times.microsUp(task.fireAt()), java.time.temporal.ChronoUnit.MICROS)
            .toString());
    add(
        EndedSpan.Kind.INTERNAL,
        "orchestration:" + named(instance) + ":timer",
        trace,
        told(instance, task),
        orchestration(instance),
        Times.microsUp(task.asked.getTimestamp()),
        Times.microsUp(event.getTimestamp()),
        attributes,
        null);
  }

  /**
   * Reports a sent event. Messages to entities are part of the protocol between SDKs and are not
   * reported as events.
   */
  private void sent(Instance instance, TraceParent trace, HistoryEvent event) {
    String target = event.getEventSent().getInstanceId();
    if (instance.workerSpan() != null || EntityIds.isEntity(target)) {
      return;
    }
    Map<String, Object> attributes = attributes(instance, "event");
    attributes.put("durabletask.event.target_instance_id", target);
    long at = Times.microsUp(event.getTimestamp());
    // Several events may have the id -1; time and name then tell them apart.
    String id = event.getEventId() >= 0 ? "" : event.getEventSent().getName() + target + at;
    add(
        EndedSpan.Kind.PRODUCER,
        "orchestration_event:" + event.getEventSent().getName(),
        trace,
        half(hex(instance.id, instance.startedAt(), event.getEventId() + id)),
        orchestration(instance),
        at,
        at,
        attributes,
        null);
  }

  /**
   * Reports the span of the execution, which has ended, and the spans of tasks that it leaves
   * running.
   *
   * @param at the time of the end in microseconds since the epoch
   */
  void end(Instance instance, String status, @Nullable TaskFailureDetails failure, long at) {
    TraceParent trace = traceOf(instance);
    if (trace == null) {
      return;
    }
    for (OpenTask task : instance.open().values()) {
      boolean child = task.kind == Explanation.Kind.CHILD;
      boolean begun =
          task.kind == Explanation.Kind.ACTIVITY && Times.microsUp(task.asked.getTimestamp()) < at;
      if (child || begun) {
        ended(instance, trace, task, at, null);
      }
    }
    if (instance.workerSpan() != null) {
      return;
    }
    Map<String, Object> attributes = attributes(instance, "orchestration");
    attributes.put("durabletask.task.status", status);
    add(
        EndedSpan.Kind.SERVER,
        "orchestration:" + named(instance),
        trace,
        orchestration(instance),
        trace.spanId(),
        instance.firstTurnAt() == 0 ? at : instance.firstTurnAt(),
        at,
        attributes,
        failure);
  }

  private static Map<String, Object> attributes(Instance instance, String type) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("durabletask.type", type);
    attributes.put("durabletask.task.name", instance.row().state().getName());
    String version = instance.row().state().getVersion().getValue();
    if (!version.isEmpty()) {
      attributes.put("durabletask.task.version", version);
    }
    attributes.put("durabletask.task.instance_id", instance.id);
    attributes.put("durabletask.task.execution_id", instance.executionId());
    ParentInstanceInfo parent = instance.parent();
    if (parent != null) {
      attributes.put("durabletask.task.task_id", (long) parent.getTaskScheduledId());
    }
    return attributes;
  }

  private void add(
      EndedSpan.Kind kind,
      String name,
      TraceParent trace,
      String spanId,
      String parentId,
      long from,
      long to,
      Map<String, Object> attributes,
      @Nullable TaskFailureDetails failure) {
    ended.add(
        new EndedSpan(
            kind,
            name,
            trace.traceId(),
            spanId,
            parentId,
            trace.state(),
            from,
            Math.max(from, to),
            attributes,
            failure == null ? null : failureOf(FailureText.seen(failure))));
  }

  private static EndedSpan.Failure failureOf(TaskFailureDetails seen) {
    return new EndedSpan.Failure(seen.getErrorType(), seen.getErrorMessage());
  }

  /** Releases the collected spans once the current state of this resident is durable. */
  void release(Resident resident) {
    if (!ended.isEmpty()) {
      changes.whenDurable(resident, new Effect.Trace(ended));
      ended = new ArrayList<>();
    }
  }

  private static String named(Instance instance) {
    return versioned(
        instance.row().state().getName(), instance.row().state().getVersion().getValue());
  }

  private static String versioned(String name, String version) {
    return version.isEmpty() ? name : name + "@(" + version + ")";
  }

  private static String creation(String instanceId, long startedAt) {
    return half(hex(instanceId, startedAt, "create"));
  }

  /**
   * Computes the span id of the execution: a rewind and continue-as-new give the instance another
   * span id.
   */
  private static String orchestration(Instance instance) {
    return half(hex(instance.id, instance.startedAt(), instance.executionId()));
  }

  /**
   * Computes the span id of a task. The outcome of a task that was open at a rewind may have been
   * reported before, so its new outcome gets another id.
   */
  private static String told(Instance instance, OpenTask task) {
    return task.askedBeforeRewind()
        ? half(hex(instance.id, instance.startedAt(), instance.executionId() + task.id()))
        : task(instance, task.id());
  }

  /**
   * Computes the span id of a task without the execution id, because the history keeps the task
   * when the execution is rewound.
   */
  private static String task(Instance instance, int eventId) {
    return half(hex(instance.id, instance.startedAt(), Integer.toString(eventId)));
  }

  /**
   * Computes an id as a hash of its parts. The start time distinguishes the executions of one
   * instance.
   */
  private static String hex(String instanceId, long startedAt, String what) {
    UUID id =
        UUID.nameUUIDFromBytes(
            (instanceId + '\n' + startedAt + '\n' + what).getBytes(StandardCharsets.UTF_8));
    return "%016x%016x".formatted(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  private static String half(String hex) {
    return hex.substring(16);
  }
}
