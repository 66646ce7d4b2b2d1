package dev.holdfast.orchestrations.entities;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.protocol.EntityBatchRequest;
import java.lang.reflect.Constructor;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * Runs the operations that an {@link EntityTrigger} hands to its function.
 *
 * <p>As a class: operations are its public methods, found by their names whatever the case, with at
 * most one input, and an {@link EntityContext} where they want one. The state is its fields, also
 * private ones, written and read by Jackson; {@code static} and {@code transient} fields are no
 * state. Fields that the stored state has and the class does not are passed over, and gone after
 * the next operation. {@code delete} removes the state, unless the class has a method of that name.
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
 * <p>Each operation gets an object of its own. One that throws has changed and sent nothing; its
 * caller gets the failure, and the next operation finds the state of before.
 */
public final class EntityRunner {

  private EntityRunner() {}

  /**
   * Runs a batch on objects of a class with a constructor without parameters.
   *
   * @param batch the trigger's value: a serialized {@code EntityBatchRequest} in base64
   * @return what the function must return: a serialized {@code EntityBatchResult} in base64
   */
  public static String run(String batch, Class<?> entity) {
    Constructor<?> constructor = constructor(entity);
    return run(batch, () -> create(constructor));
  }

  /**
   * As {@link #run(String, Class)}, with objects that somebody else makes: what they need besides
   * their state goes into {@code transient} fields.
   */
  public static String run(String batch, Supplier<?> entity) {
    return run(batch, new ClassEntity(entity));
  }

  /** As {@link #run(String, Class)}, with a function of operation, input and state. */
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
