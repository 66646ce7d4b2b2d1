package dev.holdfast.functions.kinds;

import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.Start;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds all types of triggers and bindings, which an app may declare by annotations or in
 * function.json. A registry never changes, so many threads may use it.
 */
public final class BindingKinds {

  private final Map<String, BindingKind> byType = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, BindingKind> byAnnotation = new LinkedHashMap<>();

  private BindingKinds(Collection<? extends BindingKind> kinds) {
    kinds.forEach(kind -> byType.put(kind.type(), kind));
    byType.values().forEach(kind -> kind.annotations().forEach(it -> byAnnotation.put(it, kind)));
  }

  /** Returns a registry of the types that this package defines. */
  public static BindingKinds builtIn() {
    return new BindingKinds(Unserved.kinds())
        .with(
            new HttpTrigger(),
            new HttpOutput(),
            DurableTrigger.ORCHESTRATION,
            DurableTrigger.ACTIVITY,
            DurableTrigger.ENTITY);
  }

  /** Returns a registry that also has these types; they replace types of the same name. */
  public BindingKinds with(BindingKind... kinds) {
    List<BindingKind> all = new ArrayList<>(byType.values());
    all.addAll(List.of(kinds));
    return new BindingKinds(all);
  }

  /** Returns the kind of this type; null when the host does not know the type. */
  public @Nullable BindingKind of(String type) {
    return byType.get(type);
  }

  /**
   * Returns the kind that an annotation of the Azure Functions Java library declares; null when the
   * annotation is not a binding annotation of that library.
   *
   * @param simpleName the annotation's name without its package
   */
  public @Nullable BindingKind ofAnnotation(String simpleName) {
    return byAnnotation.get(simpleName);
  }

  /**
   * Returns the kind of a trigger; for an unknown type, the result is a kind for which the host
   * does nothing.
   */
  public TriggerKind trigger(BindingDefinition trigger) {
    return of(trigger.type()) instanceof TriggerKind kind ? kind : new Unknown(trigger.type());
  }

  /** Says what makes a function with this trigger run. */
  public Start start(String functionName, BindingDefinition trigger) {
    return trigger(trigger).start(functionName, trigger);
  }

  private record Unknown(String type) implements TriggerKind {
    @Override
    public boolean isServed() {
      return false;
    }
  }
}
