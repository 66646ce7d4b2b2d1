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

/** Converts values to JSON text and back, as the client library does. */
final class Json {

  private static final ObjectMapper VALUES = JsonMapper.builder().findAndAddModules().build();

  /**
   * This mapper reads and writes the fields of an object as its state, and ignores the methods of
   * the object.
   */
  private static final ObjectMapper FIELDS =
      JsonMapper.builder()
          .findAndAddModules()
          .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  private Json() {}

  /**
   * Returns the value as JSON text; returns null for null, which differs from the text {@code
   * null}.
   */
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

  /** Reads a value; returns null when the text is null, empty or JSON's {@code null}. */
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

  /** Returns all fields, except static and transient ones, as JSON text. */
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

  /** Sets the fields that the text names. */
  static void setFields(Object object, String text) {
    try {
      FIELDS.readerForUpdating(object).readValue(text);
    } catch (JsonProcessingException e) {
      throw unreadable(text, object.getClass(), e);
    }
  }
}
