package dev.holdfast.orchestrations.entities;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.durabletask.FailureDetails;
import com.microsoft.durabletask.TaskFailedException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Reads the reply of an entity: a result, or the failure of the operation. */
final class Replies {

  private static final int NO_TASK = -1;

  // The library throws exceptions of this type for activities, and lets no other exception pass
  // unchanged through an await(). The type has no public constructor, so this class makes the
  // exceptions by reflection.
  private static final Constructor<FailureDetails> DETAILS =
      constructor(FailureDetails.class, String.class, String.class, String.class, boolean.class);
  private static final Constructor<TaskFailedException> FAILED =
      constructor(
          TaskFailedException.class, String.class, String.class, int.class, FailureDetails.class);

  private Replies() {}

  /**
   * Reads a reply.
   *
   * @throws TaskFailedException the operation failed
   */
  static @Nullable Object result(
      @Nullable JsonNode reply, Type type, EntityId id, String operation) {
    if (reply == null || !isReply(reply)) {
      return Json.read(reply, type);
    }
    JsonNode details = member(reply, "failureDetails");
    String message = text(reply, "exceptionType");
    if (details != null || message != null) {
      throw failure(details, message, id, operation);
    }
    JsonNode result = member(reply, "result");
    return result != null && result.isTextual()
        ? Json.read(result.textValue(), type)
        : Json.read(result, type);
  }

  private static boolean isReply(JsonNode reply) {
    return reply.has("result") || reply.has("failureDetails") || reply.has("exceptionType");
  }

  // The field exceptionType of this format contains the message.
  private static TaskFailedException failure(
      @Nullable JsonNode details, @Nullable String message, EntityId id, String operation) {
    String type = details == null ? null : text(details, "ErrorType");
    String told = details == null ? null : text(details, "ErrorMessage");
    String stack = details == null ? null : text(details, "StackTrace");
    JsonNode isFinal = details == null ? null : member(details, "IsNonRetriable");
    return failed(
        "Operation '" + operation + "' of " + id + " failed",
        id.name() + "." + operation,
        type == null ? "unknown" : type,
        told != null ? told : message == null ? "" : message,
        stack == null ? "" : stack,
        isFinal != null && isFinal.asBoolean());
  }

  private static TaskFailedException failed(
      String what, String task, String type, String message, String stack, boolean isFinal) {
    try {
      FailureDetails details = DETAILS.newInstance(type, message, stack, isFinal);
      return FAILED.newInstance(what + ": " + type + ": " + message, task, NO_TASK, details);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(what + ": " + type + ": " + message, e);
    }
  }

  private static <T> Constructor<T> constructor(Class<T> type, Class<?>... parameters) {
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(
          "This durabletask-client has another "
              + type.getSimpleName()
              + " than releases 1.4.0 and 1.5.0, for which these entities are made. Use one of those,"
              + " or the library's own entities if it has them.",
          e);
    }
  }

  private static @Nullable String text(JsonNode object, String name) {
    JsonNode member = member(object, name);
    return member == null ? null : member.asText();
  }

  /**
   * Returns the member with this name; null when it is absent or JSON's null. The case of the first
   * letter does not matter, because hosts differ in it.
   */
  private static @Nullable JsonNode member(JsonNode object, String name) {
    JsonNode member = object.get(name);
    if (member == null) {
      member = object.get(Character.toLowerCase(name.charAt(0)) + name.substring(1));
    }
    return member == null || member.isNull() ? null : member;
  }
}
