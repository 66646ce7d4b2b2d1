package dev.holdfast.server.grpc.worker;

import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityFilter;
import dev.holdfast.protocol.OrchestrationFilter;
import dev.holdfast.protocol.WorkItemFilters;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a worker wants: everything, or the names it lists, each with versions or any version. */
final class Filters {
  /** By kind, the versions wanted of each name; none means any. Null wants everything. */
  private final @Nullable Map<WorkItem.Kind, Map<String, Set<String>>> wanted;

  private Filters(@Nullable Map<WorkItem.Kind, Map<String, Set<String>>> wanted) {
    this.wanted = wanted;
  }

  static Filters everything() {
    return new Filters(null);
  }

  /** A kind without entries is not wanted at all. */
  static Filters of(WorkItemFilters filters) {
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
    return new Filters(wanted);
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
    return wanted == null || versions(kind, name) != null;
  }

  boolean want(WorkItem item) {
    if (wanted == null) {
      return true;
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
      return "everything";
    }
    StringBuilder text = new StringBuilder();
    wanted.forEach(
        (kind, names) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(kind == WorkItem.Kind.ACTIVITY ? "activities " : "orchestrators ")
                .append(names.keySet()));
    return text.toString();
  }
}
