package dev.holdfast.engine.program;

import java.util.List;
import java.util.StringJoiner;

/**
 * Makes the JSON documents that SDKs of the older generation send to entities. The inputs and ids
 * of ledgers hold nothing that JSON would have to escape.
 */
final class LegacyMessages {
  private static final String ID = "{\"id\":\"";

  private LegacyMessages() {}

  static String operation(String id, String operation, boolean signal, String input, String due) {
    return ID
        + id
        + "\",\"op\":\""
        + operation
        + "\",\"signal\":"
        + signal
        + ",\"parent\":\"somebody\",\"input\":\""
        + input
        + "\""
        + (due.isEmpty() ? "" : ",\"due\":\"" + due + "\"")
        + "}";
  }

  static String lock(String id, List<String> entities) {
    StringJoiner set = new StringJoiner(",", "[", "]");
    for (String entity : entities) {
      int second = entity.indexOf('@', 1);
      set.add(
          "{\"name\":\""
              + entity.substring(1, second)
              + "\",\"key\":\""
              + entity.substring(second + 1)
              + "\"}");
    }
    return ID + id + "\",\"parent\":\"somebody\",\"lockset\":" + set + ",\"pos\":0}";
  }

  static String release(String id) {
    return ID + id + "\",\"parent\":\"somebody\"}";
  }

  /** Returns the id in any of these documents. */
  static String requestId(String json) {
    return json.substring(ID.length(), json.indexOf('"', ID.length()));
  }
}
