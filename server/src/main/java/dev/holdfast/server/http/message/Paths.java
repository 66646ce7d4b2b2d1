package dev.holdfast.server.http.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Splits and decodes the paths of URLs. Paths are matched exactly as sent and never normalised: a
 * dot segment is treated like any other segment, so authorisation and routing cannot see different
 * paths.
 */
public final class Paths {
  private Paths() {}

  /**
   * Decodes a path.
   *
   * @param plusIsBlank whether {@code +} means a blank, as in forms; the management URLs contain
   *     ids in this form
   * @throws RequestRefused 400, when an escape is broken or is not UTF-8
   */
  public static String decode(String raw, boolean plusIsBlank) {
    String text = plusIsBlank ? raw.replace('+', ' ') : raw;
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int octet = octet(text, i + 1);
        if (octet < 0) {
          throw broken(raw);
        }
        bytes.write(octet);
        i += 2;
      } else {
        int next = text.offsetByCodePoints(i, 1);
        bytes.writeBytes(text.substring(i, next).getBytes(UTF_8));
        i = next - 1;
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw broken(raw);
    }
  }

  /** Returns the segments between the slashes; slashes at both ends are trimmed. */
  public static List<String> segments(String path) {
    int from = 0;
    int to = path.length();
    while (from < to && path.charAt(from) == '/') {
      from++;
    }
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    List<String> segments = new ArrayList<>(6);
    while (from < to) {
      int slash = path.indexOf('/', from);
      int end = slash < 0 || slash > to ? to : slash;
      segments.add(path.substring(from, end));
      from = end + 1;
    }
    return segments;
  }

  /**
   * Returns the segments of a raw path, each decoded separately, so that an escaped slash is part
   * of its segment.
   */
  public static List<String> decodedSegments(String raw, boolean plusIsBlank) {
    return segments(raw).stream().map(segment -> decode(segment, plusIsBlank)).toList();
  }

  /**
   * Returns the part of the path after a prefix of whole segments, with its leading slash, or ""
   * for the prefix itself; null when the path does not begin with the prefix. The prefix is
   * compared without regard to case.
   */
  public static @Nullable String after(String prefix, String path) {
    if (!path.regionMatches(true, 0, prefix, 0, prefix.length())) {
      return null;
    }
    if (path.length() > prefix.length() && path.charAt(prefix.length()) != '/') {
      return null;
    }
    return path.substring(prefix.length());
  }

  /**
   * Returns the value of the two hex digits at an index; -1 when the text does not have two hex
   * digits there.
   */
  static int octet(String text, int at) {
    if (at + 2 > text.length()) {
      return -1;
    }
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static RequestRefused broken(String raw) {
    return new RequestRefused(
        Reply.error(
            400,
            String.format(
                Locale.ROOT,
                "The path '%s' does not decode. Escape bytes of UTF-8 as %%xx, and a percent sign as"
                    + " %%25.",
                raw)));
  }
}
