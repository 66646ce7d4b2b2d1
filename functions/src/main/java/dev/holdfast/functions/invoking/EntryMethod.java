package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.spi.inject.FunctionInstanceInjector;
import dev.holdfast.functions.model.FunctionDefinition;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the Java method behind a function, and makes the objects on which the method is called. */
final class EntryMethod {

  private static final MethodType CALL =
      MethodType.methodType(Object.class, Object.class, Object[].class);
  private static final MethodType CREATE = MethodType.methodType(Object.class);

  private final Method method;
  private final MethodHandle handle;
  private final @Nullable MethodHandle constructor;

  private EntryMethod(Method method, MethodHandle handle, @Nullable MethodHandle constructor) {
    this.method = method;
    this.handle = handle;
    this.constructor = constructor;
  }

  static EntryMethod find(FunctionDefinition definition, AppRuntime app)
      throws UnusableFunctionException {
    String entryPoint = definition.entryPoint();
    int dot = entryPoint.lastIndexOf('.');
    if (dot <= 0) {
      throw new UnusableFunctionException(
          "The entry point '" + entryPoint + "' is not a class and a method joined by a dot.",
          null);
    }
    try {
      Class<?> type = load(entryPoint.substring(0, dot), app.loader());
      Method method = only(type, entryPoint.substring(dot + 1));
      boolean isStatic = Modifier.isStatic(method.getModifiers());
      MethodHandle constructor = isStatic || app.injector() != null ? null : constructor(type);
      return new EntryMethod(method, handle(method, isStatic), constructor);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new UnusableFunctionException(
          "The class of '"
              + entryPoint
              + "' cannot be loaded: "
              + e
              + ". Check that the app was packaged with all its libraries.",
          e);
    } catch (IllegalAccessException e) {
      throw new UnusableFunctionException(
          "'" + entryPoint + "' cannot be called: " + e.getMessage() + ". Make it public.", e);
    }
  }

  // The entry point in function.json is a canonical name, in which a dot separates nested classes
  // as well as packages.
  private static Class<?> load(String name, ClassLoader loader) throws ClassNotFoundException {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException e) {
      int dot = name.lastIndexOf('.');
      if (dot < 0) {
        throw e;
      }
      try {
        return load(name.substring(0, dot) + "$" + name.substring(dot + 1), loader);
      } catch (ClassNotFoundException nested) {
        throw e;
      }
    }
  }

  private static Method only(Class<?> type, String name) throws UnusableFunctionException {
    List<Method> found =
        Arrays.stream(type.getDeclaredMethods())
            .filter(m -> m.getName().equals(name) && !m.isBridge() && !m.isSynthetic())
            .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new UnusableFunctionException(
        found.isEmpty()
            ? "The class " + type.getName() + " declares no method '" + name + "'."
            : "The class "
                + type.getName()
                + " has "
                + found.size()
                + " methods named '"
                + name
                + "'. Function methods cannot be overloaded: rename the others.",
        null);
  }

  private static MethodHandle handle(Method method, boolean isStatic)
      throws IllegalAccessException {
    method.setAccessible(true);
    MethodHandle handle = MethodHandles.lookup().unreflect(method).asFixedArity();
    if (isStatic) {
      handle = MethodHandles.dropArguments(handle, 0, Object.class);
    }
    return handle.asSpreader(Object[].class, method.getParameterCount()).asType(CALL);
  }

  private static MethodHandle constructor(Class<?> type)
      throws IllegalAccessException, UnusableFunctionException {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return MethodHandles.lookup().unreflectConstructor(constructor).asType(CREATE);
    } catch (NoSuchMethodException e) {
      throw new UnusableFunctionException(
          "The class "
              + type.getName()
              + " has no constructor without parameters. Add one, make the method static, or"
              + " provide a FunctionInstanceInjector.",
          e);
    }
  }

  /**
   * Returns the handle of the method; its arguments are the instance (or null) and the arguments of
   * the method.
   */
  MethodHandle handle() {
    return handle;
  }

  List<Parameter> parameters() {
    return List.of(method.getParameters());
  }

  String typeName() {
    return method.getDeclaringClass().getName();
  }

  boolean isVoid() {
    return method.getReturnType() == void.class;
  }

  /** Returns a new instance for one call; null for a static method. */
  @Nullable Object newInstance(@Nullable FunctionInstanceInjector injector) throws Exception {
    if (Modifier.isStatic(method.getModifiers())) {
      return null;
    }
    if (constructor == null) {
      if (injector == null) {
        throw new IllegalStateException("neither a constructor nor an injector for " + method);
      }
      return injector.getInstance(method.getDeclaringClass());
    }
    try {
      return (Object) constructor.invokeExact();
    } catch (Throwable e) {
      throw new InvocationFailure(e);
    }
  }
}
