package dev.holdfast.testkit;

import com.microsoft.durabletask.DataConverter;
import com.microsoft.durabletask.JacksonDataConverter;
import org.jspecify.annotations.Nullable;

/** Converts values in the same way as the client library of the tested app. */
final class ClientJson {
  private static final DataConverter CONVERTER = new JacksonDataConverter();

  private ClientJson() {}

  /** Returns the value as JSON text; the result for null is null. */
  static @Nullable String write(@Nullable Object value) {
    return value == null ? null : CONVERTER.serialize(value);
  }

  /** Reads JSON text; the result for null and for an empty text is null. */
  static <T> @Nullable T read(@Nullable String json, Class<T> type) {
    return json == null || json.isEmpty() ? null : CONVERTER.deserialize(json, type);
  }
}
