package dev.holdfast.dashboard;

import com.google.protobuf.Timestamp;
import dev.holdfast.core.Statuses;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.dashboard.shown.Moment;
import dev.holdfast.dashboard.shown.Shown;
import dev.holdfast.protocol.HistoryEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the timeline of an instance from its history: one bar for each activity, sub-orchestration,
 * timer, entity call and lock. An activity that was tried again after a failure keeps one bar, with
 * the number of its attempts.
 */
final class Bars {
  private final Instant now;

  /** Maps the ids of tasks, or of requests to entities, to their bars. */
  private final Map<Object, Open> byTask = new LinkedHashMap<>();

  private final List<Open> all = new ArrayList<>();

  /**
   * Holds the failed tasks whose failures the current turn has read, and which may be tried again.
   */
  private final List<Open> failedNow = new ArrayList<>();

  /** Maps the timers that a turn set right after a failure to the failed tasks. */
  private final Map<Object, Open> retryTimers = new HashMap<>();

  /** Holds the tasks that the current turn may try again, because their timers have fired. */
  private final List<Open> dueAgain = new ArrayList<>();

  private boolean over;

  private Bars(Instant now) {
    this.now = now;
  }

  /** Collects a bar while the history is read. */
  private static final class Open {
    private final String kind;
    private final String name;
    private final String link;
    private final Instant begun;
    private final String input;
    private @Nullable Instant ended;
    private String outcome = "open";
    private int attempts = 1;
    private boolean ofRetry;

    Open(String kind, String name, String link, Instant begun, String input) {
      this.kind = kind;
      this.name = name;
      this.link = link;
      this.begun = begun;
      this.input = input;
    }

    boolean isSameWork(Open other) {
      return kind.equals(other.kind)
          && name.equals(other.name)
          && Objects.equals(input, other.input);
    }

    void again() {
      attempts++;
      outcome = "open";
      ended = null;
    }
  }

  /** Returns the bars of a history in the order in which they began. */
  static List<Bar> of(List<HistoryEvent> history, Instant now) {
    Bars bars = new Bars(now);
    history.forEach(bars::read);
    return bars.all.stream().filter(each -> !each.ofRetry).map(bars::shown).toList();
  }

  private void read(HistoryEvent event) {
    Timestamp at = event.getTimestamp();
    switch (event.getEventTypeCase()) {
      case ORCHESTRATORSTARTED -> {
        failedNow.clear();
        dueAgain.clear();
      }
      case TASKSCHEDULED -> {
        var task = event.getTaskScheduled();
        begin(
            event.getEventId(),
            open("activity", task.getName(), "", at, task.getInput().getValue()));
      }
      case SUBORCHESTRATIONINSTANCECREATED -> {
        var child = event.getSubOrchestrationInstanceCreated();
        String link = Links.instance(child.getInstanceId());
        begin(
            event.getEventId(),
            open("sub-orchestration", child.getName(), link, at, child.getInput().getValue()));
      }
      case TIMERCREATED -> timer(event);
      case ENTITYOPERATIONCALLED -> {
        var call = event.getEntityOperationCalled();
        String name = call.getOperation() + " on " + call.getTargetInstanceId().getValue();
        begin(call.getRequestId(), open("entity call", name, "", at, ""));
      }
      case ENTITYLOCKREQUESTED -> {
        var lock = event.getEntityLockRequested();
        String name = String.join(", ", lock.getLockSetList());
        begin(lock.getCriticalSectionId(), open("lock", name, "", at, ""));
      }
      case TASKCOMPLETED -> end(event.getTaskCompleted().getTaskScheduledId(), "done", at);
      case TASKFAILED -> failed(event.getTaskFailed().getTaskScheduledId(), at);
      case SUBORCHESTRATIONINSTANCECOMPLETED ->
          end(event.getSubOrchestrationInstanceCompleted().getTaskScheduledId(), "done", at);
      case SUBORCHESTRATIONINSTANCEFAILED ->
          failed(event.getSubOrchestrationInstanceFailed().getTaskScheduledId(), at);
      case TIMERFIRED -> {
        int id = event.getTimerFired().getTimerId();
        end(id, "fired", at);
        Open failed = retryTimers.remove(id);
        if (failed != null) {
          dueAgain.add(failed);
        }
      }
      case ENTITYOPERATIONCOMPLETED ->
          end(event.getEntityOperationCompleted().getRequestId(), "done", at);
      case ENTITYOPERATIONFAILED ->
          end(event.getEntityOperationFailed().getRequestId(), "failed", at);
      case ENTITYLOCKGRANTED ->
          end(event.getEntityLockGranted().getCriticalSectionId(), "done", at);
      case EXECUTIONCOMPLETED ->
          over = Statuses.isEnded(event.getExecutionCompleted().getOrchestrationStatus());
      case EXECUTIONTERMINATED -> over = true;
      case EXECUTIONREWOUND -> over = false;
      default -> {
        // Events of other kinds do not begin or end a piece of work.
      }
    }
  }

  private static Open open(String kind, String name, String link, Timestamp at, String input) {
    return new Open(kind, name, link, Moment.instant(at), input);
  }

  private void begin(Object task, Open bar) {
    for (Open failed : dueAgain) {
      if (failed.isSameWork(bar)) {
        dueAgain.remove(failed);
        failed.again();
        byTask.put(task, failed);
        return;
      }
    }
    byTask.put(task, bar);
    all.add(bar);
  }

  private void timer(HistoryEvent event) {
    String until = "until " + Moment.instant(event.getTimerCreated().getFireAt());
    Open bar = open("timer", until, "", event.getTimestamp(), "");
    byTask.put(event.getEventId(), bar);
    all.add(bar);
    if (!failedNow.isEmpty()) {
      retryTimers.put(event.getEventId(), failedNow.remove(0));
    }
  }

  private void failed(int task, Timestamp at) {
    Open bar = end(task, "failed", at);
    if (bar != null) {
      failedNow.add(bar);
    }
  }

  private @Nullable Open end(Object task, String outcome, Timestamp at) {
    Open bar = byTask.remove(task);
    if (bar != null) {
      bar.ended = Moment.instant(at);
      bar.outcome = outcome;
    }
    return bar;
  }

  private Bar shown(Open bar) {
    boolean lost = bar.outcome.equals("open") && over;
    Instant ended = bar.ended;
    return new Bar(
        bar.kind,
        Shown.name(bar.name),
        bar.link,
        lost ? "no longer awaited" : bar.outcome,
        Moment.of(bar.begun, now),
        ended == null ? null : Moment.of(ended, now),
        lost ? "" : Moment.words(Duration.between(bar.begun, ended == null ? now : ended)),
        bar.attempts);
  }
}
