package dev.holdfast.functions.bridge;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.annotations.SerializedName;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and writes records for versions of Gson that do not know them (before 2.10). */
final class RecordFactory implements TypeAdapterFactory {

  private record Probe(int value) {}

  /** Returns whether the app's Gson reads records by itself. */
  static boolean isBuiltIn() {
    try {
      return new Gson().fromJson("{\"value\":1}", Probe.class).value() == 1;
    } catch (RuntimeException | AssertionError e) {
      return false; // Old versions of Gson try to set the final field, which the JDK refuses.
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
    Class<? super T> raw = type.getRawType();
    if (!raw.isRecord()) {
      return null;
    }
    List<Part> parts = new ArrayList<>();
    List<Class<?>> signature = new ArrayList<>();
    for (RecordComponent component : raw.getRecordComponents()) {
      component.getAccessor().setAccessible(true);
      signature.add(component.getType());
      parts.add(
          new Part(
              name(raw, component),
              component,
              (TypeAdapter<Object>) gson.getAdapter(TypeToken.get(component.getGenericType()))));
    }
    try {
      Constructor<?> constructor = raw.getDeclaredConstructor(signature.toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return (TypeAdapter<T>) new RecordAdapter(constructor, parts);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("record " + raw + " without its canonical constructor", e);
    }
  }

  private static String name(Class<?> raw, RecordComponent component) {
    try {
      SerializedName named =
          raw.getDeclaredField(component.getName()).getAnnotation(SerializedName.class);
      return named == null ? component.getName() : named.value();
    } catch (NoSuchFieldException e) {
      return component.getName();
    }
  }

  private record Part(String name, RecordComponent component, TypeAdapter<Object> adapter) {}

  private static final class RecordAdapter extends TypeAdapter<Object> {
    private final Constructor<?> constructor;
    private final List<Part> parts;

    RecordAdapter(Constructor<?> constructor, List<Part> parts) {
      this.constructor = constructor;
      this.parts = parts;
    }

    @Override
    public void write(JsonWriter out, @Nullable Object value) throws IOException {
      if (value == null) {
        out.nullValue();
        return;
      }
      out.beginObject();
      for (Part part : parts) {
        out.name(part.name());
        part.adapter().write(out, component(part, value));
      }
      out.endObject();
    }

    private static @Nullable Object component(Part part, Object value) {
      try {
        return part.component().getAccessor().invoke(value);
      } catch (ReflectiveOperationException e) {
        throw new JsonParseException("cannot read " + part.component(), e);
      }
    }

    @Override
    public @Nullable Object read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return null;
      }
      @Nullable Object[] values = new Object[parts.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = zero(parts.get(i).component().getType());
      }
      in.beginObject();
      while (in.hasNext()) {
        int index = indexOf(in.nextName());
        if (index < 0) {
          in.skipValue();
        } else {
          Object value = parts.get(index).adapter().read(in);
          values[index] = value == null ? values[index] : value;
        }
      }
      in.endObject();
      try {
        return constructor.newInstance(values);
      } catch (ReflectiveOperationException e) {
        throw new JsonParseException("cannot create " + constructor.getDeclaringClass(), e);
      }
    }

    private int indexOf(String name) {
      for (int i = 0; i < parts.size(); i++) {
        if (parts.get(i).name().equals(name)) {
          return i;
        }
      }
      return -1;
    }

    /** Returns the default value for a component that the JSON text does not contain. */
    private static @Nullable Object zero(Class<?> type) {
      return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
    }
  }
}
