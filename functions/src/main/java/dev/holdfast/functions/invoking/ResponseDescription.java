package dev.holdfast.functions.invoking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.functions.model.HttpReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON object that has a {@code body} as a response. So a function can describe a response
 * without using the response types.
 *
 * <p>The members are {@code status} or {@code statusCode}, {@code headers}, {@code body}, {@code
 * cookies} and {@code enableContentNegotiation}; their names are compared without regard to case.
 */
final class ResponseDescription {

  private static final int OK = 200;

  private ResponseDescription() {}

  static HttpReply read(JsonNode described) {
    Map<String, String> headers = new LinkedHashMap<>();
    JsonNode said = HttpReplies.member(described, "headers");
    if (said != null && said.isObject()) {
      said.properties().forEach(h -> headers.put(h.getKey(), h.getValue().asText()));
    }
    JsonNode body = HttpReplies.member(described, "body");
    boolean negotiated = flag(HttpReplies.member(described, "enableContentNegotiation"));
    return HttpReplies.reply(
        status(described),
        headers,
        cookies(HttpReplies.member(described, "cookies")),
        body == null ? HttpReplies.Body.NONE : body(body, negotiated));
  }

  // Without negotiation the content type is text; with it, objects and arrays have the content type
  // of JSON.
  private static HttpReplies.Body body(JsonNode body, boolean negotiated) {
    return negotiated && body.isContainerNode()
        ? new HttpReplies.Body(
            body.toString().getBytes(StandardCharsets.UTF_8), "application/json; charset=utf-8")
        : HttpReplies.body(body);
  }

  private static int status(JsonNode described) {
    for (String name : List.of("status", "statusCode")) {
      JsonNode said = HttpReplies.member(described, name);
      if (said != null && (said.isNumber() || said.isTextual())) {
        int status = said.asInt(OK);
        return status >= 100 && status <= 599 ? status : OK;
      }
    }
    return OK;
  }

  private static boolean flag(@Nullable JsonNode said) {
    return said != null && said.asBoolean();
  }

  private static List<String> cookies(@Nullable JsonNode said) {
    List<String> cookies = new ArrayList<>();
    if (said != null && said.isArray()) {
      for (JsonNode cookie : said) {
        JsonNode name = HttpReplies.member(cookie, "name");
        JsonNode value = HttpReplies.member(cookie, "value");
        if (name != null && value != null) {
          cookies.add(cookie(name.asText() + "=" + value.asText(), cookie));
        }
      }
    }
    return cookies;
  }

  private static String cookie(String start, JsonNode cookie) {
    StringBuilder text = new StringBuilder(start);
    attribute(text, "Domain", HttpReplies.member(cookie, "domain"));
    attribute(text, "Path", HttpReplies.member(cookie, "path"));
    attribute(text, "Expires", HttpReplies.member(cookie, "expires"));
    attribute(text, "Max-Age", HttpReplies.member(cookie, "maxAge"));
    attribute(text, "SameSite", HttpReplies.member(cookie, "sameSite"));
    if (flag(HttpReplies.member(cookie, "secure"))) {
      text.append("; Secure");
    }
    if (flag(HttpReplies.member(cookie, "httpOnly"))) {
      text.append("; HttpOnly");
    }
    return text.toString();
  }

  private static void attribute(StringBuilder text, String name, @Nullable JsonNode value) {
    if (value != null && !value.isNull()) {
      text.append("; ").append(name).append('=').append(value.asText());
    }
  }
}
