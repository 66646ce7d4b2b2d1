package dev.holdfast.server.grpc.worker;

import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityFilter;
import dev.holdfast.protocol.OrchestrationFilter;
import dev.holdfast.protocol.WorkItemFilters;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which work a worker requests: all work, or work of the names that it lists, each in certain
 * versions or in any version.
 */
final class Filters {
  /**
   * Holds the requested versions by kind and name; an empty set means any version. Null means that
   * all work is requested.
   */
  private final @Nullable Map<WorkItem.Kind, Map<String, Set<String>>> wanted;

  /** Says whether entities are requested when no filter names them. */
  private final boolean entities;

  private Filters(@Nullable Map<WorkItem.Kind, Map<String, Set<String>>> wanted, boolean entities) {
    this.wanted = wanted;
    this.entities = entities;
  }

  /** Returns filters that request all work, or all work except entities. */
  static Filters everything(boolean entities) {
    return new Filters(null, entities);
  }

  /**
   * Returns filters that request the listed work. Of a kind without entries no work is requested,
   * except for entities, because the SDK for Java never lists its entities.
   *
   * @param entities whether the worker takes entities when no filter lists any
   */
  static Filters of(WorkItemFilters filters, boolean entities) {
    Map<String, Set<String>> orchestrators = new HashMap<>();
    for (OrchestrationFilter one : filters.getOrchestrationsList()) {
      add(orchestrators, one.getName(), one.getVersionsList());
    }
    Map<String, Set<String>> activities = new HashMap<>();
    for (ActivityFilter one : filters.getActivitiesList()) {
      add(activities, one.getName(), one.getVersionsList());
    }
    Map<WorkItem.Kind, Map<String, Set<String>>> wanted = new EnumMap<>(WorkItem.Kind.class);
    wanted.put(WorkItem.Kind.ORCHESTRATOR, orchestrators);
    wanted.put(WorkItem.Kind.ACTIVITY, activities);
    if (filters.getEntitiesCount() > 0) {
      Map<String, Set<String>> named = new HashMap<>();
      filters
          .getEntitiesList()
          .forEach(one -> named.put(one.getName().toLowerCase(Locale.ROOT), Set.of()));
      wanted.put(WorkItem.Kind.ENTITY, named);
    }
    return new Filters(wanted, entities);
  }

  private static void add(Map<String, Set<String>> all, String name, Collection<String> versions) {
    Set<String> before = all.get(name);
    if (before != null && before.isEmpty()) {
      return;
    }
    Set<String> now = versions.isEmpty() || before == null ? new HashSet<>() : before;
    now.addAll(versions);
    all.put(name, now);
  }

  boolean want(WorkItem.Kind kind, String name) {
    return isUnfiltered(kind) ? wantsUnfiltered(kind) : versions(kind, name) != null;
  }

  private boolean isUnfiltered(WorkItem.Kind kind) {
    return wanted == null || (kind == WorkItem.Kind.ENTITY && !wanted.containsKey(kind));
  }

  private boolean wantsUnfiltered(WorkItem.Kind kind) {
    return kind != WorkItem.Kind.ENTITY || entities;
  }

  /** Returns whether the worker lists the names of this kind that it requests. */
  boolean lists(WorkItem.Kind kind) {
    return !isUnfiltered(kind);
  }

  /** Returns the listed names of this kind. */
  List<String> names(WorkItem.Kind kind) {
    Map<String, Set<String>> names = wanted == null ? null : wanted.get(kind);
    return names == null ? List.of() : List.copyOf(names.keySet());
  }

  boolean want(WorkItem item) {
    if (isUnfiltered(item.kind())) {
      return wantsUnfiltered(item.kind());
    }
    Set<String> versions = versions(item.kind(), item.name());
    String version = item.version();
    return versions != null
        && (versions.isEmpty() || versions.contains(version == null ? "" : version));
  }

  private @Nullable Set<String> versions(WorkItem.Kind kind, String name) {
    Map<String, Set<String>> names = wanted == null ? null : wanted.get(kind);
    return names == null ? null : names.get(name);
  }

  @Override
  public String toString() {
    if (wanted == null) {
      return entities ? "everything" : "everything but entities";
    }
    StringBuilder text = new StringBuilder();
    wanted.forEach(
        (kind, names) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(plural(kind))
                .append(' ')
                .append(names.keySet()));
    if (entities && isUnfiltered(WorkItem.Kind.ENTITY)) {
      text.append(", all entities");
    }
    return text.toString();
  }

  private static String plural(WorkItem.Kind kind) {
    return switch (kind) {
      case ORCHESTRATOR -> "orchestrators";
      case ACTIVITY -> "activities";
      case ENTITY -> "entities";
    };
  }
}
