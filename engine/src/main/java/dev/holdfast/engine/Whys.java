package dev.holdfast.engine;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Explanation;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts into words what an instance waits for. */
final class Whys {
  private static final int LISTED_MAX = 5;

  private final Dispatcher dispatcher;

  Whys(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  Why explain(Explanation explanation, long now) {
    OrchestrationState state = explanation.state();
    List<Why.Waiting> waiting = new ArrayList<>();
    if (!dev.holdfast.core.Statuses.isEnded(state.getOrchestrationStatus())) {
      collect(explanation, waiting);
    }
    return new Why(
        state.getInstanceId(),
        state.getName(),
        state.getOrchestrationStatus(),
        summary(explanation, waiting, now),
        waiting,
        explanation.lastError());
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
              "blocked by " + block.kind().words() + ": " + block.words()));
    }
    if (state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED) {
      waiting.add(
          new Why.Waiting(
              "resume",
              "somebody to resume it",
              instant(dev.holdfast.core.Times.micros(state.getLastUpdatedTimestamp())),
              null,
              explanation.unread() + " messages are kept for it"));
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
              dispatcher.obstacle(kind, name, version(state))));
    } else if (explanation.unread() > 0
        && block == null
        && state.getOrchestrationStatus() != OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED) {
      String obstacle = dispatcher.obstacle(kind, name, version(state));
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
    if (waiting.isEmpty() && entity) {
      waiting.add(new Why.Waiting("operation", "an operation", null, null, null));
    } else if (waiting.isEmpty()) {
      waiting.add(
          new Why.Waiting(
              "event",
              "an external event",
              instant(dev.holdfast.core.Times.micros(state.getLastUpdatedTimestamp())),
              null,
              "no activity, timer or sub-orchestration is open, so only an event can move it"));
    }
  }

  private static boolean isLocked(Explanation explanation) {
    return explanation.awaited().stream().anyMatch(Whys::isHolder);
  }

  /** An entity waits for who holds its lock; an orchestration, for the lock. */
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
              dispatcher.obstacle(WorkItem.Kind.ACTIVITY, awaited.name(), version(state)));
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
              dispatcher.obstacle(WorkItem.Kind.ENTITY, EntityIds.name(awaited.name()), null));
      case LOCK ->
          new Why.Waiting(
              isHolder(awaited) ? "holder" : "lock",
              awaited.name(),
              instant(awaited.since()),
              null,
              null);
    };
  }

  /** Activities have the version of their orchestration unless they were given another. */
  private static @Nullable String version(OrchestrationState state) {
    return state.hasVersion() ? state.getVersion().getValue() : null;
  }

  private static String summary(Explanation explanation, List<Why.Waiting> waiting, long now) {
    OrchestrationState state = explanation.state();
    if (dev.holdfast.core.Statuses.isEnded(state.getOrchestrationStatus())) {
      String how =
          dev.holdfast.core.Statuses.name(state.getOrchestrationStatus())
              .toLowerCase(java.util.Locale.ROOT);
      String at = instant(dev.holdfast.core.Times.micros(state.getCompletedTimestamp())) + ".";
      return "It waits for nothing: it ended as " + how + " at " + at;
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

  private static String words(Why.Waiting one, long now) {
    StringBuilder words = new StringBuilder();
    switch (one.kind()) {
      case "activity" -> words.append("activity '").append(one.what()).append("'");
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
    Duration age = Duration.between(since, Instant.EPOCH.plusNanos(0).plusMillis(now / 1_000));
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
