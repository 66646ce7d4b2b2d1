package dev.holdfast.simulation;

import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Represents an instance as clients see it: with the requests that they plan, the requests that
 * they have sent, and the answers that they got.
 */
final class Subject {
  final String id;
  final Program program;

  /** Says whether clients may do more than start the instance and raise its events. */
  final boolean controlled;

  /** Holds another instance that must exist before this one is started; null when there is none. */
  final @Nullable Subject first;

  final RequestCounts asked = new RequestCounts();
  final RequestCounts done = new RequestCounts();
  Told told = Told.absent(done.copy());

  /** Says whether a start has been acknowledged. */
  boolean startAcknowledged;

  /**
   * Holds the inputs that the instance may have: the input of the last acknowledged start, and the
   * inputs of later attempts.
   */
  final List<String> inputs = new ArrayList<>();

  /** Says whether a terminate was accepted after the last start. */
  boolean terminated;

  /** Says whether a terminate may have been accepted. */
  boolean maybeTerminated;

  /** Says whether a purge was requested since the last acknowledged start. */
  boolean maybePurged;

  /** Counts, by name, the numbered events that the program reads from clients. */
  final Map<String, Integer> toRaise = new LinkedHashMap<>();

  /** Maps each event name to the number of the last acknowledged event. */
  final Map<String, Integer> raised = new LinkedHashMap<>();

  /**
   * These fields count the starts and events that are under way; at most one of each is under way
   * at a time.
   */
  int startsUnderWay;

  int raisesUnderWay;

  Subject(String id, Program program, boolean controlled, @Nullable Subject first) {
    this.id = id;
    this.program = program;
    this.controlled = controlled;
    this.first = first;
    for (Step step : program.steps()) {
      if (step instanceof Step.All all) {
        all.branches().forEach(this::count);
      } else {
        count(step);
      }
    }
  }

  private void count(Step step) {
    if (step instanceof Step.Await await && isFromClients(await.event())) {
      toRaise.merge(await.event(), 1, Integer::sum);
    }
  }

  private static boolean isFromClients(String event) {
    return !event.equals("peer") && !event.startsWith("answer");
  }

  boolean continues() {
    return program.steps().stream().anyMatch(Step.Again.class::isInstance);
  }

  /**
   * Returns whether a request of this kind was made, or ended, after the given counts were taken.
   */
  boolean isNewer(Kind kind, RequestCounts doneThen) {
    return asked.of(kind) > doneThen.of(kind);
  }

  /** Returns whether a later request may have changed the state that this answer describes. */
  boolean isOutdated(Told what) {
    for (Kind kind : Kind.values()) {
      if (kind.changes() && isNewer(kind, what.done())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the name of an event that is still to be raised; null when all events have been raised.
   */
  @Nullable String nextToRaise() {
    for (Map.Entry<String, Integer> entry : toRaise.entrySet()) {
      if (raised.getOrDefault(entry.getKey(), 0) < entry.getValue()) {
        return entry.getKey();
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return id;
  }
}
