package dev.holdfast.functions.metadata;

import dev.holdfast.functions.model.BindingDefinition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds a function as its source declares it, before settings are resolved and rules are checked.
 *
 * @param disabled true, "true", or the name of a setting; null when the source has no value
 * @param problem the reason why the declaration could not be read; null when it could be read
 */
public record Candidate(
    String name,
    String entryPoint,
    @Nullable String scriptFile,
    List<BindingDefinition> bindings,
    @Nullable Object disabled,
    Map<String, Object> config,
    @Nullable String problem) {

  static Candidate unreadable(String name, String problem) {
    return new Candidate(name, "", null, List.of(), null, Map.of(), problem);
  }
}
