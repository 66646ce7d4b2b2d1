package dev.holdfast.functions.model;

import static java.util.Collections.unmodifiableMap;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes one binding of a function, as function.json describes it.
 *
 * @param type the binding's type, such as {@code httpTrigger}; its case is kept, so comparisons
 *     must use {@link #is}
 * @param direction {@code in} or {@code out}
 * @param name the parameter's binding name, or {@code $return}; empty where the annotation has none
 * @param attributes all other attributes in declared order: texts, numbers, booleans, lists, maps;
 *     settings between percent signs are already resolved
 */
public record BindingDefinition(
    String type, String direction, String name, Map<String, Object> attributes) {

  public BindingDefinition {
    attributes = unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  public boolean isTrigger() {
    return type.toLowerCase(Locale.ROOT).endsWith("trigger");
  }

  public boolean is(String wantedType) {
    return type.equalsIgnoreCase(wantedType);
  }

  public boolean isOutput() {
    return direction.equalsIgnoreCase("out");
  }

  /** Returns the attribute as text, or null when it is absent or blank. */
  public @Nullable String text(String attribute) {
    Object value = attributes.get(attribute);
    return value == null || value.toString().isBlank() ? null : value.toString();
  }
}
