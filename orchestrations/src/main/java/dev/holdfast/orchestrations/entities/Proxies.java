package dev.holdfast.orchestrations.entities;

import com.microsoft.durabletask.Task;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Makes objects whose methods are operations of an entity. */
final class Proxies {

  /** Sends one operation to the entity; a call returns its task, a signal returns null. */
  interface Teller {
    @Nullable Object tell(String operation, @Nullable Object input, @Nullable Type result);
  }

  private Proxies() {}

  /**
   * Makes a proxy after checking every method, so that a wrong interface fails at once and not at
   * its first use.
   *
   * @param calls whether methods that return a {@code Task} are allowed
   */
  static <T> T of(Class<T> type, EntityId id, boolean calls, Teller teller) {
    if (!type.isInterface()) {
      throw new IllegalArgumentException(
          type.getName() + " is no interface; a proxy needs one with the entity's operations");
    }
    for (Method method : type.getMethods()) {
      if (Modifier.isAbstract(method.getModifiers())) {
        check(method, calls);
      }
    }
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return ofInterface(proxy, method, arguments);
          }
          if (method.getDeclaringClass() == Object.class) {
            return ofObject(type, id, proxy, method, arguments);
          }
          Object input = arguments == null || arguments.length == 0 ? null : arguments[0];
          return teller.tell(method.getName(), input, resultOf(method));
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static void check(Method method, boolean calls) {
    String problem = null;
    if (method.getParameterCount() > 1) {
      problem = "has more than one parameter; an operation has one input: make it a record";
    } else if (method.getReturnType() == Task.class) {
      problem = calls ? null : "is a call, but only orchestrators can call; make it void to signal";
    } else if (method.getReturnType() != void.class) {
      problem = "returns neither a Task, which calls the entity, nor void, which signals it";
    }
    if (problem != null) {
      throw new IllegalArgumentException(method + " " + problem);
    }
  }

  /** Returns the result type of a call; null for a signal. */
  private static @Nullable Type resultOf(Method method) {
    if (method.getReturnType() != Task.class) {
      return null;
    }
    return method.getGenericReturnType() instanceof ParameterizedType task
        ? task.getActualTypeArguments()[0]
        : Object.class;
  }

  // The method InvocationHandler.invokeDefault would refuse interfaces that are not public.
  private static @Nullable Object ofInterface(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    Class<?> type = method.getDeclaringClass();
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
        .unreflectSpecial(method, type)
        .bindTo(proxy)
        .invokeWithArguments(arguments == null ? new Object[0] : arguments);
  }

  private static Object ofObject(
      Class<?> type, EntityId id, Object proxy, Method method, @Nullable Object[] arguments) {
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> type.getSimpleName() + " " + id;
    };
  }
}
