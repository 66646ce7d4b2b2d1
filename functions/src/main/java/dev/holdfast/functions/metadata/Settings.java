package dev.holdfast.functions.metadata;

import dev.holdfast.functions.model.BindingDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves app settings in texts: {@code %NAME%} is replaced by the setting's value. */
final class Settings {

  private static final Pattern REFERENCE = Pattern.compile("%([^%]+)%");

  private final Map<String, String> values;

  Settings(Map<String, String> values) {
    this.values = values;
  }

  /** Returns true for {@code true} and {@code 1}, as the Functions host reads switches. */
  boolean isOn(String name) {
    String value = values.get(name);
    return value != null && isOnText(value);
  }

  static boolean isOnText(String value) {
    return value.trim().equalsIgnoreCase("true") || value.trim().equals("1");
  }

  /**
   * Returns the binding with every reference replaced.
   *
   * @throws UnresolvedSettingException a setting is not defined
   */
  BindingDefinition resolve(BindingDefinition binding) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    binding.attributes().forEach((key, value) -> attributes.put(key, resolveValue(value)));
    return new BindingDefinition(
        binding.type(), binding.direction(), resolveText(binding.name()), attributes);
  }

  private Object resolveValue(Object value) {
    if (value instanceof String text) {
      return resolveText(text);
    }
    if (value instanceof List<?> items) {
      return items.stream().map(this::resolveValue).toList();
    }
    return value;
  }

  private String resolveText(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder resolved = new StringBuilder();
    while (matcher.find()) {
      String value = values.get(matcher.group(1));
      if (value == null) {
        throw new UnresolvedSettingException(matcher.group(1));
      }
      matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(resolved).toString();
  }

  /** Says that a text refers to an app setting that does not exist. */
  static final class UnresolvedSettingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String name;

    UnresolvedSettingException(String name) {
      super("no setting " + name);
      this.name = name;
    }

    String problem() {
      return "'%"
          + name
          + "%' does not resolve to a value. Define the app setting '"
          + name
          + "' in local.settings.json (Values) or in the environment.";
    }
  }
}
