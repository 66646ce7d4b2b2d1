package dev.holdfast.dashboard.shown;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Holds the commands that have the same effect as a button, so that users can learn them and use
 * them in scripts.
 *
 * @param curl the command line that uses HTTP
 * @param holdfast the command line of the launcher; "" when the launcher has no such command
 */
public record Equal(String curl, String holdfast) {
  private static final String KEY = " -H 'x-functions-key: KEY'";
  private static final String API = "/runtime/webhooks/durabletask/";

  /**
   * Returns the commands for an operation on an instance.
   *
   * @param origin scheme and authority of this host
   * @param withKey whether callers need a key
   * @param rest the part of the URL after the id
   * @param command the words of the command; the empty text when there is none
   */
  public static Equal of(
      String origin,
      boolean withKey,
      String method,
      String id,
      String rest,
      List<String> more,
      List<String> command) {
    StringBuilder curl = new StringBuilder("curl");
    if (!method.equals("GET")) {
      curl.append(" -X ").append(method);
    }
    if (withKey) {
      curl.append(KEY);
    }
    more.forEach(each -> curl.append(' ').append(each));
    curl.append(' ').append(quoted(origin + API + "instances/" + Links.escaped(id) + rest));
    return new Equal(curl.toString(), line(command));
  }

  /** Returns the command line of the launcher with these words; "" when there are none. */
  public static String line(List<String> words) {
    if (words.isEmpty()) {
      return "";
    }
    StringBuilder line = new StringBuilder("./holdfast");
    words.forEach(each -> line.append(' ').append(quoted(each)));
    return line.toString();
  }

  /** Returns the commands that list the instances that pass a filter, the newest first. */
  public static Equal ofList(
      String origin,
      boolean withKey,
      String status,
      String name,
      String prefix,
      String from,
      String to) {
    boolean blocked = status.equalsIgnoreCase("blocked");
    String query =
        Links.of(
            "instances",
            "newestFirst",
            "true",
            blocked ? "blocked" : "runtimeStatus",
            blocked ? "true" : status,
            "name",
            name,
            "instanceIdPrefix",
            prefix,
            "createdTimeFrom",
            from,
            "createdTimeTo",
            to);
    List<String> line = new ArrayList<>(List.of("./holdfast", "list", "--newest"));
    option(line, "--status", status);
    option(line, "--name", name);
    option(line, "--prefix", prefix);
    option(line, "--after", from);
    option(line, "--before", to);
    return new Equal(
        "curl" + (withKey ? KEY : "") + " " + quoted(origin + API + query), String.join(" ", line));
  }

  private static void option(List<String> line, String name, String value) {
    if (!value.isEmpty()) {
      line.add(name);
      line.add(quoted(value));
    }
  }

  /** Quotes a word for a POSIX shell if this is necessary. */
  static String quoted(String word) {
    if (!word.isEmpty() && word.chars().allMatch(Equal::isPlain)) {
      return word;
    }
    if (word.codePoints().noneMatch(Shown::isHidden)) {
      return "'" + word.replace("'", "'\\''") + "'";
    }
    StringBuilder escaped = new StringBuilder("$'");
    word.codePoints()
        .forEach(
            point -> {
              if (point == '\'' || point == '\\') {
                escaped.append('\\').appendCodePoint(point);
              } else if (Shown.isHidden(point)) {
                escaped.append(String.format(Locale.ROOT, "\\U%08x", point));
              } else {
                escaped.appendCodePoint(point);
              }
            });
    return escaped.append("'").toString();
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-_./:@%+=,".indexOf(c) >= 0;
  }
}
