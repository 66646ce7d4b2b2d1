package dev.holdfast.functions.bridge;

import com.google.gson.Gson;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes an Optional as its value, or as JSON null when it is empty. */
final class OptionalFactory implements TypeAdapterFactory {

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
    if (type.getRawType() != Optional.class) {
      return null;
    }
    Type content =
        type.getType() instanceof ParameterizedType parameterized
            ? parameterized.getActualTypeArguments()[0]
            : Object.class;
    TypeAdapter<Object> inner = (TypeAdapter<Object>) gson.getAdapter(TypeToken.get(content));
    return (TypeAdapter<T>) new OptionalAdapter(inner);
  }

  private static final class OptionalAdapter extends TypeAdapter<Optional<?>> {
    private final TypeAdapter<Object> inner;

    OptionalAdapter(TypeAdapter<Object> inner) {
      this.inner = inner;
    }

    @Override
    @SuppressWarnings("NullableOptional") // The field may hold null instead of an Optional.
    public void write(JsonWriter out, @Nullable Optional<?> value) throws IOException {
      if (value == null || value.isEmpty()) {
        out.nullValue();
      } else {
        inner.write(out, value.get());
      }
    }

    @Override
    public Optional<?> read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return Optional.empty();
      }
      return Optional.ofNullable(inner.read(in));
    }
  }
}
