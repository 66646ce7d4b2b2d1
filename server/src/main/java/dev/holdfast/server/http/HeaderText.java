package dev.holdfast.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Decodes request headers: as UTF-8 when their bytes are valid UTF-8, as modern clients send them,
 * otherwise as Latin-1, as older HTTP required.
 */
final class HeaderText {
  private HeaderText() {}

  /**
   * Decodes one header.
   *
   * @param received the header as the server reads it, with one char for each byte
   */
  static String of(String received) {
    if (isAscii(received)) {
      return received;
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(received.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      return received;
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }
}
