package dev.holdfast.functions.model;

import static java.util.Collections.unmodifiableMap;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes one function of an app, whether it was read from a function.json or from annotations.
 *
 * @param name the name, which is unique in the app without regard to case
 * @param entryPoint class and method, joined by a dot
 * @param scriptFile the app's jar as function.json names it; null when annotations were read
 * @param bindings the bindings in the order of the source
 * @param start what makes the function run
 * @param disabled whether the function is listed but never run
 * @param config the whole function.json document, which is generated for annotated functions; it is
 *     for people and tools
 */
public record FunctionDefinition(
    String name,
    String entryPoint,
    @Nullable String scriptFile,
    List<BindingDefinition> bindings,
    Start start,
    boolean disabled,
    Map<String, Object> config) {

  public FunctionDefinition {
    bindings = List.copyOf(bindings);
    config = unmodifiableMap(new LinkedHashMap<>(config));
  }

  /**
   * Returns the binding that starts this function.
   *
   * @throws IllegalStateException the function has no trigger; functions that an app lists always
   *     have one
   */
  public BindingDefinition trigger() {
    for (BindingDefinition binding : bindings) {
      if (binding.isTrigger()) {
        return binding;
      }
    }
    throw new IllegalStateException("function '" + name + "' has no trigger");
  }
}
