package dev.holdfast.server.http.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.http.message.Reply;
import java.util.List;

/** Writes the short pages that a person sees instead of a refused page. */
final class PageRefusals {
  private PageRefusals() {}

  /** Returns a page with a heading and one paragraph; neither may contain text from a request. */
  static Reply page(int status, String heading, String words) {
    String html =
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
            + escaped(heading)
            + " · Holdfast</title><meta name=\"viewport\" content=\"width=device-width\">"
            + "<link rel=\"stylesheet\" href=\"style.css\"></head><body><main><h1>"
            + escaped(heading)
            + "</h1><p>"
            + escaped(words)
            + "</p><p><a href=\"sign-in\">Sign in with another key</a></p></main></body></html>";
    return new Reply(status, html.getBytes(UTF_8), "text/html; charset=utf-8", List.of())
        .with("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'")
        .with("Cache-Control", "no-store")
        .with("X-Content-Type-Options", "nosniff");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
