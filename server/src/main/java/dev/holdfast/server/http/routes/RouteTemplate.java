package dev.holdfast.server.http.routes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Represents a route template of ASP.NET: its literals match without regard to case, and its
 * parameters may have constraints.
 */
final class RouteTemplate {

  /** Represents one part of a segment. */
  sealed interface Part {}

  record Literal(String text) implements Part {}

  /**
   * Represents a parameter in a segment.
   *
   * @param otherwise the value when the URL ends before the parameter; null when there is no
   *     default
   */
  record Parameter(
      String name,
      boolean catchAll,
      boolean optional,
      @Nullable String otherwise,
      List<Predicate<String>> constraints)
      implements Part {

    boolean accepts(String value) {
      for (Predicate<String> constraint : constraints) {
        if (!constraint.test(value)) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<List<Part>> segments;
  private final List<@Nullable Pattern> patterns;

  private RouteTemplate(List<List<Part>> segments) {
    this.segments = segments;
    this.patterns = new ArrayList<>();
    for (List<Part> parts : segments) {
      patterns.add(parts.size() > 1 ? pattern(parts) : null);
    }
  }

  static RouteTemplate of(String template) throws InvalidTemplateException {
    return new RouteTemplate(TemplateParser.parse(template));
  }

  /** Returns the values of the parameters; null when the path does not match. */
  @Nullable Map<String, String> match(List<String> path) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      List<Part> parts = segments.get(i);
      if (parts.get(0) instanceof Parameter all && all.catchAll()) {
        return rest(all, path.subList(Math.min(i, path.size()), path.size()), values);
      }
      if (i >= path.size()) {
        if (!ended(parts, values)) {
          return null;
        }
      } else if (!segment(i, path.get(i), values)) {
        return null;
      }
    }
    return path.size() > segments.size() ? null : values;
  }

  private static @Nullable Map<String, String> rest(
      Parameter all, List<String> path, Map<String, String> values) {
    String value = path.isEmpty() ? all.otherwise() : String.join("/", path);
    if (value == null) {
      return values;
    }
    values.put(all.name(), value);
    return all.accepts(value) ? values : null;
  }

  /** Returns whether a segment may be left out, because the URL ends before it. */
  private static boolean ended(List<Part> parts, Map<String, String> values) {
    if (parts.size() > 1 || !(parts.get(0) instanceof Parameter parameter)) {
      return false;
    }
    String otherwise = parameter.otherwise();
    if (otherwise == null) {
      return parameter.optional();
    }
    values.put(parameter.name(), otherwise);
    return parameter.accepts(otherwise);
  }

  private boolean segment(int i, String text, Map<String, String> values) {
    Pattern pattern = patterns.get(i);
    if (pattern != null) {
      return several(pattern, segments.get(i), text, values);
    }
    Part part = segments.get(i).get(0);
    if (part instanceof Literal literal) {
      return literal.text().equalsIgnoreCase(text);
    }
    Parameter parameter = (Parameter) part;
    values.put(parameter.name(), text);
    return !text.isEmpty() && parameter.accepts(text);
  }

  private static boolean several(
      Pattern pattern, List<Part> parts, String text, Map<String, String> values) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    int group = 0;
    for (Part part : parts) {
      if (part instanceof Parameter parameter) {
        String value = matcher.group(++group);
        if (value != null) {
          values.put(parameter.name(), value);
          if (!parameter.accepts(value)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /**
   * Makes the pattern of a segment with several parts. A part takes as much text as it can, the
   * leftmost first. An optional parameter at the end can be left out together with the dot before
   * it, as in {@code {name}.{ext?}}.
   */
  private static Pattern pattern(List<Part> parts) {
    boolean optional = parts.get(parts.size() - 1) instanceof Parameter last && last.optional();
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      if (!(parts.get(i) instanceof Literal literal)) {
        regex.append(optional ? "(.+?)" : "(.+)");
      } else if (optional && i == parts.size() - 2) {
        String text = literal.text();
        regex.append(Pattern.quote(text.substring(0, text.length() - 1))).append("(?:\\.([^.]+))?");
        break;
      } else {
        regex.append(Pattern.quote(literal.text()));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /**
   * Returns a text by which special templates are sorted before more general ones. The text has a
   * digit for each segment: 1 for a literal, 2 for a constrained parameter, 3 for a plain one, 4
   * and 5 for catch-alls.
   */
  String precedence() {
    StringBuilder digits = new StringBuilder();
    for (List<Part> parts : segments) {
      digits.append(digit(parts));
    }
    return digits.toString();
  }

  private static char digit(List<Part> parts) {
    if (parts.size() > 1) {
      return '2';
    }
    if (parts.get(0) instanceof Parameter parameter) {
      boolean constrained = !parameter.constraints().isEmpty();
      if (parameter.catchAll()) {
        return constrained ? '4' : '5';
      }
      return constrained ? '2' : '3';
    }
    return '1';
  }

  /**
   * Returns a text that is equal for templates that match the same URLs and differ only in the
   * names of their parameters.
   */
  static String shape(String template) {
    return template.toLowerCase(Locale.ROOT).replaceAll("\\{(\\**)[^:=?}*]*", "{$1");
  }
}
