package dev.holdfast.testkit.simulation;

import dev.holdfast.testkit.program.Program;
import dev.holdfast.testkit.program.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instance id as clients see it: what they want of it, what they asked, what they were told. */
final class Subject {
  final String id;
  final Program program;

  /** What clients may do besides starting it and raising its events. */
  final boolean controlled;

  /** Another instance that must be there before this one is started. */
  final @Nullable Subject first;

  final Counts asked = new Counts();
  final Counts done = new Counts();
  Told told = Told.absent(done.copy());

  /** A start has been acknowledged. */
  boolean startAcknowledged;

  /**
   * The inputs that the instance may have: that of the last acknowledged start, and later tries.
   */
  final List<String> inputs = new ArrayList<>();

  /** A terminate was accepted after the last start. */
  boolean terminated;

  /** A terminate may have been accepted. */
  boolean maybeTerminated;

  /** A purge was made since the last acknowledged start. */
  boolean maybePurged;

  /** Numbered events that the program reads and that have not been acknowledged, by name. */
  final Map<String, Integer> toRaise = new LinkedHashMap<>();

  /** The number of the last acknowledged event, by name. */
  final Map<String, Integer> raised = new LinkedHashMap<>();

  /** Requests under way of which there may be one at a time: starts and events. */
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

  /** Whether such a request was made, or came to its end, after so many had. */
  boolean isNewer(Kind kind, Counts doneThen) {
    return asked.of(kind) > doneThen.of(kind);
  }

  /** Whether something was asked that may have changed what was told. */
  boolean isOutdated(Told what) {
    for (Kind kind : Kind.values()) {
      if (kind.changes() && isNewer(kind, what.done())) {
        return true;
      }
    }
    return false;
  }

  /** The name of an event that is still to be raised; null when all are. */
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
