package dev.holdfast.functions.durable;

import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.invoking.FunctionPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the orchestrators, activities and entities of an app by the names under which workflows
 * call them.
 *
 * <p>Names are compared without regard to case, but the declared spelling is found fastest.
 * Entities are found fastest in lower case, which is the only spelling that the engine uses.
 */
final class DurableFunctions {

  private final Map<WorkItem.Kind, Map<String, FunctionPlan>> exact =
      new EnumMap<>(WorkItem.Kind.class);
  private final Map<WorkItem.Kind, Map<String, FunctionPlan>> anyCase =
      new EnumMap<>(WorkItem.Kind.class);

  DurableFunctions(Collection<FunctionPlan> plans) {
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      exact.put(kind, new HashMap<>());
      anyCase.put(kind, new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
    }
    for (FunctionPlan plan : plans) {
      String name = plan.definition().start().name();
      switch (plan.definition().start().by()) {
        case ORCHESTRATOR -> add(WorkItem.Kind.ORCHESTRATOR, name, name, plan);
        case ACTIVITY -> add(WorkItem.Kind.ACTIVITY, name, name, plan);
        case ENTITY -> add(WorkItem.Kind.ENTITY, name.toLowerCase(Locale.ROOT), name, plan);
        case HTTP, TRIGGER -> {} // The engine does not run functions with other triggers.
      }
    }
  }

  private void add(WorkItem.Kind kind, String asked, String declared, FunctionPlan plan) {
    of(exact, kind).put(asked, plan);
    of(anyCase, kind).put(declared, plan);
  }

  @Nullable FunctionPlan find(WorkItem.Kind kind, String name) {
    FunctionPlan plan = of(exact, kind).get(name);
    return plan != null ? plan : of(anyCase, kind).get(name);
  }

  /** Returns the declared names in alphabetical order, to show them to people. */
  List<String> names(WorkItem.Kind kind) {
    return new ArrayList<>(of(anyCase, kind).keySet());
  }

  private static Map<String, FunctionPlan> of(
      Map<WorkItem.Kind, Map<String, FunctionPlan>> all, WorkItem.Kind kind) {
    return all.getOrDefault(kind, Map.of());
  }
}
