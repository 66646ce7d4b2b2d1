package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.cache.CacheKey;
import com.microsoft.azure.functions.cache.ObjectCache;
import com.microsoft.azure.functions.internal.spi.middleware.Middleware;
import com.microsoft.azure.functions.spi.inject.FunctionInstanceInjector;
import dev.holdfast.functions.loading.JsonBridge;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionLog;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the objects that all functions of an app share.
 *
 * @param middlewares the middleware in the order in which it runs
 * @param injector makes the objects whose methods are called; null when their no-argument
 *     constructors make them
 * @param hostInput supplies the value of an input binding that the host itself fills, such as a
 *     durable client; null when the host does not serve the binding's type
 */
public record AppRuntime(
    ClassLoader loader,
    JsonBridge json,
    List<Middleware> middlewares,
    @Nullable FunctionInstanceInjector injector,
    FunctionLog log,
    Function<BindingDefinition, @Nullable Supplier<Wire>> hostInput,
    ObjectCache<CacheKey, Object> cache) {

  /** Returns an object cache that lives as long as the app. */
  public static ObjectCache<CacheKey, Object> newCache() {
    ConcurrentMap<Class<?>, ConcurrentMap<CacheKey, Object>> byType = new ConcurrentHashMap<>();
    return new ObjectCache<>() {
      @Override
      public Object computeIfAbsent(Class<?> type, CacheKey key, Supplier<Object> value) {
        return of(type).computeIfAbsent(key, k -> value.get());
      }

      @Override
      public @Nullable Object get(Class<?> type, CacheKey key) {
        return of(type).get(key);
      }

      @Override
      public @Nullable Object remove(Class<?> type, CacheKey key) {
        return of(type).remove(key);
      }

      private ConcurrentMap<CacheKey, Object> of(Class<?> type) {
        return byType.computeIfAbsent(type, t -> new ConcurrentHashMap<>());
      }
    };
  }
}
