package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.HttpRequestMessage;
import dev.holdfast.functions.loading.JsonBridge;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads wire values as one Java type. A reader is made once per parameter.
 *
 * <p>Every failure is a {@link ClassCastException} that names the value and the type.
 */
public final class ValueReader {

  private static final int SHOWN = 120;

  private final Type type;
  private final Class<?> raw;
  private final JsonBridge json;
  private final @Nullable ValueReader content;

  /**
   * Creates a reader. The type B of {@code Optional<B>} and {@code HttpRequestMessage<B>} is read
   * by {@code content}.
   */
  private ValueReader(Type type, Class<?> raw, JsonBridge json, @Nullable ValueReader content) {
    this.type = type;
    this.raw = raw;
    this.json = json;
    this.content = content;
  }

  public static ValueReader of(Type type, JsonBridge json) {
    Class<?> raw = rawClass(type);
    boolean wraps = raw == Optional.class || raw == HttpRequestMessage.class;
    return new ValueReader(type, raw, json, wraps ? of(argument(type), json) : null);
  }

  /** Returns whether this reader takes a plain text or a number, and not a JSON document. */
  boolean takesText() {
    return content == null ? raw == String.class || Numbers.isNumber(raw) : content.takesText();
  }

  /** Returns the value as this reader's type; the values of primitive types are boxed. */
  public @Nullable Object read(Wire value) {
    Object result;
    try {
      result = convert(value);
    } catch (ClassCastException e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      // Gson throws an AssertionError when the JDK denies it access to a field.
      throw cannot(value, e);
    }
    if (result == null && raw.isPrimitive()) {
      throw new ClassCastException("Cannot convert null to type " + raw.getName());
    }
    return result;
  }

  private @Nullable Object convert(Wire value) {
    if (raw == Void.class) {
      return null;
    }
    if (content != null && raw == Optional.class) {
      return value instanceof Wire.Nothing
          ? Optional.empty()
          : Optional.ofNullable(content.read(value));
    }
    if (value instanceof Wire.Text text) {
      return fromText(text.value(), value);
    }
    if (value instanceof Wire.Json text) {
      return text.text().equals("null") ? null : fromText(text.text(), value);
    }
    if (value instanceof Wire.Http http) {
      return fromHttp(http);
    }
    if (value instanceof Wire.Bytes bytes) {
      return fromBytes(bytes.value(), value);
    }
    if (value instanceof Wire.Whole whole) {
      return fromWhole(whole.value(), value);
    }
    if (value instanceof Wire.Real real) {
      return fromReal(real.value(), value);
    }
    return value instanceof Wire.Many many ? fromMany(many) : null;
  }

  private @Nullable Object fromHttp(Wire.Http http) {
    if (content != null) {
      return new HttpRequest(http.call(), content.read(http));
    }
    Wire body = HttpBodies.of(http);
    // A conversion to text and back could damage the bytes.
    return raw == byte[].class && body instanceof Wire.Text text && !isArray(text.value())
        ? http.call().body()
        : read(body);
  }

  private @Nullable Object fromText(String text, Wire value) {
    if (raw == String.class) {
      return text;
    }
    Object number = Numbers.parse(raw, text);
    if (number != null) {
      return number;
    }
    if (raw == String[].class) {
      return json.textsFromJson(text);
    }
    if (Collection.class.isAssignableFrom(raw)) {
      return collection(text, value);
    }
    if (raw == byte[].class && !isArray(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    return json.fromJson(text, raw);
  }

  private static boolean isArray(String json) {
    return json.stripLeading().startsWith("[");
  }

  // Reads a collection. The element type must be a class, and the result of a JSON array is always
  // an ArrayList: an app that relies on more would fail in Azure Functions.
  private @Nullable Object collection(String text, Wire value) {
    Type element = argument(type);
    if (!(element instanceof Class<?> elementClass)) {
      throw cannot(value, null);
    }
    Object list;
    try {
      list = json.listFromJson(text, elementClass);
    } catch (RuntimeException notAnArray) {
      list = json.fromJson(text, type);
    }
    if (list != null && !raw.isInstance(list)) {
      throw cannot(value, null);
    }
    return list;
  }

  private @Nullable Object fromBytes(byte[] bytes, Wire value) {
    if (raw == byte[].class || raw == Object.class) {
      return bytes;
    }
    if (raw == Byte[].class) {
      Byte[] boxed = new Byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        boxed[i] = bytes[i];
      }
      return boxed;
    }
    return fromText(new String(bytes, StandardCharsets.UTF_8), value);
  }

  private Object fromWhole(long number, Wire value) {
    if (raw == String.class) {
      return Long.toString(number);
    }
    if (raw == long.class || raw == Long.class || raw == Object.class) {
      return number;
    }
    Object narrow = raw == double.class || raw == float.class ? null : Numbers.narrow(raw, number);
    if (narrow == null) {
      throw cannot(value, null);
    }
    return narrow;
  }

  private Object fromReal(double number, Wire value) {
    if (raw == String.class) {
      return Double.toString(number);
    }
    if (raw == double.class || raw == Double.class || raw == Object.class) {
      return number;
    }
    if (raw == float.class || raw == Float.class) {
      return (float) number;
    }
    throw cannot(value, null);
  }

  private Object fromMany(Wire.Many many) {
    if (raw.isArray()) {
      ValueReader elements = of(raw.getComponentType(), json);
      Object array = Array.newInstance(raw.getComponentType(), many.values().size());
      for (int i = 0; i < many.values().size(); i++) {
        Array.set(array, i, elements.read(many.values().get(i)));
      }
      return array;
    }
    if (!raw.isAssignableFrom(ArrayList.class)) {
      throw cannot(many, null);
    }
    ValueReader elements = of(argument(type), json);
    List<@Nullable Object> list = new ArrayList<>();
    many.values().forEach(value -> list.add(elements.read(value)));
    return list;
  }

  private ClassCastException cannot(Wire value, @Nullable Throwable cause) {
    String shown = words(value);
    ClassCastException failure =
        new ClassCastException(
            "Cannot convert "
                + (shown.length() > SHOWN ? shown.substring(0, SHOWN) + "…" : shown)
                + " to type "
                + type.getTypeName()
                + (cause == null ? "" : ": " + cause.getMessage()));
    failure.initCause(cause);
    return failure;
  }

  /** Describes the value for people; the result may be long. */
  private static String words(Wire value) {
    if (value instanceof Wire.Text text) {
      return "the text \"" + text.value() + '"';
    }
    if (value instanceof Wire.Json json) {
      return "the JSON " + json.text();
    }
    if (value instanceof Wire.Bytes bytes) {
      return bytes.value().length + " bytes";
    }
    if (value instanceof Wire.Whole whole) {
      return "the number " + whole.value();
    }
    if (value instanceof Wire.Real real) {
      return "the number " + real.value();
    }
    if (value instanceof Wire.Many many) {
      return "a list of " + many.values().size();
    }
    return value instanceof Wire.Http ? "the HTTP request" : "nothing";
  }

  /** Returns the first type argument if it is known, or Object. */
  private static Type argument(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      Type argument = parameterized.getActualTypeArguments()[0];
      return argument instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument;
    }
    return Object.class;
  }

  private static Class<?> rawClass(Type type) {
    if (type instanceof Class<?> raw) {
      return raw;
    }
    if (type instanceof ParameterizedType parameterized) {
      return (Class<?>) parameterized.getRawType();
    }
    if (type instanceof java.lang.reflect.GenericArrayType array) {
      return Array.newInstance(rawClass(array.getGenericComponentType()), 0).getClass();
    }
    return Object.class;
  }
}
