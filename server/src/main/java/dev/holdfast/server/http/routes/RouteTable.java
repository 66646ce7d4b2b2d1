package dev.holdfast.server.http.routes;

import dev.holdfast.functions.model.HttpRoute;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds all routes of an app, the most specific first. A table never changes. */
public final class RouteTable {
  private final List<Entry> entries;
  private final Map<String, String> rejected;

  private RouteTable(List<Entry> entries, Map<String, String> rejected) {
    this.entries = entries;
    this.rejected = Collections.unmodifiableMap(rejected);
  }

  private record Entry(HttpRoute route, RouteTemplate template, String precedence) {}

  /** Holds the route that a URL matches, with the values of its route parameters. */
  public record Match(HttpRoute route, Map<String, String> values) {}

  /** Makes a table of the routes; of two routes that collide, the later one is rejected. */
  public static RouteTable of(List<HttpRoute> routes) {
    List<Entry> entries = new ArrayList<>();
    Map<String, String> rejected = new LinkedHashMap<>();
    for (HttpRoute route : routes) {
      String problem = problem(route, entries);
      if (problem != null) {
        rejected.put(route.functionName(), problem);
        continue;
      }
      try {
        RouteTemplate template = RouteTemplate.of(text(route));
        entries.add(new Entry(route, template, template.precedence()));
      } catch (InvalidTemplateException e) {
        rejected.put(
            route.functionName(),
            "The route template '" + route.template() + "' is invalid: " + e.getMessage() + ".");
      }
    }
    entries.sort(Comparator.comparing(Entry::precedence));
    return new RouteTable(List.copyOf(entries), rejected);
  }

  /** Returns the functions that have no route, by name, each with the reason. */
  public Map<String, String> rejected() {
    return rejected;
  }

  /**
   * Returns the first route that takes this verb and path; null when there is none.
   *
   * @param method the method in upper case
   * @param path the decoded segments below the route prefix
   */
  public @Nullable Match match(String method, List<String> path) {
    for (Entry entry : entries) {
      List<String> methods = entry.route().methods();
      if (methods.isEmpty() || methods.contains(method)) {
        Map<String, String> values = entry.template().match(path);
        if (values != null) {
          return new Match(entry.route(), values);
        }
      }
    }
    return null;
  }

  private static @Nullable String problem(HttpRoute route, List<Entry> before) {
    String text = text(route).toLowerCase(Locale.ROOT);
    boolean named = text.equals(route.functionName().toLowerCase(Locale.ROOT));
    if (!named && (text.startsWith("admin") || text.startsWith("runtime"))) {
      return "The specified route conflicts with one or more built in routes: '"
          + route.template()
          + "' begins with 'admin' or 'runtime'. Give it another beginning.";
    }
    String shape = RouteTemplate.shape(text);
    for (Entry entry : before) {
      if (RouteTemplate.shape(text(entry.route())).equals(shape) && overlap(route, entry.route())) {
        return "The route '"
            + route.template()
            + "' is taken by function '"
            + entry.route().functionName()
            + "' for a common verb. Change the route or the methods of one of them.";
      }
    }
    return null;
  }

  private static boolean overlap(HttpRoute one, HttpRoute other) {
    return one.methods().isEmpty()
        || other.methods().isEmpty()
        || !Collections.disjoint(one.methods(), other.methods());
  }

  /**
   * Returns the route's template without the leading slash that some apps write; an empty template
   * means the function's name.
   */
  private static String text(HttpRoute route) {
    String template = route.template();
    String text = template.startsWith("/") ? template.substring(1) : template;
    return text.isEmpty() ? route.functionName() : text;
  }
}
