package dev.holdfast.host.project;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds the requests that the comments of a sample show as {@code curl} commands. */
final class Requests {
  private static final Pattern EXAMPLE = Pattern.compile("<pre>(.*?)</pre>", Pattern.DOTALL);
  private static final Pattern METHOD = Pattern.compile("-X (\\w+)");
  private static final Pattern URL = Pattern.compile("http://[^\\s']+");
  private static final Pattern HEADER = Pattern.compile("-H '([^']*)'");
  private static final Pattern DATA = Pattern.compile("-d '([^']*)'");

  private final List<String> commands = new ArrayList<>();

  /** Finds the commands in the texts of Java files. */
  Requests(Collection<String> sources) {
    for (String source : sources) {
      EXAMPLE.matcher(source).results().forEach(it -> addAll(it.group(1)));
    }
  }

  private void addAll(String example) {
    StringBuilder command = new StringBuilder();
    for (String line : example.lines().map(Requests::withoutStar).toList()) {
      if (command.length() > 0 || line.startsWith("curl ")) {
        command.append(command.length() > 0 ? "\n" : "").append(line);
        if (!line.endsWith("\\")) {
          commands.add(command.toString());
          command.setLength(0);
        }
      }
    }
  }

  private static String withoutStar(String line) {
    return line.replaceFirst("^\\s*\\* ?", "").stripTrailing();
  }

  /** Returns the requests as commands for a shell. */
  String curl() {
    return String.join("\n", commands);
  }

  /** Returns the requests in the HTTP file format, from which editors can send them. */
  String http() {
    List<String> requests = commands.stream().map(Requests::request).toList();
    return String.join("\n", requests);
  }

  private static String request(String command) {
    String url = first(URL, command);
    StringBuilder text = new StringBuilder("### ");
    text.append(url.replaceFirst(".*/", "").replaceFirst("\\?.*", "")).append('\n');
    Matcher method = METHOD.matcher(command);
    text.append(method.find() ? method.group(1) : "GET").append(' ').append(url).append('\n');
    for (MatchResult header : HEADER.matcher(command).results().toList()) {
      text.append(header.group(1)).append('\n');
    }
    Matcher data = DATA.matcher(command);
    if (data.find()) {
      text.append('\n').append(data.group(1)).append('\n');
    }
    return text.toString();
  }

  private static String first(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? found.group() : "";
  }
}
