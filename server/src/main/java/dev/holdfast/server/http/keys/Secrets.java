package dev.holdfast.server.http.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Makes secrets of the form {@code hfk_<kind>_<id>_<32 random bytes><checksum>}, so that leak
 * scanners recognise them and a typing error can be distinguished from a wrong key.
 */
final class Secrets {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  static String newId() {
    return HexFormat.of().formatHex(random(4));
  }

  static String newSecret(Key.Kind kind, String id) {
    String body = Base64.getUrlEncoder().withoutPadding().encodeToString(random(32));
    String text = "hfk_" + kind.name().toLowerCase(Locale.ROOT) + "_" + id + "_" + body;
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(US_ASCII));
    return text + HexFormat.of().toHexDigits((int) sum.getValue());
  }

  static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return random;
  }

  static byte[] sha256(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256, but this one does not", e);
    }
  }
}
