package dev.holdfast.functions.loading;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls the app's {@code GsonBridge} from the host, which converts JSON with the Gson that the app
 * has.
 *
 * <p>Exceptions of Gson are passed on unchanged.
 */
public final class JsonBridge {

  private static final String BRIDGE = "dev.holdfast.functions.bridge.GsonBridge";

  private final MethodHandle fromJson;
  private final MethodHandle listFromJson;
  private final MethodHandle textsFromJson;
  private final MethodHandle toJson;

  /**
   * Defines the bridge in the loader.
   *
   * @throws LinkageError the app's Gson is too old or broken
   */
  public JsonBridge(ClassLoader appLoader) {
    try {
      Class<?> bridge = Class.forName(BRIDGE, true, appLoader);
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      fromJson =
          lookup.findStatic(bridge, "fromJson", type(Object.class, String.class, Type.class));
      listFromJson =
          lookup.findStatic(bridge, "listFromJson", type(List.class, String.class, Class.class));
      textsFromJson =
          lookup.findStatic(bridge, "textsFromJson", type(String[].class, String.class));
      toJson = lookup.findStatic(bridge, "toJson", type(String.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the JSON bridge is not as expected", e);
    }
  }

  private static MethodType type(Class<?> result, Class<?>... parameters) {
    return MethodType.methodType(result, parameters);
  }

  public @Nullable Object fromJson(String text, Type type) {
    try {
      return (Object) fromJson.invokeExact(text, type);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  @SuppressWarnings("unchecked")
  public @Nullable List<@Nullable Object> listFromJson(String text, Class<?> elementType) {
    try {
      return (List<@Nullable Object>) (List<?>) listFromJson.invokeExact(text, elementType);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  public String @Nullable [] textsFromJson(String text) {
    try {
      return (String[]) textsFromJson.invokeExact(text);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  public String toJson(@Nullable Object value) {
    try {
      return (String) toJson.invokeExact(value);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof RuntimeException runtime) {
      return runtime;
    }
    if (e instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("the JSON bridge threw a checked exception", e);
  }
}
