package dev.holdfast.orchestrations.entities;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Values as JSON text, the way the client library writes and reads them. */
final class Json {

  private static final ObjectMapper VALUES = JsonMapper.builder().findAndAddModules().build();

  /** The fields of an object are its state, whatever methods it has. */
  private static final ObjectMapper FIELDS =
      JsonMapper.builder()
          .findAndAddModules()
          .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  private Json() {}

  /** Null stays null: no text is not the text {@code null}. */
  static @Nullable String text(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    try {
      return VALUES.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "A " + value.getClass().getName() + " cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  /** Null for no text, for an empty one and for JSON's {@code null}. */
  static @Nullable Object read(@Nullable String text, Type type) {
    if (text == null || text.isEmpty() || isVoid(type)) {
      return null;
    }
    try {
      return VALUES.readValue(text, VALUES.constructType(type));
    } catch (JsonProcessingException e) {
      throw unreadable(text, type, e);
    }
  }

  static @Nullable Object read(@Nullable JsonNode node, Type type) {
    if (node == null || node.isNull() || isVoid(type)) {
      return null;
    }
    try {
      return VALUES.readerFor(VALUES.constructType(type)).readValue(node);
    } catch (java.io.IOException e) {
      throw unreadable(node.toString(), type, e);
    }
  }

  private static boolean isVoid(Type type) {
    return type == Void.class || type == void.class;
  }

  private static IllegalArgumentException unreadable(String text, Type type, Exception cause) {
    String shown = text.length() <= 200 ? text : text.substring(0, 200) + "…";
    return new IllegalArgumentException(
        "The JSON " + shown + " is no " + type.getTypeName() + ": " + cause.getMessage(), cause);
  }

  /** All fields but static and transient ones. */
  static String fields(Object object) {
    try {
      return FIELDS.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "The fields of "
              + object.getClass().getName()
              + " cannot be written as JSON; mark what is no state transient. "
              + e.getMessage(),
          e);
    }
  }

  /** Sets those fields that the text names. */
  static void setFields(Object object, String text) {
    try {
      FIELDS.readerForUpdating(object).readValue(text);
    } catch (JsonProcessingException e) {
      throw unreadable(text, object.getClass(), e);
    }
  }
}
