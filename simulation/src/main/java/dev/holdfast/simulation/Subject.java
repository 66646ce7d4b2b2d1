package dev.holdfast.simulation;

import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds an instance id as clients see it: what they want of the instance, what they requested, what
 * they were told.
 */
final class Subject {
  final String id;
  final Program program;

  /** Says whether clients may do more than start the instance and raise its events. */
  final boolean controlled;

  /** Names another instance that must exist before this one is started. */
  final @Nullable Subject first;

  final Counts asked = new Counts();
  final Counts done = new Counts();
  Told told = Told.absent(done.copy());

  /** Says whether a start has been acknowledged. */
  boolean startAcknowledged;

  /**
   * Holds the inputs that the instance may have: that of the last acknowledged start, and those of
   * later attempts.
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

  /** Holds the number of the last acknowledged event, by name. */
  final Map<String, Integer> raised = new LinkedHashMap<>();

  /** These fields count starts and events under way; there may be one of each at a time. */
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

  /** Returns whether a request of this kind was made, or came to its end, after these counts. */
  boolean isNewer(Kind kind, Counts doneThen) {
    return asked.of(kind) > doneThen.of(kind);
  }

  /** Returns whether a request was made that may have changed what was told. */
  boolean isOutdated(Told what) {
    for (Kind kind : Kind.values()) {
      if (kind.changes() && isNewer(kind, what.done())) {
        return true;
      }
    }
    return false;
  }

  /** Returns the name of an event that is still to be raised; null when all have been. */
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
