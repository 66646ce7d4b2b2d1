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

  /** The bars of those timers, which are left out once the work is tried again. */
  private final Map<Object, Open> timers = new HashMap<>();

  /** Holds the tasks that the current turn may try again, because their timers have fired. */
  private final List<Open> dueAgain = new ArrayList<>();

  private boolean over;
  private Instant overAt;

  private Bars(Instant now) {
    this.now = now;
    this.overAt = now;
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
    private @Nullable Open timer;
    private Instant phaseBegun;
    private final List<Bar.Phase> phases = new ArrayList<>();

    Open(String kind, String name, String link, Instant begun, String input) {
      this.kind = kind;
      this.name = name;
      this.link = link;
      this.begun = begun;
      this.phaseBegun = begun;
      this.input = input;
    }

    boolean isSameWork(Open other) {
      return kind.equals(other.kind)
          && name.equals(other.name)
          && Objects.equals(input, other.input);
    }

    /** Begins the next attempt, for which the bar has waited since the last one failed. */
    void again(Instant now) {
      phase(true, now);
      attempts++;
      outcome = "open";
      ended = null;
    }

    void end(String how, Instant now) {
      phase(false, now);
      outcome = how;
      ended = now;
    }

    private void phase(boolean waits, Instant until) {
      phases.add(new Bar.Phase(waits, phaseBegun.toEpochMilli(), until.toEpochMilli()));
      phaseBegun = until;
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
          failed.timer = timers.get(id);
          dueAgain.add(failed);
        }
      }
      case ENTITYOPERATIONCOMPLETED ->
          end(event.getEntityOperationCompleted().getRequestId(), "done", at);
      case ENTITYOPERATIONFAILED ->
          end(event.getEntityOperationFailed().getRequestId(), "failed", at);
      case ENTITYLOCKGRANTED ->
          end(event.getEntityLockGranted().getCriticalSectionId(), "done", at);
      case EXECUTIONCOMPLETED -> {
        over = Statuses.isEnded(event.getExecutionCompleted().getOrchestrationStatus());
        overAt = Moment.instant(at);
      }
      case EXECUTIONTERMINATED -> {
        over = true;
        overAt = Moment.instant(at);
      }
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
        failed.again(bar.begun);
        if (failed.timer != null) {
          failed.timer.ofRetry = true;
        }
        byTask.put(task, failed);
        return;
      }
    }
    byTask.put(task, bar);
    all.add(bar);
  }

  private void timer(HistoryEvent event) {
    Duration length =
        Duration.between(
            Moment.instant(event.getTimestamp()),
            Moment.instant(event.getTimerCreated().getFireAt()));
    String name =
        length.isNegative() ? "for a time that had passed" : "for " + Moment.words(length);
    Open bar = open("timer", name, "", event.getTimestamp(), "");
    byTask.put(event.getEventId(), bar);
    all.add(bar);
    if (!failedNow.isEmpty()) {
      retryTimers.put(event.getEventId(), failedNow.remove(0));
      timers.put(event.getEventId(), bar);
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
      bar.end(outcome, Moment.instant(at));
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
        bar.attempts,
        phases(bar, lost));
  }

  /** Returns the phases so far, of which the last of work that is under way ends now. */
  private List<Bar.Phase> phases(Open bar, boolean lost) {
    List<Bar.Phase> phases = new ArrayList<>(bar.phases);
    if (bar.outcome.equals("open")) {
      Instant until = lost ? overAt : now;
      phases.add(
          new Bar.Phase(
              false,
              bar.phaseBegun.toEpochMilli(),
              Math.max(bar.phaseBegun.toEpochMilli(), until.toEpochMilli())));
    }
    return phases;
  }
}
