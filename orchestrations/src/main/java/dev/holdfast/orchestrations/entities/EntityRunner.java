package dev.holdfast.orchestrations.entities;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.protocol.EntityBatchRequest;
import java.lang.reflect.Constructor;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * Runs the operations that a function with an {@link EntityTrigger} receives.
 *
 * <p>An entity can be a class. Its operations are the public methods, whose names are compared
 * without regard to case; each has at most one input, and may have an {@link EntityContext}
 * parameter. Its state is its fields, including private ones, written and read by Jackson; {@code
 * static} and {@code transient} fields are not part of the state. Fields of the stored state that
 * the class lacks are ignored, and are lost after the next operation. {@code delete} removes the
 * state, unless the class has a method of that name.
 *
 * <pre>{@code
 * public class Counter {
 *   private int count;
 *
 *   public int add(int amount) {
 *     return count += amount;
 *   }
 *
 *   public int get() {
 *     return count;
 *   }
 * }
 * }</pre>
 *
 * <p>Each operation gets an object of its own. If an operation throws, none of its changes and
 * messages take effect; its caller gets the failure, and the next operation finds the previous
 * state.
 */
public final class EntityRunner {

  private EntityRunner() {}

  /**
   * Runs a batch on objects of a class with a constructor without parameters.
   *
   * @param batch the trigger's value: a serialized {@code EntityBatchRequest} in base64
   * @return the value that the function must return: a serialized {@code EntityBatchResult} in
   *     base64
   */
  public static String run(String batch, Class<?> entity) {
    Constructor<?> constructor = constructor(entity);
    return run(batch, () -> create(constructor));
  }

  /**
   * Runs a batch as {@link #run(String, Class)} does, with objects that the supplier makes. Objects
   * that they need besides their state belong in {@code transient} fields.
   */
  public static String run(String batch, Supplier<?> entity) {
    return run(batch, new ClassEntity(entity));
  }

  /**
   * Runs a batch as {@link #run(String, Class)} does, with a function of operation, input and
   * state.
   */
  public static String run(String batch, EntityFunction entity) {
    EntityBatchRequest request;
    try {
      request = EntityBatchRequest.parseFrom(Base64.getDecoder().decode(batch));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "This is no batch of operations. Hand over the value of the parameter with the entity"
              + " trigger, unchanged; the parameter must be a String.",
          e);
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "The app's protobuf-java is too old to read entity batches: "
              + e
              + ". Use 3.25.5 or later, as holdfast-orchestrations asks for.",
          e);
    }
    return Base64.getEncoder().encodeToString(Batch.run(request, entity).toByteArray());
  }

  private static Constructor<?> constructor(Class<?> type) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          "The entity class "
              + type.getName()
              + " has no constructor without parameters. Add one, or hand over a supplier.",
          e);
    }
  }

  private static Object create(Constructor<?> constructor) {
    try {
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException(
          "The constructor of " + constructor.getDeclaringClass().getName() + " failed: " + cause,
          cause);
    }
  }
}
