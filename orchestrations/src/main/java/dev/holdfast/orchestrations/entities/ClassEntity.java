package dev.holdfast.orchestrations.entities;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs an entity whose operations are the public methods of a class, and whose state is its fields.
 */
final class ClassEntity implements EntityFunction {

  private static final ClassValue<Map<String, Method>> OPERATIONS =
      new ClassValue<>() {
        @Override
        protected Map<String, Method> computeValue(Class<?> type) {
          return operations(type);
        }
      };

  private final Supplier<?> factory;

  ClassEntity(Supplier<?> factory) {
    this.factory = factory;
  }

  private static Map<String, Method> operations(Class<?> type) {
    Map<String, Method> operations = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Method method : type.getMethods()) {
      boolean is =
          method.getDeclaringClass() != Object.class
              && !Modifier.isStatic(method.getModifiers())
              && !method.isBridge()
              && !method.isSynthetic();
      if (is) {
        Method other = operations.put(method.getName(), method);
        if (other != null) {
          throw new IllegalStateException(
              "The entity class "
                  + type.getName()
                  + " has two public methods '"
                  + method.getName()
                  + "' (case does not count); rename one, or make it not public.");
        }
        method.setAccessible(true);
      }
    }
    return operations;
  }

  @Override
  public @Nullable Object run(EntityOperation context) throws Exception {
    RunningOperation operation = (RunningOperation) context;
    Object entity = factory.get();
    Map<String, Method> operations = OPERATIONS.get(entity.getClass());
    Method method = operations.get(operation.operation());
    if (method == null) {
      if (operation.is("delete")) {
        operation.deleteState();
        return null;
      }
      throw new UnsupportedOperationException(
          "The entity '%s' has no operation '%s'; it has %s."
              .formatted(operation.id().name(), operation.operation(), operations.keySet()));
    }
    return run(operation, entity, method);
  }

  private static @Nullable Object run(RunningOperation operation, Object entity, Method method)
      throws Exception {
    String found = operation.state();
    if (found != null) {
      Json.setFields(entity, found);
    }
    Object result;
    try {
      result = method.invoke(entity, arguments(method, operation));
    } catch (InvocationTargetException e) {
      throw cause(e);
    }
    if (!operation.isDeleted()) {
      operation.replaceState(Json.fields(entity));
    }
    return result;
  }

  private static @Nullable Object[] arguments(Method method, RunningOperation operation) {
    Type[] types = method.getGenericParameterTypes();
    @Nullable Object[] arguments = new Object[types.length];
    boolean taken = false;
    for (int i = 0; i < types.length; i++) {
      if (types[i] == EntityContext.class) {
        arguments[i] = operation;
      } else if (taken) {
        throw new IllegalStateException(
            method + " has several inputs; an operation has one: make it a record");
      } else {
        arguments[i] = input(method, types[i], operation);
        taken = true;
      }
    }
    return arguments;
  }

  private static @Nullable Object input(Method method, Type type, RunningOperation operation) {
    Object input = Json.read(operation.input(), type);
    if (input == null && type instanceof Class<?> parameter && parameter.isPrimitive()) {
      throw new IllegalArgumentException(
          "The operation '%s' needs an input of type %s, but got none."
              .formatted(method.getName(), parameter));
    }
    return input;
  }

  private static Exception cause(InvocationTargetException thrown) {
    Throwable cause = thrown.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof Exception exception ? exception : thrown;
  }
}
