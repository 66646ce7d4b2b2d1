package dev.holdfast.engine;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Describes in words what an instance waits for. */
final class Whys {
  private static final int LISTED_MAX = 5;

  /** These words describe an event whose name the worker has not reported. */
  static final String SOME_EVENT = "an external event";

  private static final String NOTHING = "nothing that is still to come";

  private final Why.Obstacles obstacles;

  Whys(Why.Obstacles obstacles) {
    this.obstacles = obstacles;
  }

  Why explain(Explanation explanation, long now) {
    OrchestrationState state = explanation.state();
    List<Why.Waiting> waiting = new ArrayList<>();
    if (!Statuses.isEnded(state.getOrchestrationStatus())) {
      collect(explanation, waiting);
    }
    return new Why(
        state.getInstanceId(),
        state.getName(),
        state.getOrchestrationStatus(),
        summary(explanation, waiting, now),
        waiting,
        explanation.lastError(),
        state.hasCustomStatus() ? state.getCustomStatus().getValue() : null,
        notices(explanation));
  }

  private static List<String> notices(Explanation explanation) {
    if (Statuses.isEnded(explanation.state().getOrchestrationStatus())) {
      return List.of();
    }
    List<String> notices = new ArrayList<>(explanation.told().unfit());
    String stuck = explanation.told().stuck();
    if (stuck != null && !explanation.awaited().isEmpty()) {
      notices.add("It waits in vain: " + stuck + ".");
    }
    List<String> kept = explanation.told().kept();
    Set<String> awaited = new LinkedHashSet<>();
    for (Explanation.Awaited one : explanation.awaited()) {
      if (one.kind() == Explanation.Kind.EVENT) {
        awaited.add(one.name());
      }
    }
    for (String name : kept) {
      if (!awaited.contains(name)) {
        notices.add(lying(explanation.state().getInstanceId(), name, awaited));
      }
    }
    return notices;
  }

  private static String lying(String id, String name, Set<String> awaited) {
    String meant = null;
    for (String one : awaited) {
      if (Names.areAlike(one, name)) {
        meant = one;
      }
    }
    return meant == null
        ? "An event '%s' lies there, and nobody has asked for it yet.".formatted(name)
        : ("An event '%s' lies there, but '%s' is awaited. If that is what was meant, raise it under"
                + " this name, in the same case, with its data: ./holdfast raise %s %s JSON.")
            .formatted(name, meant, id, meant);
  }

  private void collect(Explanation explanation, List<Why.Waiting> waiting) {
    OrchestrationState state = explanation.state();
    boolean entity = EntityIds.isEntity(state.getInstanceId());
    WorkItem.Kind kind = entity ? WorkItem.Kind.ENTITY : WorkItem.Kind.ORCHESTRATOR;
    String name = entity ? EntityIds.name(state.getInstanceId()) : state.getName();
    Blocked block = Blocked.of(state);
    if (block != null) {
      waiting.add(
          new Why.Waiting(
              "blocked",
              "somebody to try it again, or to terminate it",
              instant(block.since()),
              null,
              "blocked by "
                  + block.kind().words()
                  + ": "
                  + block.wordsAndCure(state.getInstanceId())));
    }
    if (state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED) {
      waiting.add(
          new Why.Waiting(
              "resume",
              "somebody to resume it",
              instant(
                  explanation.told().suspendedSince() != 0
                      ? explanation.told().suspendedSince()
                      : Times.micros(state.getLastUpdatedTimestamp())),
              null,
              suspended(explanation)));
    }
    if (explanation.startAt() != 0) {
      waiting.add(
          new Why.Waiting(
              "start", "its scheduled start", null, instant(explanation.startAt()), null));
    } else if (explanation.turnOpenSince() != 0) {
      waiting.add(
          new Why.Waiting(
              entity ? "batch" : "turn",
              name,
              instant(explanation.turnOpenSince()),
              null,
              obstacles.of(kind, name, version(state), explanation.turnToken())));
    } else if (explanation.unread() > 0
        && block == null
        && state.getOrchestrationStatus() != OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED) {
      String obstacle = obstacles.of(kind, name, version(state), 0);
      waiting.add(
          new Why.Waiting(
              entity ? "batch" : "turn",
              name,
              null,
              null,
              obstacle != null
                  ? obstacle
                  : isLocked(explanation)
                      ? "they wait for the release of its lock"
                      : "other instances come first (activeInstances)"));
    }
    for (Explanation.Awaited awaited : explanation.awaited()) {
      waiting.add(waiting(awaited, state));
    }
    if (waiting.isEmpty()) {
      waiting.add(entity ? operation() : unnamed(explanation));
    }
  }

  private static Why.Waiting operation() {
    return new Why.Waiting("operation", "an operation", null, null, null);
  }

  /** Describes the wait of an instance that has no open tasks and awaits no known event. */
  private static Why.Waiting unnamed(Explanation explanation) {
    Instant since = instant(Times.micros(explanation.state().getLastUpdatedTimestamp()));
    String stuck = explanation.told().stuck();
    return stuck != null
        ? new Why.Waiting("nothing", NOTHING, since, null, stuck)
        : new Why.Waiting(
            "event",
            SOME_EVENT,
            since,
            null,
            "no activity, timer or sub-orchestration is open, and its worker does not tell which"
                + " event it awaits");
  }

  private static String suspended(Explanation explanation) {
    String because = explanation.told().suspendedBecause();
    String kept = explanation.unread() + " messages are kept for it";
    return because == null || because.isEmpty() ? kept : "reason: " + because + "; " + kept;
  }

  private static boolean isLocked(Explanation explanation) {
    return explanation.awaited().stream().anyMatch(Whys::isHolder);
  }

  /**
   * Returns whether an entity waits for the holder of its lock; an orchestration, in contrast,
   * waits for the lock.
   */
  private static boolean isHolder(Explanation.Awaited awaited) {
    return awaited.kind() == Explanation.Kind.LOCK && awaited.taskId() < 0;
  }

  private Why.Waiting waiting(Explanation.Awaited awaited, OrchestrationState state) {
    return switch (awaited.kind()) {
      case ACTIVITY ->
          new Why.Waiting(
              "activity",
              awaited.name(),
              instant(awaited.since()),
              null,
              attempt(
                  awaited.attempt(),
                  obstacles.of(
                      WorkItem.Kind.ACTIVITY, awaited.name(), version(state), awaited.token())));
      case EVENT -> new Why.Waiting("event", awaited.name(), instant(awaited.since()), null, null);
      case TIMER ->
          new Why.Waiting(
              "timer", "a timer", instant(awaited.since()), instant(awaited.until()), null);
      case CHILD ->
          new Why.Waiting(
              "sub-orchestration", awaited.name(), instant(awaited.since()), null, null);
      case ENTITY ->
          new Why.Waiting(
              "entity",
              awaited.name(),
              instant(awaited.since()),
              null,
              obstacles.of(WorkItem.Kind.ENTITY, EntityIds.name(awaited.name()), null, 0));
      case LOCK ->
          new Why.Waiting(
              isHolder(awaited) ? "holder" : "lock",
              awaited.name(),
              instant(awaited.since()),
              null,
              null);
    };
  }

  private static @Nullable String attempt(int attempt, @Nullable String obstacle) {
    if (attempt <= 1) {
      return obstacle;
    }
    return "attempt " + attempt + (obstacle == null ? "" : "; " + obstacle);
  }

  /**
   * Returns the version of the orchestration, which its activities share unless they have another
   * one.
   */
  private static @Nullable String version(OrchestrationState state) {
    return state.hasVersion() ? state.getVersion().getValue() : null;
  }

  private static String summary(Explanation explanation, List<Why.Waiting> waiting, long now) {
    OrchestrationState state = explanation.state();
    if (Statuses.isEnded(state.getOrchestrationStatus())) {
      return ended(explanation);
    }
    List<String> parts = new ArrayList<>();
    for (Why.Waiting one : waiting.subList(0, Math.min(waiting.size(), LISTED_MAX))) {
      parts.add(words(one, now));
    }
    if (waiting.size() > LISTED_MAX) {
      parts.add("and %d more".formatted(waiting.size() - LISTED_MAX));
    }
    return "It waits for " + String.join("; ", parts) + ".";
  }

  private static String ended(Explanation explanation) {
    OrchestrationState state = explanation.state();
    String how = Statuses.name(state.getOrchestrationStatus()).toLowerCase(Locale.ROOT);
    String words =
        "It waits for nothing: it ended as "
            + how
            + " at "
            + instant(Times.micros(state.getCompletedTimestamp()))
            + ".";
    if (state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED) {
      String reason = state.getOutput().getValue();
      return reason.isEmpty() ? words : words + " The reason that was given: " + reason;
    }
    boolean failed =
        state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
    return failed && explanation.lastError() != null
        ? words + " It failed by " + explanation.lastError()
        : words;
  }

  private static String words(Why.Waiting one, long now) {
    StringBuilder words = new StringBuilder();
    switch (one.kind()) {
      case "activity" -> words.append("activity '").append(one.what()).append("'");
      case "event" ->
          words.append(one.what().equals(SOME_EVENT) ? SOME_EVENT : "event '" + one.what() + "'");
      case "sub-orchestration" ->
          words.append("sub-orchestration '").append(one.what()).append("'");
      case "turn" -> words.append("a turn of orchestrator '").append(one.what()).append("'");
      case "batch" -> words.append("operations of entity '").append(one.what()).append("'");
      case "entity" -> words.append("the answer of entity '").append(one.what()).append("'");
      case "lock" -> words.append("the lock of '").append(one.what()).append("'");
      case "holder" -> words.append("'").append(one.what()).append("' to release its lock");
      default -> words.append(one.what());
    }
    if (one.since() != null) {
      words.append(", for ").append(since(one.since(), now));
    }
    if (one.until() != null) {
      words.append(", until ").append(one.until());
    }
    if (one.detail() != null) {
      words.append(" (").append(one.detail()).append(")");
    }
    return words.toString();
  }

  private static String since(Instant since, long now) {
    Duration age = Duration.between(since, Instant.ofEpochMilli(now / 1_000));
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + " min";
    }
    if (seconds < 172_800) {
      return seconds / 3_600 + " h";
    }
    return seconds / 86_400 + " days";
  }

  private static @Nullable Instant instant(long micros) {
    return micros == 0
        ? null
        : Instant.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
  }
}
