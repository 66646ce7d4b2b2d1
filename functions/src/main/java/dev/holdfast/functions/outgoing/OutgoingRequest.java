package dev.holdfast.functions.outgoing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds one request as an orchestrator describes it, in the form {@code {method, uri, headers,
 * content, timeout}} or as an array with one such object.
 *
 * @param content the body as text; null when there is none
 */
record OutgoingRequest(
    String method, URI uri, List<Header> headers, @Nullable String content, Duration timeout) {

  static final Duration TIMEOUT = Duration.ofSeconds(100);
  private static final Duration TIMEOUT_MAX = Duration.ofDays(365);

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** This pattern matches a .NET time span: days, hours, minutes, seconds and fractions. */
  private static final Pattern SPAN =
      Pattern.compile("(?:(\\d+)\\.)?(\\d{1,2}):(\\d{2}):(\\d{2})(?:\\.(\\d{1,7}))?");

  /** The connection sets these headers itself, so the caller must not set them. */
  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "upgrade",
          "te",
          "trailer",
          "expect");

  /** Holds one header. */
  record Header(String name, String value) {}

  /**
   * Reads a request from JSON.
   *
   * @throws OutgoingException the request cannot be sent as it is
   */
  static OutgoingRequest parse(String json) {
    JsonNode node = tree(json);
    JsonNode request = node.isArray() && node.size() == 1 ? node.get(0) : node;
    if (!request.isObject()) {
      throw new OutgoingException(
          "expected one request object {method, uri, headers, content}, but got "
              + request.getNodeType().name().toLowerCase(Locale.ROOT));
    }
    if (request.hasNonNull("tokenSource")) {
      throw new OutgoingException(
          "tokenSource asks for a managed identity, which is not available here; send an Authorization header, or call from an activity of your own");
    }
    String method = request.path("method").asText("GET").toUpperCase(Locale.ROOT);
    if (!TOKEN.matcher(method).matches() || method.equals("CONNECT")) {
      throw new OutgoingException("the method '" + method + "' cannot be sent");
    }
    JsonNode content = request.path("content");
    return new OutgoingRequest(
        method,
        uri(request.path("uri").asText("")),
        headers(request.path("headers")),
        content.isMissingNode() || content.isNull()
            ? null
            : content.isTextual() ? content.asText() : content.toString(),
        timeout(request.path("timeout")));
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new OutgoingException("the input is no JSON: " + e.getOriginalMessage());
    }
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new OutgoingException("'" + text + "' is no URL: " + e.getReason());
    }
  }

  private static List<Header> headers(JsonNode node) {
    List<Header> headers = new ArrayList<>();
    node.properties()
        .forEach(
            field -> {
              JsonNode values = field.getValue();
              if (values.isArray()) {
                values.forEach(value -> headers.add(header(field.getKey(), value)));
              } else if (!values.isNull()) {
                headers.add(header(field.getKey(), values));
              }
            });
    return headers;
  }

  private static Header header(String name, JsonNode value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!TOKEN.matcher(name).matches() || value.asText().matches("(?s).*[\\r\\n\\x00].*")) {
      throw new OutgoingException("the header '" + name + "' has forbidden characters");
    }
    if (RESERVED.contains(lower) || lower.startsWith("proxy-")) {
      throw new OutgoingException(
          "the header '" + name + "' is set by the connection; leave it out");
    }
    return new Header(name, value.asText());
  }

  private static Duration timeout(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return TIMEOUT;
    }
    Duration timeout;
    try {
      timeout =
          node.isNumber()
              ? Duration.ofMillis((long) (node.asDouble() * 1_000))
              : span(node.asText());
    } catch (ArithmeticException | NumberFormatException e) {
      throw tooLong(node);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new OutgoingException("the timeout " + node.asText() + " leaves no time");
    }
    if (timeout.compareTo(TIMEOUT_MAX) > 0) {
      throw tooLong(node);
    }
    return timeout;
  }

  private static OutgoingException tooLong(JsonNode node) {
    return new OutgoingException(
        "the timeout "
            + node.asText()
            + " is longer than "
            + TIMEOUT_MAX.toDays()
            + " days; give a shorter one");
  }

  private static Duration span(String text) {
    Matcher span = SPAN.matcher(text);
    if (span.matches()) {
      String fraction = span.group(5) == null ? "" : span.group(5);
      return Duration.ofDays(span.group(1) == null ? 0 : Long.parseLong(span.group(1)))
          .plusHours(Long.parseLong(span.group(2)))
          .plusMinutes(Long.parseLong(span.group(3)))
          .plusSeconds(Long.parseLong(span.group(4)))
          .plusNanos(Long.parseLong((fraction + "000000000").substring(0, 9)));
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new OutgoingException(
          "the timeout '" + text + "' is neither hh:mm:ss nor an ISO 8601 duration");
    }
  }
}
