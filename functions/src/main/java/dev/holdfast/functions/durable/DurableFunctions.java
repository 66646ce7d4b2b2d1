package dev.holdfast.functions.durable;

import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.BindingDefinition;
import dev.holdfast.functions.invoking.FunctionPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrators and activities of an app by the names that workflows call them.
 *
 * <p>The case of a name does not count, but the spelling that was declared is found fastest.
 */
final class DurableFunctions {

  private final Map<String, FunctionPlan> orchestrators = new HashMap<>();
  private final Map<String, FunctionPlan> activities = new HashMap<>();
  private final Map<String, FunctionPlan> orchestratorsAnyCase =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, FunctionPlan> activitiesAnyCase =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  DurableFunctions(Collection<FunctionPlan> plans) {
    for (FunctionPlan plan : plans) {
      BindingDefinition trigger = plan.definition().trigger();
      if (trigger.is("orchestrationTrigger")) {
        String name = name(plan, trigger.text("orchestration"));
        orchestrators.put(name, plan);
        orchestratorsAnyCase.put(name, plan);
      } else if (trigger.is("activityTrigger")) {
        String name = name(plan, trigger.text("activity"));
        activities.put(name, plan);
        activitiesAnyCase.put(name, plan);
      }
    }
  }

  // The trigger may give a function another name than its own.
  private static String name(FunctionPlan plan, @Nullable String own) {
    return own == null ? plan.definition().name() : own;
  }

  @Nullable FunctionPlan find(WorkItem.Kind kind, String name) {
    if (kind == WorkItem.Kind.ENTITY) {
      return null;
    }
    boolean activity = kind == WorkItem.Kind.ACTIVITY;
    FunctionPlan exact = (activity ? activities : orchestrators).get(name);
    return exact != null ? exact : (activity ? activitiesAnyCase : orchestratorsAnyCase).get(name);
  }

  /** Names in alphabetical order, for people. */
  List<String> names(WorkItem.Kind kind) {
    return new ArrayList<>(
        (kind == WorkItem.Kind.ACTIVITY ? activitiesAnyCase : orchestratorsAnyCase).keySet());
  }
}
