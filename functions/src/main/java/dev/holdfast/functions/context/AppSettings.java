package dev.holdfast.functions.context;

import dev.holdfast.functions.model.Versioning;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Holds the settings that the user has made for an app. Names are compared without regard to case.
 *
 * @param values the merged app settings
 * @param functions names of the only functions to load; empty means all
 * @param versioning the rule that decides which orchestration versions this app runs
 */
public record AppSettings(
    Map<String, String> values, Set<String> functions, Versioning versioning) {

  /** An app with these settings loads all its functions and runs every version. */
  public static final AppSettings NONE = new AppSettings(Map.of(), Set.of(), Versioning.NONE);

  public AppSettings {
    Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(values);
    values = Collections.unmodifiableMap(anyCase);
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(functions);
    functions = Collections.unmodifiableSet(names);
  }
}
