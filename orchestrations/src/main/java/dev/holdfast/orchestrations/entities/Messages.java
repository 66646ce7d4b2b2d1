package dev.holdfast.orchestrations.entities;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the messages to an entity, which are events to the instance {@code @name@key}. Their names
 * and payloads have the form that every Functions host understands.
 */
final class Messages {

  static final String OPERATION = "op";
  static final String RELEASE = "release";

  private Messages() {}

  static Map<String, @Nullable Object> call(
      String requestId, String caller, String operation, @Nullable Object input) {
    Map<String, @Nullable Object> message = request(requestId, operation, false, input);
    message.put("parent", caller);
    return message;
  }

  static Map<String, @Nullable Object> signal(
      String requestId, @Nullable Instant due, String operation, @Nullable Object input) {
    Map<String, @Nullable Object> message = request(requestId, operation, true, input);
    if (due != null) {
      message.put("due", due.toString());
    }
    return message;
  }

  /** Returns the event's name, which says when the operation is due. */
  static String signalName(@Nullable Instant due) {
    return due == null ? OPERATION : OPERATION + "@" + due;
  }

  private static Map<String, @Nullable Object> request(
      String requestId, String operation, boolean signal, @Nullable Object input) {
    Map<String, @Nullable Object> message = new LinkedHashMap<>();
    message.put("op", operation);
    message.put("signal", signal);
    String text = Json.text(input);
    if (text != null) {
      message.put("input", text);
    }
    message.put("id", requestId);
    return message;
  }

  /**
   * Returns the message that requests locks. It goes to the first of these entities, and the engine
   * passes it on to the others one by one.
   */
  static Map<String, @Nullable Object> lock(
      String sectionId, String holder, Collection<EntityId> sorted) {
    Map<String, @Nullable Object> message = new LinkedHashMap<>();
    message.put("op", null);
    message.put("id", sectionId);
    message.put("lockset", List.copyOf(sorted));
    message.put("pos", 0);
    message.put("parent", holder);
    return message;
  }

  static Map<String, @Nullable Object> release(String sectionId, String holder) {
    Map<String, @Nullable Object> message = new LinkedHashMap<>();
    message.put("parent", holder);
    message.put("id", sectionId);
    return message;
  }
}
