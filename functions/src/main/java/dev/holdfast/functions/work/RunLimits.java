package dev.holdfast.functions.work;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says how long one run may take, by the kind of function.
 *
 * @param function the limit of an activity, an HTTP function or a batch of an entity; null when
 *     there is no limit
 * @param activities limits of single activities by name, which ignores case
 * @param entities limits of single entities by name, which ignores case
 * @param turn the limit of one turn of an orchestrator; null when there is no limit
 */
public record RunLimits(
    @Nullable Duration function,
    Map<String, Duration> activities,
    Map<String, Duration> entities,
    @Nullable Duration turn) {

  public RunLimits {
    activities = anyCase(activities);
    entities = anyCase(entities);
  }

  private static Map<String, Duration> anyCase(Map<String, Duration> byName) {
    Map<String, Duration> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(byName);
    return anyCase;
  }

  /** Says which kind of function runs, which decides the limit of the run. */
  public enum Kind {
    FUNCTION("function"),
    ACTIVITY("function"),
    ENTITY("entity"),
    /**
     * A turn only computes, so the time in which its thread gets no core does not count in full.
     */
    TURN("orchestrator");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  @Nullable Duration of(Kind kind, String name) {
    return switch (kind) {
      case FUNCTION -> function;
      case ACTIVITY -> activities.isEmpty() ? function : activities.getOrDefault(name, function);
      case ENTITY -> entities.isEmpty() ? function : entities.getOrDefault(name, function);
      case TURN -> turn;
    };
  }

  /** Returns the name of the setting with which an operator changes this limit. */
  String setting(Kind kind, String name) {
    if (kind == Kind.TURN) {
      return "extensions.holdfast.turnTimeout in host.json (\"-1\" for no limit)";
    }
    if (kind == Kind.ACTIVITY && activities.containsKey(name)) {
      return "activityTimeouts." + name + " in host.json";
    }
    if (kind == Kind.ENTITY && entities.containsKey(name)) {
      return "entityTimeouts." + name + " in host.json";
    }
    return "functionTimeout in host.json (\"-1\" for no limit)";
  }

  /** Returns the shortest of all limits; null when there is none. */
  @Nullable Duration shortest() {
    Duration shortest = shorter(function, turn);
    for (Duration one : activities.values()) {
      shortest = shorter(shortest, one);
    }
    for (Duration one : entities.values()) {
      shortest = shorter(shortest, one);
    }
    return shortest;
  }

  private static @Nullable Duration shorter(@Nullable Duration a, @Nullable Duration b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.compareTo(b) <= 0 ? a : b;
  }
}
