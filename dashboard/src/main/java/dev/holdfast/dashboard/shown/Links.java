package dev.holdfast.dashboard.shown;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes links between the pages. All pages are in one folder, so that every link is only a file
 * name with a query, and works below any path that a proxy puts before it.
 */
public final class Links {
  private Links() {}

  /** Returns the link to the page of an instance. */
  public static String instance(String id) {
    return of("instance", "id", id);
  }

  /**
   * Returns a link with parameters.
   *
   * @param parameters names and values in turn; a null or empty value leaves its parameter out
   */
  public static String of(String page, @Nullable String... parameters) {
    List<String> query = new ArrayList<>();
    for (int i = 0; i + 1 < parameters.length; i += 2) {
      String value = parameters[i + 1];
      if (value != null && !value.isEmpty()) {
        query.add(parameters[i] + "=" + escaped(value));
      }
    }
    return query.isEmpty() ? page : page + "?" + String.join("&", query);
  }

  /** Escapes a text for a path or a query; a blank becomes {@code %20}. */
  public static String escaped(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
