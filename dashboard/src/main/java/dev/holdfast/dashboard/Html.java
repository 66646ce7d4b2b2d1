package dev.holdfast.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.http.message.Reply;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.List;
import java.util.Map;

/**
 * Fills templates and adds the headers that prevent a page from running scripts or loading files of
 * other sites.
 */
final class Html {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(null, ContentType.Html, Html.class.getClassLoader());

  /**
   * Returns a page.
   *
   * @param template the name of the template's file, without the ending
   */
  Reply page(int status, String template, Frame frame, Object page) {
    StringOutput text = new StringOutput(16 << 10);
    templates.render(template + ".jte", Map.of("frame", frame, "page", page), text);
    return guarded(
        new Reply(status, text.toString().getBytes(UTF_8), "text/html; charset=utf-8", List.of()));
  }

  /** Adds the headers of every page. */
  static Reply guarded(Reply reply) {
    return guarded(reply, "no-store");
  }

  /**
   * Adds the headers of every page.
   *
   * @param caching the value of Cache-Control
   */
  static Reply guarded(Reply reply, String caching) {
    return reply
        .with("Content-Security-Policy", POLICY)
        .with("X-Content-Type-Options", "nosniff")
        .with("X-Frame-Options", "DENY")
        .with("Referrer-Policy", "no-referrer")
        .with("Cross-Origin-Opener-Policy", "same-origin")
        .with("Cross-Origin-Resource-Policy", "same-origin")
        .with("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        .with("Cache-Control", caching);
  }

  /**
   * Returns an answer that sends the browser to another page, which the browser requests by GET.
   */
  static Reply goTo(String link) {
    return Reply.empty(303).with("Location", link).with("Cache-Control", "no-store");
  }
}
