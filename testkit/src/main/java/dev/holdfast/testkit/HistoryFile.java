package dev.holdfast.testkit;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.protocol.HistoryEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes recorded histories: JSON with {@code holdfastHistory} (the version of the
 * format, 1), {@code instanceId}, {@code orchestrator} and {@code events}. An event is a {@code
 * HistoryEvent} of the Durable Task contract in the JSON form of Protocol Buffers, one on each
 * line.
 */
final class HistoryFile {
  private static final String VERSION = "holdfastHistory";
  private static final int NEWEST = 1;

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

  private HistoryFile() {}

  static void write(History history, Path file) {
    StringBuilder text = new StringBuilder("{\n");
    text.append("  \"").append(VERSION).append("\": ").append(NEWEST).append(",\n");
    text.append("  \"instanceId\": ").append(quoted(history.instanceId())).append(",\n");
    text.append("  \"orchestrator\": ").append(quoted(history.orchestrator())).append(",\n");
    text.append("  \"events\": [");
    String between = "\n    ";
    try {
      for (HistoryEvent event : history.events()) {
        text.append(between).append(PRINTER.print(event));
        between = ",\n    ";
      }
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, text.append("\n  ]\n}\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String quoted(String text) {
    return new com.google.gson.JsonPrimitive(text).toString();
  }

  /**
   * Reads a recorded history.
   *
   * @throws AssertionError the file is not a recorded history; the message names the file and the
   *     fault
   */
  static History read(Path file) {
    try {
      JsonElement json = JsonParser.parseString(Files.readString(file));
      if (!json.isJsonObject() || !json.getAsJsonObject().has(VERSION)) {
        throw new AssertionError(
            file
                + " is no recorded history, because it has no member "
                + VERSION
                + ". TestInstance.history().writeTo(…) writes one.");
      }
      JsonObject whole = json.getAsJsonObject();
      int version = whole.get(VERSION).getAsInt();
      if (version > NEWEST) {
        throw new AssertionError(
            "%s has format %d, and this test kit reads up to %d. Use a newer holdfast-testkit."
                .formatted(file, version, NEWEST));
      }
      List<HistoryEvent> events = new ArrayList<>();
      JsonArray recorded = whole.getAsJsonArray("events");
      for (JsonElement event : recorded) {
        HistoryEvent.Builder parsed = HistoryEvent.newBuilder();
        PARSER.merge(event.toString(), parsed);
        events.add(parsed.build());
      }
      return new History(
          whole.get("instanceId").getAsString(), whole.get("orchestrator").getAsString(), events);
    } catch (InvalidProtocolBufferException
        | JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new AssertionError(file + " is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
