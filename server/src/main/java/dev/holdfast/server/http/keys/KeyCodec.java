package dev.holdfast.server.http.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HexFormat;

/** Converts keys and the capability secret to and from JSON records. */
final class KeyCodec {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private KeyCodec() {}

  static byte[] encode(Key key) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("kind", key.kind().name());
    node.put("scope", key.scope());
    node.put("name", key.name());
    node.put("sha256", HexFormat.of().formatHex(key.sha256()));
    node.put("created", key.created().toString());
    Instant expires = key.expires();
    if (expires != null) {
      node.put("expires", expires.toString());
    }
    return node.toString().getBytes(UTF_8);
  }

  static Key decode(String id, byte[] bytes) {
    JsonNode node = parse(bytes);
    String expires = node.path("expires").asText("");
    return new Key(
        id,
        Key.Kind.valueOf(node.path("kind").asText()),
        node.path("scope").asText(),
        node.path("name").asText(),
        HexFormat.of().parseHex(node.path("sha256").asText()),
        Instant.parse(node.path("created").asText()),
        expires.isEmpty() ? null : Instant.parse(expires));
  }

  static byte[] encodeSecret(byte[] secret) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("secret", HexFormat.of().formatHex(secret));
    return node.toString().getBytes(UTF_8);
  }

  static byte[] decodeSecret(byte[] bytes) {
    return HexFormat.of().parseHex(parse(bytes).path("secret").asText());
  }

  private static JsonNode parse(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("A key record is not JSON; restore the key file", e);
    }
  }
}
