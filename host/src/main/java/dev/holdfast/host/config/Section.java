package dev.holdfast.host.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one object of a configuration by the names of its members.
 *
 * <p>Names are compared without regard to case. A section remembers which names were read, so that
 * {@link #unknown} can return the others: a key that is never read is most often a typing error.
 */
final class Section {
  private final String path;
  private final Map<String, @Nullable Object> values;
  private final Function<String, String> origin;
  private final Set<String> asked = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private final Set<String> used = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, Section> children = new LinkedHashMap<>();

  /**
   * Creates a section from the values of an object.
   *
   * @param origin returns where the value at a path was set: the file or an environment variable
   */
  Section(String path, Map<String, @Nullable Object> values, Function<String, String> origin) {
    this.path = path;
    this.values = values;
    this.origin = origin;
  }

  /**
   * Returns the section with this name inside this section; an absent section is returned as an
   * empty one.
   */
  Section section(String name) {
    Section known = children.get(name.toLowerCase(Locale.ROOT));
    if (known != null) {
      return known;
    }
    Object value = raw(name);
    if (value != null && !(value instanceof Map<?, ?>)) {
      throw wrong(name, value, "an object");
    }
    Section child =
        new Section(
            pathOf(name), value instanceof Map<?, ?> map ? PlainJson.names(map) : Map.of(), origin);
    children.put(name.toLowerCase(Locale.ROOT), child);
    return child;
  }

  /** Declares that these keys, with all keys inside them, are known but have no effect. */
  Section ignore(String... names) {
    asked.addAll(List.of(names));
    return this;
  }

  /** Declares that every key of this section is known. */
  Section ignoreRest() {
    return ignore(names().toArray(String[]::new));
  }

  boolean has(String name) {
    return raw(name) != null;
  }

  boolean isObject(String name) {
    return raw(name) instanceof Map;
  }

  List<String> names() {
    return List.copyOf(values.keySet());
  }

  String text(String name, String fallback) {
    String text = text(name);
    return text == null ? fallback : text;
  }

  @Nullable String text(String name) {
    Object value = raw(name);
    if (value instanceof Map || value instanceof List) {
      throw wrong(name, value, "a text");
    }
    return value == null ? null : value.toString();
  }

  /**
   * Reads one of the given words, ignoring case, and returns it in the spelling of {@code words}.
   */
  String word(String name, String fallback, String... words) {
    String text = text(name);
    if (text == null) {
      return fallback;
    }
    for (String word : words) {
      if (word.equalsIgnoreCase(text)) {
        return word;
      }
    }
    throw wrong(name, text, "one of " + String.join(", ", words));
  }

  boolean flag(String name, boolean fallback) {
    Object value = raw(name);
    if (value == null) {
      return fallback;
    }
    return switch (value.toString().trim().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, value, "true or false");
    };
  }

  int whole(String name, int fallback, int min, int max) {
    return (int) whole(name, (long) fallback, min, max);
  }

  long whole(String name, long fallback, long min, long max) {
    Object value = raw(name);
    if (value == null) {
      return fallback;
    }
    try {
      long number = Long.parseLong(value.toString().trim());
      if (min <= number && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The exception below reports this, as it does for numbers out of range.
    }
    throw wrong(name, value, "a whole number from " + min + " to " + max);
  }

  /** Reads a duration; see {@link Amounts#duration}. */
  Duration duration(String name, Duration fallback) {
    Object value = raw(name);
    if (value == null) {
      return fallback;
    }
    Duration duration = Amounts.duration(value.toString());
    if (duration == null) {
      throw wrong(name, value, Amounts.DURATIONS);
    }
    return duration;
  }

  /** Reads a number of bytes; see {@link Amounts#bytes}. */
  long bytes(String name, long fallback, long min, long max) {
    Object value = raw(name);
    if (value == null) {
      return fallback;
    }
    Long bytes = Amounts.bytes(value.toString());
    if (bytes == null || bytes < min || bytes > max) {
      throw wrong(name, value, Amounts.SIZES + " from " + min + " to " + max + " bytes");
    }
    return bytes;
  }

  List<String> texts(String name) {
    Object value = raw(name);
    if (value == null) {
      return List.of();
    }
    // Overrides from the environment name the items of an array by number, such as items__0.
    Iterable<?> items =
        value instanceof List<?> list
            ? list
            : value instanceof Map<?, ?> map ? map.values() : List.of(value);
    List<String> texts = new ArrayList<>();
    for (Object item : items) {
      if (item instanceof Map || item instanceof List || item == null) {
        throw wrong(name, item, "a list of texts");
      }
      texts.add(item.toString());
    }
    return texts;
  }

  /** Returns all scalar entries as texts, in written order. */
  Map<String, String> entries() {
    Map<String, String> entries = new LinkedHashMap<>();
    for (String name : values.keySet()) {
      String text = text(name);
      if (text != null) {
        entries.put(name, text);
      }
    }
    return entries;
  }

  /** Returns the keys that were never read, including those of the objects inside. */
  List<UnknownKey> unknown() {
    List<UnknownKey> unknown = new ArrayList<>();
    for (String name : values.keySet()) {
      Section child = children.get(name.toLowerCase(Locale.ROOT));
      if (child != null) {
        unknown.addAll(child.unknown());
      } else if (!asked.contains(name)) {
        unknown.add(
            new UnknownKey(
                pathOf(name),
                origin.apply(pathOf(name)),
                Nearest.of(name, asked).map(this::pathOf).orElse(null)));
      }
    }
    return unknown;
  }

  /** Returns the paths of all keys that were read; ignored keys are left out. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    for (String name : used) {
      Section child = children.get(name.toLowerCase(Locale.ROOT));
      if (child == null || child.used.isEmpty()) {
        keys.add(pathOf(name));
      } else {
        keys.addAll(child.keys());
      }
    }
    return keys;
  }

  CannotException wrong(String name, @Nullable Object value, String wanted) {
    String where = origin.apply(pathOf(name));
    return new CannotException(
        "Cannot use the setting " + pathOf(name) + " of " + where + ".",
        "It must be " + wanted + ", but is " + PlainJson.write(value) + ".",
        "Correct or remove it and start again.");
  }

  private @Nullable Object raw(String name) {
    asked.add(name);
    used.add(name);
    for (Map.Entry<String, @Nullable Object> entry : values.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return entry.getValue();
      }
    }
    return null;
  }

  private String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
