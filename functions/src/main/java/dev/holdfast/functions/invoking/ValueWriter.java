package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.HttpResponseMessage;
import dev.holdfast.functions.loading.JsonBridge;
import org.jspecify.annotations.Nullable;

/** Converts values that user code returned to wire values. */
public final class ValueWriter {

  private final JsonBridge json;

  public ValueWriter(JsonBridge json) {
    this.json = json;
  }

  /** Converts any value except an {@link HttpResponseMessage}, which is not a single value. */
  public Wire write(@Nullable Object value) {
    if (value == null) {
      return Wire.NULL;
    }
    if (value instanceof String text) {
      return new Wire.Text(text);
    }
    if (value instanceof byte[] bytes) {
      return new Wire.Bytes(bytes);
    }
    if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      return new Wire.Whole(((Number) value).longValue());
    }
    if (value instanceof Double || value instanceof Float) {
      return new Wire.Real(((Number) value).doubleValue());
    }
    return new Wire.Json(json.toJson(value));
  }
}
