package dev.holdfast.server.http.routes;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Checks the value of a route parameter by the constraints of ASP.NET route templates. */
final class Constraint {
  private static final Pattern GUID =
      Pattern.compile(
          "\\{?\\(?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\\)?}?");
  private static final Pattern ALPHA = Pattern.compile("[A-Za-z]*");
  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.ISO_DATE_TIME,
          DateTimeFormatter.ISO_DATE,
          DateTimeFormatter.ofPattern("M/d/yyyy[ H:mm[:ss]]", Locale.ROOT),
          DateTimeFormatter.ofPattern("yyyy-M-d[ H:mm[:ss]]", Locale.ROOT),
          DateTimeFormatter.RFC_1123_DATE_TIME);

  private Constraint() {}

  /**
   * Returns the test that a constraint describes.
   *
   * @param text the constraint, for example {@code int} or {@code range(1,10)}
   * @throws InvalidTemplateException the constraint is unknown
   */
  static Predicate<String> of(String text) throws InvalidTemplateException {
    int open = text.indexOf('(');
    String name = (open < 0 ? text : text.substring(0, open)).toLowerCase(Locale.ROOT);
    if (open >= 0 && !text.endsWith(")")) {
      throw new InvalidTemplateException("the constraint '" + text + "' lacks its ')'");
    }
    String arguments = open < 0 ? "" : text.substring(open + 1, text.length() - 1);
    try {
      return open < 0 ? plain(name) : withArguments(name, arguments);
    } catch (NumberFormatException e) {
      throw new InvalidTemplateException("the constraint '" + text + "' needs whole numbers");
    } catch (PatternSyntaxException e) {
      throw new InvalidTemplateException(
          "the constraint '" + text + "' is no regular expression: " + e.getDescription());
    }
  }

  private static Predicate<String> plain(String name) throws InvalidTemplateException {
    return switch (name) {
      case "int" -> parses(Integer::parseInt);
      case "long" -> parses(Long::parseLong);
      case "bool" -> value -> value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
      case "decimal" -> parses(BigDecimal::new);
      case "double", "float" -> parses(Constraint::floating);
      case "guid" -> value -> GUID.matcher(value).matches();
      case "datetime" -> Constraint::isDate;
      case "alpha" -> value -> ALPHA.matcher(value).matches();
      case "required" -> value -> !value.isEmpty();
      default -> throw unknown(name);
    };
  }

  private static Predicate<String> withArguments(String name, String arguments)
      throws InvalidTemplateException {
    return switch (name) {
      case "length" -> length(arguments);
      case "minlength" -> {
        int min = Integer.parseInt(arguments.trim());
        yield value -> value.length() >= min;
      }
      case "maxlength" -> {
        int max = Integer.parseInt(arguments.trim());
        yield value -> value.length() <= max;
      }
      case "min" -> between(Long.parseLong(arguments.trim()), Long.MAX_VALUE);
      case "max" -> between(Long.MIN_VALUE, Long.parseLong(arguments.trim()));
      case "range" -> {
        String[] ends = two(name, arguments);
        yield between(Long.parseLong(ends[0].trim()), Long.parseLong(ends[1].trim()));
      }
      case "regex" -> {
        Pattern pattern = Pattern.compile(arguments, Pattern.CASE_INSENSITIVE);
        yield value -> pattern.matcher(value).find();
      }
      default -> throw unknown(name);
    };
  }

  private static Predicate<String> length(String arguments) throws InvalidTemplateException {
    if (arguments.indexOf(',') < 0) {
      int length = Integer.parseInt(arguments.trim());
      return value -> value.length() == length;
    }
    String[] ends = two("length", arguments);
    int min = Integer.parseInt(ends[0].trim());
    int max = Integer.parseInt(ends[1].trim());
    return value -> value.length() >= min && value.length() <= max;
  }

  private static String[] two(String name, String arguments) throws InvalidTemplateException {
    String[] both = arguments.split(",", -1);
    if (both.length != 2) {
      throw new InvalidTemplateException("the constraint '" + name + "' needs two numbers");
    }
    return both;
  }

  private static Predicate<String> between(long min, long max) {
    return parses(
        value -> {
          long number = Long.parseLong(value);
          if (number < min || number > max) {
            throw new NumberFormatException(value);
          }
          return number;
        });
  }

  private interface Parser {
    Object parse(String text);
  }

  private static Predicate<String> parses(Parser parser) {
    return value -> {
      try {
        parser.parse(value);
        return true;
      } catch (NumberFormatException e) {
        return false;
      }
    };
  }

  /**
   * Parses a number, but refuses the type suffixes and hexadecimal digits that Java accepts and a
   * route does not.
   */
  private static Double floating(String text) {
    char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
    if (!Character.isDigit(last) && last != '.') {
      throw new NumberFormatException(text);
    }
    return Double.valueOf(text);
  }

  private static boolean isDate(String text) {
    for (DateTimeFormatter format : DATES) {
      try {
        format.parse(text);
        return true;
      } catch (DateTimeException e) {
        // The text may have one of the other formats.
      }
    }
    return false;
  }

  private static InvalidTemplateException unknown(String name) {
    return new InvalidTemplateException("there is no constraint '" + name + "'");
  }
}
