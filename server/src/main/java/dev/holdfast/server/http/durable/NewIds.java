package dev.holdfast.server.http.durable;

import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.RequestRefused;
import java.util.Locale;

/**
 * Checks the ids of instances that are started over HTTP. The hub itself refuses further ids, for
 * example those that are too long, for every kind of start.
 */
final class NewIds {
  private NewIds() {}

  /**
   * Checks the id of a new instance.
   *
   * @throws RequestRefused 400 with the fault of the id
   */
  static void check(String id) {
    if (id.isBlank()) {
      throw refuse("is blank", "Give it a name, or leave it out to have one made.");
    }
    if (id.startsWith("@")) {
      throw refuse("begins with '@'", "Such ids belong to entities.");
    }
    if (id.equals(".") || id.equals("..")) {
      throw refuse("is '" + id + "'", "No URL can address that.");
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c == '/' || c == '\\' || c == '#' || c == '?') {
        throw refuse("contains '" + c + "'", "It must not contain / \\ # or ?.");
      }
      if (Character.isISOControl(c)) {
        throw refuse(
            String.format(Locale.ROOT, "contains the control character U+%04X", (int) c),
            "Leave it out.");
      }
    }
  }

  private static RequestRefused refuse(String what, String cure) {
    return new RequestRefused(Reply.error(400, "The instance ID " + what + ". " + cure));
  }
}
