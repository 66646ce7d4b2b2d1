package dev.holdfast.host.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.PlainJson;
import dev.holdfast.server.json.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that is given on the command line, in a file ({@code @file}) or on standard input
 * ({@code -}).
 */
final class Payload {
  private Payload() {}

  static @Nullable String read(@Nullable String given) {
    if (given == null) {
      return null;
    }
    String text = given.equals("-") || given.startsWith("@") ? load(given) : given;
    try {
      PlainJson.payload(text);
      return text;
    } catch (JsonProcessingException e) {
      throw new CannotException(
          CannotException.USAGE,
          "The payload is not valid JSON.",
          JsonText.inWords(e),
          "A text needs quotes of its own: '\"like this\"'.");
    }
  }

  private static String load(String given) {
    try {
      return given.equals("-")
          ? UTF_8.newDecoder().decode(ByteBuffer.wrap(System.in.readAllBytes())).toString()
          : Files.readString(Path.of(given.substring(1)));
    } catch (CharacterCodingException e) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot read the payload " + given + ".",
          "It is not UTF-8.",
          "Convert it, for instance with iconv.");
    } catch (IOException e) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot read the payload " + given + ".",
          e.toString(),
          "Name a readable file after '@', or '-' for standard input.");
    }
  }
}
