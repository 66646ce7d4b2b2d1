package dev.holdfast.server.http.routes;

import dev.holdfast.server.http.routes.RouteTemplate.Literal;
import dev.holdfast.server.http.routes.RouteTemplate.Parameter;
import dev.holdfast.server.http.routes.RouteTemplate.Part;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Parses ASP.NET route templates. */
final class TemplateParser {
  private final String text;
  private final Set<String> names = new HashSet<>();

  private TemplateParser(String text) {
    this.text = text;
  }

  static List<List<Part>> parse(String template) throws InvalidTemplateException {
    return new TemplateParser(template).segments();
  }

  private List<List<Part>> segments() throws InvalidTemplateException {
    List<List<Part>> segments = new ArrayList<>();
    for (String segment : split()) {
      segments.add(segment(segment));
    }
    for (int i = 0; i < segments.size(); i++) {
      check(segments.get(i), i == segments.size() - 1);
    }
    return segments;
  }

  /**
   * Splits the template at slashes outside of braces, because a regular expression may contain
   * slashes.
   */
  private List<String> split() throws InvalidTemplateException {
    List<String> segments = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      } else if (c == '/' && depth == 0) {
        segments.add(text.substring(from, i));
        from = i + 1;
      }
    }
    if (from < text.length()) {
      segments.add(text.substring(from));
    }
    if (segments.contains("")) {
      throw new InvalidTemplateException("it has an empty segment");
    }
    return segments;
  }

  private List<Part> segment(String segment) throws InvalidTemplateException {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int i = 0;
    while (i < segment.length()) {
      char c = segment.charAt(i);
      boolean doubled = i + 1 < segment.length() && segment.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        literal.append(c);
        i += 2;
      } else if (c == '{') {
        if (literal.length() > 0) {
          parts.add(new Literal(literal.toString()));
          literal.setLength(0);
        }
        int close = closing(segment, i);
        parts.add(parameter(segment.substring(i + 1, close)));
        i = close + 1;
      } else if (c == '}') {
        throw new InvalidTemplateException("it has a '}' without a '{'");
      } else {
        literal.append(c);
        i++;
      }
    }
    if (literal.length() > 0) {
      parts.add(new Literal(literal.toString()));
    }
    return parts;
  }

  /** Returns the index of the closing brace; braces inside a parameter are doubled. */
  private static int closing(String segment, int open) throws InvalidTemplateException {
    for (int i = open + 1; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c != '{' && c != '}') {
        continue;
      }
      if (i + 1 < segment.length() && segment.charAt(i + 1) == c) {
        i++;
      } else if (c == '}') {
        return i;
      } else {
        break;
      }
    }
    throw new InvalidTemplateException("it has a '{' without its '}'");
  }

  private Parameter parameter(String inside) throws InvalidTemplateException {
    String rest = inside.replace("{{", "{").replace("}}", "}");
    boolean catchAll = rest.startsWith("*");
    while (rest.startsWith("*")) {
      rest = rest.substring(1);
    }
    int nameEnd = 0;
    while (nameEnd < rest.length() && ":=?".indexOf(rest.charAt(nameEnd)) < 0) {
      nameEnd++;
    }
    String name = rest.substring(0, nameEnd).trim();
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('*') >= 0) {
      throw new InvalidTemplateException("'{" + inside + "}' has no proper name");
    }
    if (!names.add(name.toLowerCase(Locale.ROOT))) {
      throw new InvalidTemplateException("the parameter '" + name + "' occurs twice");
    }
    rest = rest.substring(nameEnd);
    boolean optional = rest.endsWith("?");
    if (optional) {
      rest = rest.substring(0, rest.length() - 1);
    }
    int equals = outsideParentheses(rest, '=');
    String otherwise = equals < 0 ? null : rest.substring(equals + 1);
    if (optional && otherwise != null) {
      throw new InvalidTemplateException("'" + name + "' is optional and has a default");
    }
    if (optional && catchAll) {
      throw new InvalidTemplateException("the catch-all '" + name + "' is optional by nature");
    }
    return new Parameter(
        name,
        catchAll,
        optional,
        otherwise,
        constraints(equals < 0 ? rest : rest.substring(0, equals)));
  }

  private static List<Predicate<String>> constraints(String text) throws InvalidTemplateException {
    List<Predicate<String>> constraints = new ArrayList<>();
    String rest = text;
    while (!rest.isEmpty()) {
      rest = rest.substring(1);
      int end = outsideParentheses(rest, ':');
      constraints.add(Constraint.of(end < 0 ? rest : rest.substring(0, end)));
      rest = end < 0 ? "" : rest.substring(end);
    }
    return constraints;
  }

  private static int outsideParentheses(String text, char wanted) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == wanted && depth == 0) {
        return i;
      }
    }
    return -1;
  }

  private static void check(List<Part> parts, boolean last) throws InvalidTemplateException {
    @Nullable Part before = null;
    for (Part part : parts) {
      if (part instanceof Parameter parameter) {
        if (before instanceof Parameter) {
          throw new InvalidTemplateException("two parameters touch; put text between them");
        }
        if (parameter.catchAll() && (!last || parts.size() > 1)) {
          throw new InvalidTemplateException(
              "the catch-all '"
                  + parameter.name()
                  + "' must be a segment of its own, the last one");
        }
        if (parameter.optional() && !last) {
          throw new InvalidTemplateException(
              "the optional '" + parameter.name() + "' must be in the last segment");
        }
        boolean dotted = before instanceof Literal literal && literal.text().endsWith(".");
        if (parameter.optional() && before != null && !dotted) {
          throw new InvalidTemplateException(
              "the optional '" + parameter.name() + "' must follow a dot");
        }
      } else if (before instanceof Parameter parameter && parameter.optional()) {
        throw new InvalidTemplateException(
            "the optional '" + parameter.name() + "' must be at the end");
      }
      before = part;
    }
  }
}
