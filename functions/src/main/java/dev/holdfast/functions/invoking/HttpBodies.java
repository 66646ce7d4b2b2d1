package dev.holdfast.functions.invoking;

import dev.holdfast.functions.model.HttpCall;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts a request's body to a wire value: bytes for binary content types and for functions that
 * ask for bytes ({@code dataType = "binary"}), text in all other cases.
 */
final class HttpBodies {

  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private HttpBodies() {}

  static Wire of(Wire.Http request) {
    HttpCall call = request.call();
    if (call.body().length == 0) {
      return Wire.NOTHING;
    }
    String type = contentType(call.headers()).toLowerCase(Locale.ROOT);
    if (request.binary()
        || type.startsWith("application/octet-stream")
        || type.startsWith("multipart/")) {
      return new Wire.Bytes(call.body());
    }
    String text = new String(call.body(), charset(type));
    boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    return new Wire.Text(marked ? text.substring(1) : text);
  }

  private static String contentType(Map<String, List<String>> headers) {
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase("content-type") && !header.getValue().isEmpty()) {
        return header.getValue().get(0).trim();
      }
    }
    return "";
  }

  private static Charset charset(String contentType) {
    Matcher matcher = CHARSET.matcher(contentType);
    try {
      return matcher.find() ? Charset.forName(matcher.group(1)) : StandardCharsets.UTF_8;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return StandardCharsets.UTF_8;
    }
  }
}
