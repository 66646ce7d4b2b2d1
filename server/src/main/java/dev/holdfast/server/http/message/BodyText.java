package dev.holdfast.server.http.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decodes the bytes of a body strictly: no byte is replaced silently. */
final class BodyText {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private BodyText() {}

  static String of(byte[] body, @Nullable String contentType) {
    Charset charset = charset(contentType);
    try {
      String text = charset.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new RequestRefused(
          Reply.error(
              400,
              String.format(
                  Locale.ROOT,
                  "The body is not %s text. Send it in that encoding, or name another one in"
                      + " Content-Type.",
                  charset.name())));
    }
  }

  private static Charset charset(@Nullable String contentType) {
    String name = parameter(contentType);
    if (name == null) {
      return UTF_8;
    }
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      throw new RequestRefused(
          Reply.error(
              400,
              String.format(
                  Locale.ROOT,
                  "The character set '%s' in Content-Type is unknown here. Use utf-8.",
                  name)));
    }
  }

  private static @Nullable String parameter(@Nullable String contentType) {
    if (contentType == null) {
      return null;
    }
    int at = contentType.toLowerCase(Locale.ROOT).indexOf("charset=");
    if (at < 0) {
      return null;
    }
    String rest = contentType.substring(at + "charset=".length());
    int end = rest.indexOf(';');
    String name = (end < 0 ? rest : rest.substring(0, end)).trim();
    if (name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")) {
      name = name.substring(1, name.length() - 1);
    }
    return name.isEmpty() ? null : name;
  }
}
