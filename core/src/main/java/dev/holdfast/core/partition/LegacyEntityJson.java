package dev.holdfast.core.partition;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.StringValue;
import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.EventRaisedEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the older generation of entity messages: ordinary events that are sent to
 * {@code @name@key} and contain a JSON document, as the SDKs of Azure Functions send and expect
 * them (protocol reference §9.6).
 */
final class LegacyEntityJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String OPERATION = "op";
  private static final String RELEASE = "release";

  private LegacyEntityJson() {}

  /** Returns whether an event of this name, sent to an entity, releases a lock. */
  static boolean isRelease(String eventName) {
    return eventName.equalsIgnoreCase(RELEASE);
  }

  /**
   * Reads the message in an event to an entity; null when an entity would not understand the event.
   */
  static @Nullable EntityMessage message(String eventName, String json) {
    String name = eventName.toLowerCase(Locale.ROOT);
    boolean release = isRelease(eventName);
    if (!release && !name.equals(OPERATION) && !name.startsWith(OPERATION + "@")) {
      return null;
    }
    Fields fields = new Fields();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        fields.read(field, parser);
      }
    } catch (IOException e) {
      return null;
    }
    if (fields.id == null) {
      return null;
    }
    if (release) {
      return fields.caller == null ? null : EntityMessage.unlock(fields.id, fields.caller);
    }
    return fields.message(name.length() > OPERATION.length() ? eventName.substring(3) : null);
  }

  private static final class Fields {
    private @Nullable String id;
    private @Nullable String operation;
    private boolean signal;
    private @Nullable String input;
    private @Nullable String caller;
    private @Nullable String callerExecution;
    private @Nullable String due;
    private @Nullable List<String> lockSet;
    private int position;

    void read(String field, JsonParser parser) throws IOException {
      switch (field) {
        case "id" -> id = text(parser);
        case "op" -> operation = text(parser);
        case "signal" -> signal = parser.getValueAsBoolean();
        case "input" -> input = text(parser);
        case "parent" -> caller = text(parser);
        case "parentExecution" -> callerExecution = text(parser);
        case "due" -> due = text(parser);
        case "lockset" -> lockSet = ids(parser);
        case "pos" -> position = parser.getValueAsInt();
        default -> parser.skipChildren();
      }
    }

    @Nullable EntityMessage message(@Nullable String dueInName) {
      String section = java.util.Objects.requireNonNull(id);
      if (lockSet != null) {
        return caller == null || position < 0 || position >= lockSet.size()
            ? null
            : EntityMessage.lock(true, section, caller, callerExecution, lockSet, position);
      }
      if (operation == null || (caller == null && !signal)) {
        return null;
      }
      return new EntityMessage(
          signal ? EntityMessage.Kind.SIGNAL : EntityMessage.Kind.CALL,
          true,
          section,
          operation,
          input,
          caller,
          callerExecution,
          micros(dueInName != null ? dueInName : due),
          List.of(),
          0);
    }
  }

  /**
   * Returns a value as an entity message holds it: the content of a JSON string, and the JSON text
   * of any other value.
   */
  private static @Nullable String text(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (!parser.currentToken().isStructStart()) {
      return parser.getText();
    }
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(out)) {
      generator.copyCurrentStructure(parser);
    }
    return out.toString();
  }

  private static @Nullable List<String> ids(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return null;
    }
    List<String> ids = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        ids.add(id(parser));
      } else {
        parser.skipChildren();
      }
    }
    return ids;
  }

  private static String id(JsonParser parser) throws IOException {
    String name = "";
    String key = "";
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      if (field.equals("name")) {
        name = parser.getText();
      } else if (field.equals("key")) {
        key = parser.getText();
      } else {
        parser.skipChildren();
      }
    }
    return EntityIds.normal("@" + name + "@" + key);
  }

  /**
   * Parses a time. A time that cannot be parsed means "at once", because a bad time is no reason to
   * lose the operation.
   */
  private static long micros(@Nullable String time) {
    if (time == null || time.isEmpty()) {
      return 0;
    }
    try {
      Instant at =
          time.endsWith("Z") || time.endsWith("z")
              ? Instant.parse(time)
              : OffsetDateTime.parse(time).toInstant();
      return Math.max(0, at.getEpochSecond() * Times.SECOND + at.getNano() / 1_000);
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  private static String instant(long micros) {
    return Instant.ofEpochSecond(
            Math.floorDiv(micros, Times.SECOND), Math.floorMod(micros, Times.SECOND) * 1_000)
        .toString();
  }

  /** Makes the event that {@link #message} reads as this message. */
  static EventRaisedEvent event(EntityMessage message) {
    boolean release = message.kind() == EntityMessage.Kind.UNLOCK;
    String json =
        write(
            out -> {
              out.writeStringField("id", message.requestId());
              text(out, "parent", message.caller());
              text(out, "parentExecution", message.callerExecution());
              if (message.kind() == EntityMessage.Kind.LOCK) {
                out.writeArrayFieldStart("lockset");
                for (String id : message.lockSet()) {
                  out.writeStartObject();
                  out.writeStringField("name", EntityIds.name(id));
                  out.writeStringField("key", EntityIds.key(id));
                  out.writeEndObject();
                }
                out.writeEndArray();
                out.writeNumberField("pos", message.position());
              } else if (!release) {
                out.writeStringField("op", message.operation());
                out.writeBooleanField("signal", message.kind() == EntityMessage.Kind.SIGNAL);
                text(out, "input", message.input());
                if (message.dueAt() != 0) {
                  out.writeStringField("due", instant(message.dueAt()));
                }
              }
            });
    return EventRaisedEvent.newBuilder()
        .setName(release ? RELEASE : OPERATION)
        .setInput(StringValue.of(json))
        .build();
  }

  /** Makes the event that answers the caller of an operation or the holder of a lock. */
  static EventRaisedEvent answer(
      String requestId, @Nullable String result, @Nullable TaskFailureDetails failure) {
    String json =
        write(
            out -> {
              if (failure == null) {
                out.writeStringField("result", result);
                return;
              }
              out.writeStringField("result", failure.getErrorMessage());
              out.writeStringField("exceptionType", failure.getErrorType());
              out.writeFieldName("failureDetails");
              failure(out, failure);
            });
    return EventRaisedEvent.newBuilder().setName(requestId).setInput(StringValue.of(json)).build();
  }

  private static void failure(JsonGenerator out, TaskFailureDetails failure) throws IOException {
    out.writeStartObject();
    out.writeStringField("ErrorType", failure.getErrorType());
    out.writeStringField("ErrorMessage", failure.getErrorMessage());
    text(out, "StackTrace", failure.hasStackTrace() ? failure.getStackTrace().getValue() : null);
    out.writeBooleanField("IsNonRetriable", failure.getIsNonRetriable());
    if (failure.hasInnerFailure()) {
      out.writeFieldName("InnerFailure");
      failure(out, failure.getInnerFailure());
    }
    out.writeEndObject();
  }

  private static void text(JsonGenerator out, String field, @Nullable String value)
      throws IOException {
    if (value != null) {
      out.writeStringField(field, value);
    }
  }

  private interface Content {
    void write(JsonGenerator out) throws IOException;
  }

  private static String write(Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      content.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
