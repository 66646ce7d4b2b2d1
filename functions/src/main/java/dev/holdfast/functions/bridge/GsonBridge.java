package dev.holdfast.functions.bridge;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts values to JSON text and back by the rules of a plain {@code new Gson()}. It also
 * converts types that a plain Gson cannot convert on this JDK: java.time, Optional, and records
 * when the app's Gson is too old for them.
 *
 * <p>The host calls this class by name; only text, JDK types and the app's own types pass through.
 */
public final class GsonBridge {

  private static final Gson GSON = gson();

  private GsonBridge() {}

  private static Gson gson() {
    GsonBuilder builder =
        new GsonBuilder()
            .registerTypeAdapterFactory(new JavaTimeFactory())
            .registerTypeAdapterFactory(new OptionalFactory());
    if (!RecordFactory.isBuiltIn()) {
      builder.registerTypeAdapterFactory(new RecordFactory());
    }
    return builder.create();
  }

  public static @Nullable Object fromJson(String text, Type type) {
    return GSON.fromJson(text, type);
  }

  /**
   * Reads a JSON array as an ArrayList, whose elements are read as {@code elementType}; returns
   * null for JSON null.
   */
  public static @Nullable List<@Nullable Object> listFromJson(String text, Class<?> elementType) {
    JsonArray array = GSON.fromJson(text, JsonArray.class);
    if (array == null) {
      return null;
    }
    List<@Nullable Object> list = new ArrayList<>();
    for (JsonElement element : array) {
      list.add(GSON.fromJson(element, elementType));
    }
    return list;
  }

  /**
   * Reads a JSON array as an array of texts: a string gives its content, and an object or array
   * gives its JSON text. Returns null for JSON null.
   */
  public static String @Nullable [] textsFromJson(String text) {
    JsonArray array = GSON.fromJson(text, JsonArray.class);
    if (array == null) {
      return null;
    }
    String[] texts = new String[array.size()];
    for (int i = 0; i < texts.length; i++) {
      JsonElement element = array.get(i);
      if (!element.isJsonNull()) {
        texts[i] = element.isJsonPrimitive() ? element.getAsString() : element.toString();
      }
    }
    return texts;
  }

  public static String toJson(@Nullable Object value) {
    return GSON.toJson(value);
  }
}
