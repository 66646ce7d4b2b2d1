package dev.holdfast.host.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies environment variables that override host.json, for example {@code
 * AzureFunctionsJobHost__extensions__http__routePrefix}.
 *
 * <p>Two underscores or a colon go one level down; names are compared without regard to case; items
 * of an array are named by their numbers.
 */
final class Overrides {
  private static final String PREFIX = "azurefunctionsjobhost";

  private Overrides() {}

  /**
   * Puts the values of the variables into the tree.
   *
   * @return the names of the variables, by the path in lower case that each variable has set
   */
  static Map<String, String> apply(
      Map<String, @Nullable Object> tree, Map<String, String> environment) {
    Map<String, String> origins = new LinkedHashMap<>();
    // The variables are sorted, so that equal variables always give the same configuration.
    new TreeMap<>(environment)
        .forEach(
            (variable, value) -> {
              String[] path = variable.replace(":", "__").split("__", -1);
              if (path.length > 1 && path[0].toLowerCase(Locale.ROOT).equals(PREFIX)) {
                set(tree, path, 1, value);
                origins.put(pathOf(path), variable);
              }
            });
    return origins;
  }

  private static String pathOf(String[] path) {
    return String.join(".", List.of(path).subList(1, path.length)).toLowerCase(Locale.ROOT);
  }

  private static void set(Map<String, @Nullable Object> tree, String[] path, int at, String value) {
    String name = sameName(tree, path[at]);
    if (at == path.length - 1) {
      tree.put(name, value);
      return;
    }
    Map<String, @Nullable Object> child = asMap(tree.get(name));
    tree.put(name, child);
    set(child, path, at + 1, value);
  }

  private static String sameName(Map<String, @Nullable Object> tree, String wanted) {
    for (String name : tree.keySet()) {
      if (name.equalsIgnoreCase(wanted)) {
        return name;
      }
    }
    return wanted;
  }

  private static Map<String, @Nullable Object> asMap(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return PlainJson.names(map);
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        map.put(Integer.toString(i), list.get(i));
      }
    }
    return map;
  }
}
