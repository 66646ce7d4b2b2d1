package dev.holdfast.server.http.areas;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds the decoded values of the parameters in the path of a request. */
public final class PathValues {
  static final PathValues NONE = new PathValues(List.of(), List.of());

  private final List<String> pattern;
  private final List<String> segments;

  PathValues(List<String> pattern, List<String> segments) {
    this.pattern = pattern;
    this.segments = segments;
  }

  /**
   * Returns the value of a parameter of the route; it is never empty.
   *
   * @param name the name as in the pattern, without braces
   * @throws IllegalArgumentException the route has no such parameter
   */
  public String get(String name) {
    String value = find(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "expected a path with {" + name + "}, but it is " + String.join("/", pattern));
    }
    return value;
  }

  /** Returns the value of a parameter; null when the route has no such parameter. */
  public @Nullable String find(String name) {
    for (int i = 0; i < pattern.size(); i++) {
      String part = pattern.get(i);
      if (Route.isParameter(part)
          && part.regionMatches(1, name, 0, part.length() - 2)
          && name.length() == part.length() - 2) {
        return segments.get(i);
      }
    }
    return null;
  }
}
